import CloudEvents
import Testing

@testable import Coordination

/// An event with every kind of personal part, opened by one unit.
struct Opening {
    var type: EventType
    var data: JSONValue
    var unit: UnitID
    var role: Role
    var isPublisher = false
    var mustAnswer = false
    /// By default all approvals are in force, so that what is seen depends on
    /// the matrix alone.
    var approved: Set<SealedClass> = [.personal, .sensitive, .reporter, .officials]

    func result() throws -> ProjectionResult {
        let county = try Mengjin.county()
        let contract = try #require(county.catalogue.contract(type))
        let content = contract.admit(
            data: data, time: Mengjin.planDay, lenient: false, directory: county.directory,
            dayKind: { county.calendar.dayKind($0) },
        )
        #expect(content.faults == [])
        return county.projection.project(
            sealed: content.sealed, contract: contract, unit: try #require(county.directory.unit(unit)), role: role,
            context: ProjectionContext(
                isPublisher: isPublisher, mustAnswer: mustAnswer, time: Mengjin.planDay, approved: approved),
            directory: county.directory,
        )
    }

    /// What is shown at a path such as `child.name`; nil where nothing is.
    func value(_ path: String) throws -> JSONValue? {
        var value: JSONValue? = try .object(result().data)
        for step in path.split(separator: ".") {
            value =
                Int(step).map { index in value?.arrayValue.flatMap { $0.indices.contains(index) ? $0[index] : nil } }
                ?? value?[String(step)]
        }
        return value
    }

    func text(_ path: String) throws -> String? {
        try value(path)?.stringValue
    }
}

extension Opening {
    /// A child that lives in Huimeng and is registered in Songzhuang.
    static func absence(by unit: UnitID, as role: Role) -> Opening {
        Opening(type: "attendance.dropout.suspected", data: absenceData, unit: unit, role: role)
    }

    static func childLabour(by unit: UnitID, as role: Role) -> Opening {
        Opening(type: "labour.child-labour.reported", data: childLabourData, unit: unit, role: role)
    }

    static func referral(by unit: UnitID, as role: Role) -> Opening {
        Opening(type: "assistance.referral.requested", data: referralData, unit: unit, role: role)
    }

    private static let absenceData: JSONValue = [
        "child": [
            "name": "张小明", "idType": "citizen-id", "idNumber": "410322201003150015",
            "studentNumber": "G410322201003150015", "birthDate": "2010-03-15", "sex": "male",
            "hukouAddress": ["regionCode": "410322103201", "text": "新寨村一组"],
            "homeAddress": ["regionCode": "410322101202", "text": "下河村五组"], "phone": "12003790001",
        ],
        "guardian": ["name": "张大明", "relation": "父亲", "phone": "12003790002", "address": "下河村五组"],
        "schoolId": "3141990002", "grade": 5, "className": "五年级1班", "absenceFrom": "2020-10-19", "absenceDays": 3,
        "residenceRegion": "410322101", "hukouRegion": "410322103", "causeCode": "poverty",
        "keyGroups": ["prisoner-child", "left-behind"], "note": "家访记录",
    ]

    private static let childLabourData: JSONValue = [
        "employerName": "某厂", "employerKind": "company", "workRegionCode": "410322107", "childrenCount": 2,
        "sourceChannel": "call", "hazardFlags": ["forced"], "startedOn": "2020-10-01",
        "childSchoolIds": ["3141990002"],
        "children": [
            [
                "name": "张明", "idNumber": "410322201003150015", "birthDate": "2010-03-15",
                "homeAddress": ["regionCode": "410322101202", "text": "下河村五组"],
            ],
            ["name": "李小明", "apparentAge": 15, "homeAddress": ["regionCode": "410322102201", "text": "西岭村"]],
        ],
        "reporter": ["name": "王五一", "phone": "12003790003", "wantsReply": true], "note": "夜班",
    ]

    private static let referralData: JSONValue = [
        "child": [
            "name": "张小明", "idNumber": "410322201003150015", "birthDate": "2010-03-15",
            "hukouAddress": ["regionCode": "410322102201", "text": "西岭村"],
        ],
        "assistanceKind": "social-assistance", "programme": "dibao", "registeredOn": "2020-10-22",
        "hukouRegion": "410322102",
        "household": ["headName": "张大明", "category": "低收入家庭", "facts": "因病致贫", "size": 4], "isDisabled": true,
    ]
}
