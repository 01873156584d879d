import ChineseIdentifiers
import CloudEvents
import Testing

@testable import Coordination

/// What each format takes, refuses and writes.
struct ContractFormatTests {
    /// A value of a field `f` of one format.
    struct Case: Sendable, CustomTestStringConvertible {
        var format: String
        var value: JSONValue
        /// The code of the fault; nil when the value is good.
        var fault: String?
        /// The written form where it differs.
        var written: JSONValue?
        /// The code of the warning.
        var warning: String?

        var testDescription: String { "\(format): \(value) → \(fault ?? warning ?? "good")" }

        static func good(_ format: String, _ value: JSONValue, as written: JSONValue? = nil) -> Case {
            Case(format: format, value: value, fault: nil, written: written, warning: nil)
        }

        static func bad(_ format: String, _ value: JSONValue, _ fault: String) -> Case {
            Case(format: format, value: value, fault: fault, written: nil, warning: nil)
        }

        static func warned(_ format: String, _ value: JSONValue, _ warning: String) -> Case {
            Case(format: format, value: value, fault: nil, written: nil, warning: warning)
        }
    }

    static let texts: [Case] = [
        .good("text<=5", "一二三四五"), .bad("text<=5", "一二三四五六", "too-long"), .bad("text<=5", "", "empty"),
        .bad("text<=5", "  \t\n", "empty"), .bad("text<=5", "\u{3000}\u{A0}", "empty"), .good("text<=5", " a"),
        // Characters outside the basic plane count once.
        .good("text<=3", "𠮷𠮷𠮷"), .bad("text<=3", "𠮷𠮷𠮷𠮷", "too-long"), .good("text<=2", "e\u{301}"),
        .bad("text<=5", 3, "wrong-type"), .bad("text<=5", ["a"], "wrong-type"), .bad("text<=5", .null, "wrong-type"),
        .good("unit-or-text<=10", "110指挥中心"), .bad("unit-or-text<=3", "指挥中心", "too-long"),
        .good("code:colour", "red"), .bad("code:colour", "RED", "unknown-code"),
        .bad("code:colour", "", "unknown-code"),
        .bad("code:colour", "old-blue", "code-not-in-use"), .bad("code:colour", 1, "wrong-type"),
    ]

    static let times: [Case] = [
        .good("date", "2020-02-29"), .bad("date", "2019-02-29", "bad-date"), .bad("date", "2020-10-32", "bad-date"),
        .bad("date", "2020/10/22", "bad-date"), .bad("date", "20201022", "bad-date"), .bad("date", "", "bad-date"),
        .good("date", "2099-01-01"), .good("past-date", "2020-10-22"),
        .bad("past-date", "2020-10-23", "date-in-future"),
        .bad("past-date", "2020-04-31", "bad-date"), .bad("date", 20_201_022, "wrong-type"),
        .good("datetime", "2020-10-22T09:12:00+08:00"), .good("datetime", "2020-10-22T01:12:00Z"),
        .good("datetime", "2020-10-22T09:12:00.123+08:00"),
        .bad("datetime", "2020-10-22T09:12:00", "time-without-offset"), .bad("datetime", "2020-10-22", "bad-time"),
        .bad("datetime", "2020-13-22T09:12:00+08:00", "bad-time"), .bad("datetime", "上午九点", "bad-time"),
        .good("month", "2020-10"), .bad("month", "2020-13", "bad-month"), .bad("month", "2020-1", "bad-month"),
        .bad("month", "2020-+1", "bad-month"), .good("period", "2020-10"), .good("period", "2020-Q4"),
        .good("period", "2020-autumn"), .good("period", "2020"), .bad("period", "2020-Q5", "bad-period"),
        .bad("period", "2020-winter", "bad-period"), .bad("period", "20", "bad-period"),
    ]

