import ChineseIdentifiers
import CloudEvents
import Testing

@testable import Coordination

/// What the router reads that nobody had to write twice.
struct ContractDerivationTests {
    static let labour: EventType = "labour.child-labour.reported"
    static let suspected: EventType = "attendance.dropout.suspected"

    /// The sample without what it says for the router.
    private func suspected(home: JSONValue?, hukou: JSONValue? = nil, more: JSONObject = [:]) -> ContractResult {
        ContractFixture.contract(Self.suspected).admitSample { data in
            for name in ["residenceRegion", "residenceVillage", "hukouRegion"] { data[name] = nil }
            var child: JSONObject = ["name": "周子木", "idNumber": "410322200703099033"]
            child["homeAddress"] = home
            child["hukouAddress"] = hukou
            data["child"] = .object(child)
            for (name, value) in more { data[name] = value }
        }
    }

    @Test
    func townFollowsFromTheAddress() {
        let result = suspected(home: ["regionCode": "410322101202"], hukou: ["regionCode": "410322102"])
        #expect(result.faults == [])
        #expect(result.routable["residenceRegion"] == .text("410322101"))
        #expect(result.routable["residenceVillage"] == .text("410322101202"))
        #expect(result.routable["residenceOutsideCounty"] == .flag(false))
        #expect(result.routable["hukouRegion"] == .text("410322102"))
        // Derived for the router, not stored beside the address.
        #expect(result.sealed[.router] == nil)
    }

    @Test
    func addressOutsideTheCountyMeetsTheRequirement() {
        let result = suspected(home: ["regionCode": "410305001002"])
        #expect(result.faults == [])
        #expect(result.routable["residenceRegion"] == .text("410305"))
        #expect(result.routable["residenceOutsideCounty"] == .flag(true))
    }

    @Test
    func countyWithoutATownTellsOnlyThatItIsInside() {
        let result = suspected(home: ["regionCode": "410322"])
        #expect(result.routable["residenceRegion"] == nil)
        #expect(result.routable["residenceOutsideCounty"] == .flag(false))
    }

    @Test
    func addressWithoutARegionTellsNothing() {
        let result = suspected(home: ["text": "下河村五组"])
        #expect(result.faults.places == ["/data/residenceRegion required"])
        #expect(result.faults[0].message.contains("child.homeAddress.regionCode"))
    }

    @Test
    func writtenValueThatDoesNotFitIsAWarning() {
        let result = suspected(home: ["regionCode": "410322101202"], more: ["residenceRegion": "410322102"])
        #expect(result.warnings.places == ["/data/residenceRegion derived-value-differs"])
        #expect(result.routable["residenceRegion"] == .text("410322102"))
        let outside = suspected(home: ["regionCode": "410322101202"], more: ["residenceOutsideCounty": true])
        #expect(outside.warnings.places == ["/data/residenceOutsideCounty derived-value-differs"])
    }

    @Test
    func townUnderTheOtherCodeOfTheCountyFits() {
        let result = suspected(home: ["regionCode": "410308101"], more: ["residenceRegion": "410322101"])
        #expect(result.warnings == [])
    }

    @Test
    func disabilityFollowsFromTheKeyGroup() {
        let contract = ContractFixture.contract("assistance.need.identified")
        let result = contract.admitSample { data in
            data["isDisabled"] = nil
            data["keyGroups"] = ["dibao", "disabled"]
        }
        #expect(result.routable["isDisabled"] == .flag(true))
        let contradicted = contract.admitSample { $0["keyGroups"] = ["disabled"] }
        #expect(contradicted.warnings.places == ["/data/isDisabled derived-value-differs"])
        #expect(contract.admitSample { $0["isDisabled"] = nil }.routable["isDisabled"] == nil)
    }

    // MARK: Age

    struct AgeCase: Sendable {
        var children: [JSONValue]
        var startedOn: String?
        var band: RoutableValue?
    }

