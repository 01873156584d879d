import CloudEvents
import Testing

@testable import Coordination

/// What joins events into one case, however it is written.
struct ContractNaturalKeyTests {
    private func employerKey(_ change: (inout JSONObject) -> Void) -> String? {
        ContractFixture.contract("labour.child-labour.reported").admitSample { data in
            data["uscc"] = nil
            change(&data)
        }.naturalKey
    }

    private func venueKey(_ change: (inout JSONObject) -> Void) -> String? {
        ContractFixture.contract("culture.venue-inspection.requested").admitSample { data in
            for name in ["permitNo", "uscc", "venueName"] { data[name] = nil }
            change(&data)
        }.naturalKey
    }

    private func childKey(_ child: JSONObject) -> String? {
        var named = child
        named["name"] = "周子木"
        return ContractFixture.contract("attendance.absence.recorded").admitSample { $0["child"] = .object(named) }
            .naturalKey
    }

    @Test(arguments: ["91410322MA93B3AB88", "91410322ma93b3ab88", " 9141 0322MA93B3AB88\t", "９１４１０３２２MA93B3AB88"])
    func creditCodeIsOneHoweverWritten(_ code: String) {
        #expect(employerKey { $0["uscc"] = .string(code) } == "uscc:91410322MA93B3AB88")
    }

    @Test
    func employerIsToldByCreditCodeThenRegistrationThenNameAndPlace() {
        #expect(employerKey { $0["registrationNo"] = "410322600123457" } == "registration:410322600123457")
        let byName = employerKey { $0["employerName"] = "筠帆电子厂" }
        #expect(byName == "name-region:筠帆电子厂\u{1F}town:410322108")
        let byBoth = employerKey { data in
            data["uscc"] = "91410322MA93B3AB88"
            data["registrationNo"] = "410322600123457"
        }
        #expect(byBoth == "uscc:91410322MA93B3AB88")
        #expect(employerKey { $0["employerName"] = nil } == nil)
    }

    @Test(arguments: [" 筠帆 电子厂（横水）", "筠帆电子厂(横水)", "筠帆\u{3000}电子厂(横水)\u{200B}"])
    func nameIsOneHoweverSpaced(_ name: String) {
        #expect(employerKey { $0["employerName"] = .string(name) } == "name-region:筠帆电子厂(横水)\u{1F}town:410322108")
    }

    @Test
    func placeIsOneUnderBothCodesOfTheCounty() {
        let old = employerKey { $0["workRegionCode"] = "410322101" }
        #expect(old != nil && old == employerKey { $0["workRegionCode"] = "410308101" })
        let county = employerKey { $0["workRegionCode"] = "410322" }
        #expect(county != nil && county == employerKey { $0["workRegionCode"] = "410308" })
        #expect(county != old)
    }

    @Test
    func venueIsToldByPermitThenCreditCodeThenNameAndPlace() {
        #expect(venueKey { $0["permitNo"] = "豫网文许410322-9922号 " } == "permit:豫网文许410322-9922号")
        #expect(venueKey { $0["uscc"] = "91410322ma93b3ab88" } == "uscc:91410322MA93B3AB88")
        #expect(venueKey { $0["venueName"] = "峤南网吧" } == "name-region:峤南网吧\u{1F}town:410322107")
        #expect(venueKey { _ in } == nil)
    }

    @Test
    func childIsToldByIDNumberThenStudentNumber() {
        #expect(childKey(["idNumber": "41032320081109966x"]) == "id:41032320081109966X")
        #expect(childKey(["studentNumber": "g41032320121004975x"]) == "student:G41032320121004975X")
        let both = childKey(["studentNumber": "G410322200703099033", "idNumber": "410322200703099033"])
        #expect(both == "id:410322200703099033")
        #expect(childKey(["idType": "passport", "idNumber": "e1234567"]) == "id:passport/E1234567")
    }

    @Test
    func nameAndBirthDateNeverJoin() {
        #expect(childKey(["birthDate": "2007-03-09"]) == nil)
    }

    @Test
    func campaignIsAMatterOfItsNumber() {
        let contract = ContractFixture.contract("labour.inspection-campaign.closed")
        #expect(contract.caseKind == .matter)
        #expect(contract.admitSample().naturalKey == "number:ZX-2020-01")
    }

    @Test
    func typeWithoutAKeyOfItsOwnHasNone() {
        #expect(ContractFixture.contract("labour.child-labour.case-filed").admitSample().naturalKey == nil)
    }

    @Test
    func faultyDataHasNoKey() {
        #expect(employerKey { $0["employerKind"] = "factory" } == nil)
    }
}