    static let numbers: [Case] = [
        .good("int", 0), .good("int", 999_999_999), .bad("int", -1, "out-of-range"),
        .bad("int", 1_000_000_000, "out-of-range"), .bad("int", "3", "wrong-type"),
        .bad("int", .number(3.5), "wrong-type"),
        .good("int", .number(3), as: 3), .bad("int", .number(1e300), "wrong-type"), .good("int 1..9", 9),
        .bad("int 1..9", 10, "out-of-range"), .good("number", .number(-3.5)), .good("number", 3),
        .bad("number", "3.5", "wrong-type"), .good("bool", true), .bad("bool", "true", "wrong-type"),
        .bad("bool", 1, "wrong-type"), .good("yuan", "5000.00"), .good("yuan", "0.00"),
        .bad("yuan", "5000", "bad-amount"), .bad("yuan", "5,000.00", "bad-amount"), .bad("yuan", "05.00", "bad-amount"),
        .bad("yuan", "-5.00", "bad-amount"), .bad("yuan", "1234567890123.00", "bad-amount"),
        .bad("yuan", 5_000, "wrong-type"), .bad("yuan", ".50", "bad-amount"),
        .good("counts", ["suspectedNew": 0, "keyGroupCounts": ["dibao": 3]]), .bad("counts", ["a": -1], "bad-counts"),
        .bad("counts", ["a": ["b": ["c": 1]]], "bad-counts"), .bad("counts", ["a": "1"], "bad-counts"),
        .bad("counts", [1], "wrong-type"), .bad("counts", ["": 1], "bad-counts"),
        .bad("counts", ["张三": 1], "bad-counts"),
        .good("position", "10482"), .bad("position", "010", "bad-position"), .bad("position", "-1", "bad-position"),
        .bad("position", 10_482, "wrong-type"), .bad("position", "9999999999999999999", "bad-position"),
    ]

    static let places: [Case] = [
        .good("region-town", "410322101"), .good("region-town", "410308101"), .good("region-town", "410305"),
        .good("region-town", "410305001"), .bad("region-town", "410322", "region-level"),
        .bad("region-town", "410322101202", "region-level"), .bad("region-town", "41032210", "region-length"),
        .bad("region-town", "990322101", "region-province"), .bad("region-town", "会盟镇", "region-length"),
        .warned("region-town", "410322199", "region-not-on-file"),
        .good("region-town", "４１０３２２１０１", as: "410322101"), .good("region-town", "410322101.0", as: "410322101"),
        .good("region-town-or-county", "410322"), .good("region-town-or-county", "410322108"),
        .bad("region-town-or-county", "410322108001", "region-level"), .good("region-county", "410305"),
        .bad("region-county", "410305001", "region-level"), .good("region-village", "410322101202"),
        .bad("region-village", "410322101", "region-level"), .good("region-any", "410322"),
        .good("region-any", "410322101"), .good("region-any", "410322101202"),
        .warned("region-any", "410322198001", "region-not-on-file"), .bad("region-any", 410_322, "wrong-type"),
        .good("unit", "hrss"), .good("unit", "town:410322101"), .bad("unit", "hr", "unknown-unit"),
        .bad("unit", "", "unknown-unit"), .good("school", "3141990002"), .bad("school", "3141990009", "unknown-school"),
        .good("any-school", "3141990002"), .warned("any-school", "3141990009", "school-outside-directory"),
        .bad("any-school", "3941990009", "school-code-kind"), .bad("any-school", "31419900", "school-code-length"),
        .good("ref", "ev-2020/0001#a"), .bad("ref", "ev 1", "bad-reference"), .bad("ref", "证据1", "bad-reference"),
        .bad("ref", .string(String(repeating: "x", count: 201)), "bad-reference"),
    ]