    @Test(arguments: [
        AgeCase(children: [["birthDate": "2005-08-20"]], startedOn: nil, band: .text("14-15")),
        // The day of the event is 2020-10-23.
        AgeCase(children: [["birthDate": "2006-10-23"]], startedOn: nil, band: .text("14-15")),
        AgeCase(children: [["birthDate": "2006-10-24"]], startedOn: nil, band: .text("under-14")),
        // Sixteen today, fifteen when it was hired.
        AgeCase(children: [["birthDate": "2004-09-01"]], startedOn: "2020-08-31", band: .text("14-15")),
        AgeCase(children: [["birthDate": "2004-09-01"]], startedOn: "2020-09-01", band: nil),
        // Fourteen today, thirteen when it was hired.
        AgeCase(children: [["birthDate": "2006-10-01"]], startedOn: "2020-09-14", band: .text("under-14")),
        AgeCase(children: [["birthDate": "2005-08-20"], ["apparentAge": 12]], startedOn: nil, band: .text("under-14")),
        AgeCase(children: [["idNumber": "410322200806229523"]], startedOn: nil, band: .text("under-14")),
        AgeCase(children: [["studentNumber": "G410322200806229523"]], startedOn: nil, band: .text("under-14")),
        AgeCase(children: [["name": "赵小满"]], startedOn: nil, band: nil),
        AgeCase(children: [["idType": "passport", "idNumber": "E20080622"]], startedOn: nil, band: nil),
        AgeCase(children: [], startedOn: nil, band: nil),
    ])
    func ageBandFollowsFromTheYoungest(_ example: AgeCase) {
        let result = ContractFixture.contract(Self.labour).admitSample { data in
            data["youngestAgeBand"] = nil
            data["startedOn"] = example.startedOn.map { .string($0) }
            data["children"] = .array(example.children)
        }
        #expect(result.faults == [])
        #expect(result.routable["youngestAgeBand"] == example.band)
    }

    @Test
    func childUnderFourteenIsNotHiddenByAWrongBand() {
        let result = ContractFixture.contract(Self.labour).admitSample { data in
            data["children"] = [["idNumber": "410322200806229523"]]
            data["youngestAgeBand"] = "14-15"
        }
        #expect(result.warnings.places == ["/data/youngestAgeBand derived-value-differs"])
        #expect(result.routable["youngestAgeBand"] == .text("under-14"))
        // What was written stays as it was written.
        #expect(result.sealed[.router]?["youngestAgeBand"] == "14-15")
    }

    // MARK: What the router gets

    @Test
    func routerReadsPromotedAndRoutedValues() {
        let result = ContractFixture.contract(Self.labour).admitSample()
        #expect(
            result.routable == [
                "employerKind": .text("company"), "workRegionCode": .text("410322108"),
                "youngestAgeBand": .text("14-15"), "hazardFlags": .list(["heavy-labour"]),
                "residenceRegion": .text("410322101"), "childSchoolIds": .list(["3141990002"]),
            ])
    }

    @Test
    func kindOfDayIsThatOfTheInspection() {
        let contract = ContractFixture.contract("culture.minor-admission.reported")
        func kind(inspectedAt: JSONValue?) -> RoutableValue? {
            var data = contract.sampleData
            data["inspectedAt"] = inspectedAt
            let result = contract.admit(.object(data), at: contract.sampleTime) { day in
                day == CivilDate(year: 2020, month: 10, day: 2) ? .festival : .workingDay
            }
            #expect(result.promoted.contains { $0.name == "daykind" })
            return result.routable["dayKind"]
        }
        // 1 October in Greenwich, 2 October in Beijing.
        #expect(kind(inspectedAt: "2020-10-01T18:30:00Z") == .text("festival"))
        #expect(kind(inspectedAt: nil) == .text("working-day"))
    }

    @Test
    func kindOfDayIsNotTakenFromOutside() {
        let contract = ContractFixture.contract("culture.minor-admission.reported")
        #expect(contract.admitSample { $0["dayKind"] = "festival" }.faults.places == ["/data/dayKind unknown-field"])
        #expect(contract.promotedNames.contains("daykind"))
        #expect(!ContractFixture.contract("culture.venue-permit.revoked").promotedNames.contains("daykind"))
    }

    // MARK: Doubts about a child

    @Test
    func partsOfAChildThatDoNotFitAreWarnings() {
        let result = ContractFixture.contract(Self.suspected).admitSample { data in
            data["child"] = [
                "name": "周?木", "idNumber": "410322200703099033", "birthDate": "2007-03-08", "sex": "female",
                "studentNumber": "G410322200806229523",
            ]
        }
        #expect(result.faults == [])
        #expect(
            Set(result.warnings.places) == [
                "/data/child/name name-unreliable", "/data/child/birthDate birth-date-mismatch",
                "/data/child/sex sex-mismatch", "/data/child/studentNumber student-number-mismatch",
            ])
    }
}
