import CloudEvents
import Coordination
import Hub
import TestSupport
import Testing

/// What each unit sees of the shipped samples when it opens them: the cells of
/// the projection matrix, as far as nobody has approved anything.
struct OpeningProjectionTests {
    /// What a unit gets.
    enum Sight {
        /// These fields; and the classes that wait for an approval.
        case shown(JSONValue, waiting: [String])
        /// Nothing without an approval.
        case waiting([String])
        /// Nothing at all.
        case nothing
        /// The event does not exist for it.
        case hidden
    }

    private static let sensitive = ["minor-sensitive"]
    private static let both = ["minor-pi", "minor-sensitive"]

    @Test func aReportOfChildLabour() async throws {
        let children: JSONValue = [
            [
                "name": "吕小样", "idType": "citizen-id", "idNumber": "410322200706129015", "birthDate": "2007-06-12",
                "sex": "male", "homeAddress": ["regionCode": "410322101203", "text": "东岭村四组"],
            ],
            [
                "name": "牛样", "idType": "citizen-id", "idNumber": "41032220050307902X", "birthDate": "2005-03-07",
                "sex": "female", "apparentAge": 15,
                "homeAddress": ["regionCode": "410322101201", "text": "上河村二组"],
            ],
        ]
        // The town of the children and no house.
        let masked = JSONValue.array(
            (children.arrayValue ?? []).map { $0.with(["homeAddress": "会盟镇"]) })
        try await expectSights(
            of: .childLabour,
            [
                // Who took the call reads what it wrote, but for the reporter, whom
                // nobody reads without an approval.
                "jm-office": .shown(["children": children], waiting: Self.sensitive + ["sealed-reporter"]),
                "hrss": .shown(["children": masked], waiting: Self.sensitive + ["sealed-reporter"]),
                "psb": .shown(["children": children], waiting: Self.sensitive),
                "edu-sports": .waiting(Self.both),
                "market-reg": .waiting(Self.sensitive),
                // The place of work, and the children's town.
                "town:410322107": .waiting(Self.sensitive),
                "town:410322101": .waiting(["minor-pi"]),
                "school:3141990004": .waiting(["minor-pi"]),
                "culture-tourism": .hidden, "civil-affairs": .hidden, "convener": .hidden,
                "town:410322105": .hidden,
            ])
    }

    @Test func aReferralForAssistance() async throws {
        let child: JSONValue = [
            "name": "岳小样", "idType": "citizen-id", "idNumber": "410322201109189049", "birthDate": "2011-09-18",
            "sex": "female", "hukouAddress": ["regionCode": "410322102202", "text": "南沟村一组"],
            "homeAddress": ["regionCode": "410322105201", "text": "寺东村三组"],
        ]
        let guardian: JSONValue = ["name": "岳大样", "relation": "父亲", "phone": "12000410002"]
        let whole: JSONValue = ["child": child, "guardian": guardian]
        // Within one town region and last four digits would tell the child.
        let ofTown: JSONValue = [
            "child": child.with(["idNumber": "410322************", "birthDate": "9岁"]), "guardian": guardian,
        ]
        try await expectSights(
            of: .referral,
            [
                "town:410322102": .shown(whole, waiting: Self.sensitive),
                "civil-affairs": .shown(whole, waiting: Self.sensitive),
                "disabled-fed": .shown(whole, waiting: Self.sensitive),
                "town:410322105": .shown(ofTown, waiting: Self.sensitive),
                "edu-sports": .waiting(Self.both), "jm-office": .waiting(Self.both),
                "finance": .waiting(Self.sensitive),
                "hrss": .hidden, "market-reg": .hidden, "town:410322103": .hidden,
            ])
    }

    @Test func anInspectionOfAnInternetCafe() async throws {
        let written: JSONValue = [
            "children": [
                ["name": "卫小样", "idNumber": "410322200607249054", "birthDate": "2006-07-24", "sex": "male"],
                ["apparentAge": 13, "sex": "male"], ["apparentAge": 14, "sex": "male"],
            ]
        ]
        try await expectSights(
            of: .internetCafe,
            [
                "psb": .shown(written, waiting: Self.sensitive),
                // Ages, to judge by; no child.
                "culture-tourism": .shown(
                    ["children": [["birthDate": "14岁"], ["apparentAge": 13], ["apparentAge": 14]]],
                    waiting: Self.sensitive),
                "market-reg": .nothing, "town:410322108": .nothing,
                "edu-sports": .waiting(Self.both), "jm-office": .waiting(Self.both),
                "school:3141990005": .waiting(["minor-pi"]),
                "hrss": .hidden, "town:410322101": .hidden,
            ])
    }

