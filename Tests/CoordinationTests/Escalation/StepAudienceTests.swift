import ChineseIdentifiers
import Coordination
import Testing

struct StepAudienceTests {
    private let directory = DirectoryFixture.small

    private func audience(
        _ to: [LadderAddressee], calls: [LadderAddressee] = [], of unit: UnitID, officer: OfficerID? = nil,
        on day: String = "2020-10-22",
    ) -> StepAudience {
        LadderStep(number: 1, kind: .reminder, moment: .due, to: to, calls: calls, zh: "催", en: "remind")
            .audience(of: unit, officer: officer, in: directory, on: CalendarFixture.day(day))
    }

    /// `hrss:人社甲`, `edu-sports#edu-01`, `jm-office` for the list alone.
    private func names(_ hearers: [StepHearer]) -> [String] {
        hearers.map { hearer in
            switch hearer {
            case .contact(let unit, let contact): "\(unit.rawValue):\(contact.name)"
            case .officer(let unit, let officer): "\(unit.rawValue)#\(officer.rawValue)"
            case .list(let unit): unit.rawValue
            }
        }
    }

    private func gaps(_ audience: StepAudience) -> [String] {
        audience.gaps.map { "\($0.unit.rawValue)/\($0.role?.rawValue ?? "*")" }
    }

    @Test func everybodyAddressedHears() {
        let found = audience([.contact(.liaisonA), .contact(.liaisonB), .unit("jm-office", .dutyOfficer)], of: "psb")
        #expect(names(found.hearers) == ["psb:公安甲", "psb:公安乙", "jm-office:值班室"])
        #expect(found.calls.isEmpty && found.gaps.isEmpty)
    }

    @Test func oneEmptyPlaceBesideAFilledOneIsAGapAlone() {
        let found = audience([.contact(.liaisonA), .contact(.liaisonB)], of: "hrss")
        #expect(names(found.hearers) == ["hrss:人社甲"])
        #expect(gaps(found) == ["hrss/liaison-b"])
    }

    @Test func anEmptyTargetGoesUp() {
        // A liaison who has left.
        let left = audience([.contact(.liaisonA)], of: "hrss", on: "2021-01-04")
        #expect(names(left.hearers) == ["hrss:人社丙"])
        #expect(gaps(left) == ["hrss/liaison-a"])
        let head = audience([.contact(.liaisonA), .contact(.liaisonB)], of: "justice")
        #expect(names(head.hearers) == ["justice:司法丁"])
        #expect(gaps(head) == ["justice/liaison-a", "justice/liaison-b"])
    }

    @Test func nobodyAboveFallsToWhoeverIsThere() {
        let found = audience([.contact(.leader)], of: "hrss")
        #expect(names(found.hearers) == ["hrss:人社丙"])
        #expect(gaps(found) == ["hrss/leader"])
    }

    @Test func aUnitWithoutAnybodyGoesToTheSecretariat() {
        let found = audience([.contact(.liaisonA)], of: "finance")
        #expect(names(found.hearers) == ["jm-office:值班室"])
        #expect(gaps(found) == ["finance/liaison-a", "finance/*"])
    }

    @Test func aUnitIsReachedAtItsFirstFilledPlace() {
        let found = audience([.unit("edu-supervision", nil), .unit("convener", nil)], of: "psb")
        #expect(names(found.hearers) == ["edu-supervision:督导乙", "convener:召集人甲"])
        #expect(found.gaps.isEmpty)
    }

    @Test func aMissingPlaceElsewhereGoesUpThere() {
        let found = audience([.unit("hrss", .leader)], of: "psb")
        #expect(names(found.hearers) == ["hrss:人社丙"])
        let unknown = audience([.unit("no-such-unit", .leader)], of: "psb")
        #expect(names(unknown.hearers) == ["jm-office:值班室"])
        #expect(gaps(unknown) == ["no-such-unit/leader", "no-such-unit/*"])
    }

    @Test func callsAreFoundInTheirOwnOrder() {
        let found = audience(
            [.contact(.liaisonA)], calls: [.contact(.dutyOfficer), .contact(.liaisonA), .unit("convener", nil)],
            of: "psb",
        )
        #expect(names(found.hearers) == ["psb:公安甲"])
        #expect(names(found.calls) == ["psb:公安值班", "psb:公安甲", "convener:召集人甲"])
    }

    @Test func aSuccessorAnswersForAUnitThatIsNoMore() {
        #expect(names(audience([.contact(.liaisonA)], of: "poverty-relief").hearers) == ["poverty-relief:扶贫甲"])
        let later = audience([.contact(.liaisonA)], of: "poverty-relief", on: "2021-04-01")
        #expect(names(later.hearers) == ["rural-office:乡村甲"])
    }

    @Test func aPersonIsNamedOnce() {
        let found = audience([.contact(.liaisonA), .unit("psb", .liaisonA), .unit("psb", nil)], of: "psb")
        #expect(names(found.hearers) == ["psb:公安甲"])
    }

    @Test func aSealedMatterReachesItsOfficerAndTheDeputyLeaderAlone() {
        let found = audience(
            [.contact(.liaisonA), .unit("jm-office", nil), .unit("convener", nil)], calls: [.unit("convener", nil)],
            of: "edu-sports", officer: "edu-01",
        )
        #expect(names(found.hearers) == ["edu-sports#edu-01", "edu-sports:教体丙"])
        #expect(found.calls == found.hearers)
    }

    @Test func aSealedMatterNeverLeavesTheUnit() {
        let left = audience([.contact(.liaisonA)], of: "edu-sports", officer: "edu-02", on: "2021-01-01")
        #expect(names(left.hearers) == ["edu-sports:教体丙"])
        let headOnly = audience([.contact(.liaisonA)], of: "justice", officer: "edu-02", on: "2021-01-01")
        #expect(names(headOnly.hearers) == ["justice:司法丁"])
        let nobody = audience([.contact(.liaisonA)], of: "finance", officer: "edu-02", on: "2021-01-01")
        #expect(names(nobody.hearers) == ["finance#edu-02"])
        #expect(gaps(nobody) == ["finance/deputy-leader", "finance/leader"])
    }

    /// Whatever the directory lacks, every step of every ladder reaches
    /// somebody.
    @Test(arguments: ["A", "B", "C", "D", "E"])
    func noStepIsBurntOnAnEmptyPlace(_ name: String) throws {
        for step in try #require(LadderFixture.county[name]).steps {
            for unit in directory.units {
                for day in ["2020-10-22", "2021-01-04", "2021-06-01"] {
                    let found = step.audience(of: unit.id, in: directory, on: CalendarFixture.day(day))
                    #expect(!found.hearers.isEmpty)
                    #expect(found.calls.isEmpty == step.calls.isEmpty)
                }
            }
        }
    }
}