    static let identifiers: [Case] = [
        .good("uscc", "91410322MA9QYJBD0W"), .good("uscc", "91410322ma93b3ab88", as: "91410322MA93B3AB88"),
        .good("uscc", "91410322MA9A3TDA20"), .good("uscc", "N2410322MF91AB5B9M"),
        .bad("uscc", "92410322MA95L7TB6N", "uscc-checksum"), .bad("uscc", "91410322MAI9HNC89T", "uscc-charset"),
        .bad("uscc", "92410322MA96YFL68", "uscc-length"), .good("registration-number", "410322600123457"),
        .bad("registration-number", "41032260012345", "registration-number-length"),
        .good("student-number", "g41032320121004975x", as: "G41032320121004975X"),
        .good("student-number", "L410322200502245023"),
        .bad("student-number", "G410322200506289834", "student-number-checksum"),
        .good("disability-card", "41030520110610966862B1"),
        .bad("disability-card", "41032220071220962881", "disability-card-kind"),
        .good("id-number", "41032320081109966x", as: "41032320081109966X"),
        .good("id-number", "410881201105269196\t", as: "410881201105269196"),
        .bad("id-number", "410322201004189652", "id-checksum"), .bad("id-number", "410322790204917", "id-15-digit"),
        .bad("id-number", "4.10323E+17", "spreadsheet-precision-loss"),
        // Born after the event.
        .bad("id-number", "410322202011019034", "id-birth-date"),
        .good("citizen-id", "41032219780511915x", as: "41032219780511915X"),
        .warned("citizen-id", "410322790204917", "id-15-digit"),
        .bad("citizen-id", "410322791304917", "id-15-digit"), .bad("citizen-id", "410322201004189652", "id-checksum"),
    ]

    @Test(arguments: texts + times + numbers + places + identifiers)
    func valueIsJudged(_ example: Case) throws {
        let contract = try ContractText.contract(
            fields: "  f: {format: \(example.format), class: minor-pi, zh: 某, en: some}", optional: ["f"])
        let result = contract.admit(["f": example.value])
        #expect(result.faults.places == (example.fault.map { ["/data/f \($0)"] } ?? []))
        #expect(result.warnings.places == (example.warning.map { ["/data/f \($0)"] } ?? []))
        if example.fault == nil {
            #expect(result.sealed[.personal]?["f"] == example.written ?? example.value)
        }
    }

    @Test(arguments: texts + times + numbers + places + identifiers)
    func faultSaysWhatToDoInTwoLanguagesAndNotTheValue(_ example: Case) throws {
        let contract = try ContractText.contract(
            fields: "  f: {format: \(example.format), class: minor-pi, zh: 某, en: some}", optional: ["f"])
        let result = contract.admit(["f": example.value])
        for fault in result.faults + result.warnings {
            #expect(fault.code.isKebabCase)
            #expect(!fault.message.isEmpty && !fault.message.hasSuffix(".") && fault.message.first?.isUppercase != true)
            #expect(
                fault.messageZh.contains { ("\u{4E00}"..."\u{9FFF}").contains($0) } && !fault.messageZh.hasSuffix("。"))
            // Messages about times show one, of October 2020.
            if let text = example.value.stringValue, text.utf8.count > 5, !"2020-10-22".hasPrefix(text) {
                #expect(!fault.message.contains(text) && !fault.messageZh.contains(text))
            }
        }
    }

    @Test(arguments: [
        (type: "residence-permit", number: "810000200508209039", fault: String?.none),
        (type: "residence-permit", number: "410322200508209073", fault: "id-region"),
        (type: "passport", number: "E1234567", fault: nil),
        (type: "passport", number: "e 12", fault: "bad-document-number"),
        (type: "birth-certificate", number: "t410123456", fault: nil),
        (type: "none", number: "410322200508209073", fault: "document-type-missing"),
    ])
    func documentDecidesHowItsNumberLooks(_ example: (type: String, number: String, fault: String?)) throws {
        let contract = ContractFixture.contract("attendance.absence.recorded")
        var number = example.number
        if example.type == "residence-permit", example.fault == nil {
            number =
                String(number.dropLast())
                + String(try #require(CitizenID.checkCharacter(for: String(number.dropLast()))))
        }
        // The type may stand behind the number.
        let child: JSONValue = ["name": "周子木", "idNumber": .string(number), "idType": .string(example.type)]
        let result = contract.admitSample { $0["child"] = child }
        #expect(result.faults.places == (example.fault.map { ["/data/child/idNumber \($0)"] } ?? []))
    }

    @Test
    func eachElementOfAListIsJudged() throws {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        let result = contract.admitSample { $0["hazardFlags"] = ["toxic", "lava", .null] }
        #expect(result.faults.places == ["/data/hazardFlags/1 unknown-code", "/data/hazardFlags/2 wrong-type"])
    }
}
