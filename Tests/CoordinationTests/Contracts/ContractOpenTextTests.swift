import CloudEvents
import Testing

@testable import Coordination

/// No text that every recipient reads holds a number or a name of a person.
struct ContractOpenTextTests {
    private static let report = ContractFixture.contract("labour.child-labour.reported")
    private static let inspection = ContractFixture.contract("culture.venue-inspection.completed")

    // MARK: Numbers

    /// Wherever the text stands, in lists too.
    @Test(arguments: [
        "13912340003", "139.1234.0003", "tel13912340003", "410322200508209073", "4103\u{200B}22200508209073",
    ])
    func numberOfAPersonIsFoundInEveryOpenText(_ number: String) {
        let result = Self.report.admitSample { data in
            data["caseNo"] = .string(number)
            data["intermediary"] = .string("介绍人" + number)
            data["calledBefore"] = [
                "at": "2020-10-23T09:00:00+08:00", "to": .string(number), "answeredBy": .string(number),
            ]
            data["evidence"] = [["ref": "ev-1"], ["ref": "ev-2", "type": .string("image/jpeg " + number)]]
        }
        #expect(
            Set(result.faults.places) == [
                "/data/caseNo personal-data-in-open-field", "/data/intermediary personal-data-in-open-field",
                "/data/calledBefore/to personal-data-in-open-field",
                "/data/calledBefore/answeredBy personal-data-in-open-field",
                "/data/evidence/1/type personal-data-in-open-field",
            ])
    }

    @Test
    func listsOfObjectsAreSearched() {
        let result = Self.inspection.admitSample { data in
            data["inspectors"] = [
                ["name": "何立 13912340003", "certificateNo": "豫C-9101"], ["name": "罗文", "certificateNo": "13912340003"],
            ]
            data["evidence"] = [["ref": "scan-tel13912340003"], ["ref": "410322200508209073.jpg"]]
            data["permitNo"] = "410322200508209073"
            data["inspectionNo"] = "13912340003"
        }
        #expect(
            Set(result.faults.places) == [
                "/data/inspectors/0/name personal-data-in-open-field",
                "/data/inspectors/1/certificateNo personal-data-in-open-field",
                "/data/evidence/0/ref personal-data-in-open-field", "/data/evidence/1/ref personal-data-in-open-field",
                "/data/permitNo personal-data-in-open-field", "/data/inspectionNo personal-data-in-open-field",
            ])
    }

    @Test
    func lawsAreSearched() {
        let result = ContractFixture.contract("labour.penalty.decided").admitSample { data in
            data["decisionNo"] = "孟人社监罚字〔2020〕第410322200508209073号"
            data["legalBasis"] = [["law": "禁止使用童工规定，电话13912340003", "article": "第六条 13912340003"]]
        }
        #expect(
            Set(result.faults.places) == [
                "/data/decisionNo personal-data-in-open-field", "/data/legalBasis/0/law personal-data-in-open-field",
                "/data/legalBasis/0/article personal-data-in-open-field",
            ])
    }

    /// Fifteen digits are a permit here, and random keys have hexadecimal rows.
    @Test
    func numbersThatOnlyLookLikeAPersonsAreLeftAlone() {
        let result = Self.inspection.admitSample { data in
            data["permitNo"] = "410322790204917"
            data["inspectionNo"] = "410322201003150016"
            data["evidence"] = [["ref": "a13912340003f"], ["ref": "3f2504e0-4f89-11d3-9a0c-0305e82c3301"]]
        }
        #expect(result.faults == [])
    }

    @Test
    func fieldMayBeExempted() throws {
        let fields = """
              free: {format: text<=60, class: internal, scan: false, zh: 某, en: some}
              plain[]: {format: text<=60, class: public, zh: 某, en: some}
            """
        let contract = try ContractText.contract(fields: fields, optional: ["free", "plain"])
        let result = contract.admit(["free": "13912340003", "plain": ["x", "13912340003"]])
        #expect(result.faults.places == ["/data/plain/1 personal-data-in-open-field"])
    }

    // MARK: Names

    @Test(arguments: ["陈一鸣", "陈国强", "钱守诚"])
    func nameOfAPersonOfTheEventIsFoundInOpenText(_ name: String) {
        let result = Self.report.admitSample { data in
            data["guardian"] = nil
            data["children"] = [["name": "陈一鸣"], ["name": "陈国强"]]
            data["address"] = .string("横水镇\(name)家对面")
            data["caseNo"] = .string("\(name)案")
            data["evidence"] = [["ref": .string("scan-\(name.percentEncoded)")]]
            data["calledBefore"] = ["at": "2020-10-23T09:00:00+08:00", "answeredBy": .string(name)]
        }
        #expect(
            Set(result.faults.places) == [
                "/data/address personal-data-in-open-field", "/data/caseNo personal-data-in-open-field",
                "/data/evidence/0/ref personal-data-in-open-field",
                "/data/calledBefore/answeredBy personal-data-in-open-field",
            ])
    }

    @Test
    func guardianIsAPersonOfTheEvent() {
        let contract = ContractFixture.contract("attendance.verification.concluded")
        let result = contract.admitSample { data in
            data["guardian"] = ["name": "周建国"]
            data["evidence"] = [["ref": .string("周建国".percentEncoded)]]
        }
        #expect(result.faults.places == ["/data/evidence/0/ref personal-data-in-open-field"])
    }

    /// Firms and inns are often called after their owner.
    @Test
    func nameInAFirmsNameIsOnlyAWarning() {
        let result = Self.report.admitSample { data in
            data["employerName"] = "孟津县钱守诚电子厂"
            data["intermediary"] = "陈一鸣劳务"
        }
        #expect(result.faults == [])
        #expect(
            Set(result.warnings.places) == [
                "/data/employerName personal-data-in-open-field", "/data/intermediary personal-data-in-open-field",
            ])
    }
}

extension String {
    /// Every byte escaped.
    fileprivate var percentEncoded: String {
        utf8.map { "%" + String($0, radix: 16, uppercase: true) }.joined()
    }
}