    @Test func anAbsenceOfThreeDays() async throws {
        let child: JSONValue = [
            "name": "欧阳小样", "idType": "citizen-id", "idNumber": "410322200709029060",
            "studentNumber": "G410322200709029060", "birthDate": "2007-09-02", "sex": "female",
            "hukouAddress": ["regionCode": "410322103201", "text": "新寨村六组"],
            "homeAddress": ["regionCode": "410322101202", "text": "下河村五组"],
        ]
        let rest: JSONObject = [
            "guardian": ["name": "欧阳大样", "relation": "母亲", "phone": "12000410003"], "grade": 7,
            "className": "七年级3班",
        ]
        let whole = JSONValue.object(rest).with(["child": child])
        let ofTown = JSONValue.object(rest).with([
            // The student number would tell the rest of the ID number.
            "child": child.with([
                "idNumber": "410322************", "studentNumber": "G410322************", "birthDate": "13岁",
            ])
        ])
        try await expectSights(
            of: .absence,
            [
                "school:3141990002": .shown(whole, waiting: Self.sensitive),
                "town:410322101": .shown(whole, waiting: Self.sensitive),
                "town:410322103": .shown(ofTown, waiting: Self.sensitive),
                "edu-sports": .waiting(Self.both), "jm-office": .waiting(Self.both),
                "school:3141990004": .hidden, "hrss": .hidden,
            ])
    }

    @Test func theSecretariatSeesMaskedWhatItMustPlace() async throws {
        try await TestHub.with { hub in
            let event = try ShippedSample.childLabour.event()
                .with(["source": "/410322/units/psb/wangan"]).withData(["workRegionCode": "410304001"])
            let published = try await hub.publishAsSender(event)
            #expect(published.answer.json["status"] == "awaiting-dispatch")
            let masked: JSONValue = [
                "children": [
                    [
                        "name": "吕*样", "idType": "citizen-id", "idNumber": "410322************", "birthDate": "13岁",
                        "homeAddress": "会盟镇",
                    ],
                    [
                        "name": "牛*", "idType": "citizen-id", "idNumber": "410322************", "birthDate": "15岁",
                        "apparentAge": 15, "homeAddress": "会盟镇",
                    ],
                ]
            ]
            // It only places the event: whoever it goes to answers the reporter.
            try await expect(.shown(masked, waiting: Self.sensitive), for: "jm-office", published, hub)
            try await expect(.hidden, for: "civil-affairs", published, hub)
            let duty = try published.duty(of: "jm-office")
            let assigned = try await hub.post(
                "/v1/duties/\(duty)/assign", ["unit": "civil-affairs", "reason": "登记在本局"],
                as: .officer("jm-office-01"))
            #expect(assigned.status == 200, "\(assigned.text)")
            let children = event["data"]?["children"] ?? .null
            try await expect(
                .shown(["children": children], waiting: Self.sensitive + ["sealed-reporter"]), for: "civil-affairs",
                published, hub)
            try await expect(.shown(masked, waiting: Self.sensitive), for: "jm-office", published, hub)
        }
    }

    // MARK: -

    private func expectSights(of sample: ShippedSample, _ sights: [UnitID: Sight]) async throws {
        try await TestHub.with { hub in
            let published = try await hub.publishAsSender(try sample.event())
            for (unit, sight) in sights { try await expect(sight, for: unit, published, hub) }
            // Every unit that received it stands in the table.
            let received = Set(published.units.map(\.unit))
            #expect(received.subtracting(sights.keys).subtracting(["finance"]) == [])
        }
    }

    private func expect(_ sight: Sight, for unit: UnitID, _ event: Published, _ hub: TestHub) async throws {
        let answer = try await hub.open(event.position, as: try hub.handler(of: unit))
        let json = answer.json
        switch sight {
        case .shown(let data, let waiting):
            #expect(answer.status == 200, "\(unit.rawValue): \(answer.text)")
            #expect(json["data"] == data, "\(unit.rawValue): \(answer.text)")
            #expect(answer.header("cache-control") == "no-store")
            #expect(json["approvalRequired"] == .array(waiting.map { .string($0) }), "\(unit.rawValue): \(answer.text)")
        case .waiting(let classes):
            #expect(answer.status == 403 && answer.code == "approval-required", "\(unit.rawValue): \(answer.text)")
            #expect(json["classes"] == .array(classes.map { .string($0) }), "\(unit.rawValue): \(answer.text)")
            try expectApprovers(json["approvers"], of: unit, hub)
        case .nothing: #expect(answer.status == 403 && answer.code == "not-for-you", "\(unit.rawValue): \(answer.text)")
        case .hidden: #expect(answer.status == 404 && answer.code == "not-found", "\(unit.rawValue): \(answer.text)")
        }
    }

    /// Those who can approve are the approvers of the unit itself.
    private func expectApprovers(_ shown: JSONValue?, of unit: UnitID, _ hub: TestHub) throws {
        let officers = try hub.county(.mengjin).directory.officers
            .filter { $0.unit == unit && $0.scopes.contains("approve") }
        #expect(!officers.isEmpty)
        let expected = officers.map { JSONValue.object(["id": .string($0.id.rawValue), "name": .string($0.name)]) }
        #expect(shown == .array(expected), "\(unit.rawValue)")
    }
}
