import Testing

@testable import Coordination

/// What is wrong with the files is told, all of it, with file and line.
struct ContractLoadingTests {
    private static func faults(_ texts: String...) -> [String] {
        switch ContractCatalogue.load(files: texts.enumerated().map { ("file\($0.offset).yaml", $0.element) }) {
        case .success: []
        case .failure(let faults): faults.faults.map { "\($0.file):\($0.line) \($0.code)" }
        }
    }

    private static func family(_ type: String) -> String {
        """
        family: test
        types:
          test.thing.happened:
            zh: 测试
            en: test
            publishers: [any-unit]
            sample: {specversion: "1.0", id: t-1, source: /s, type: test.thing.happened, time: x}
        \(type)
        """
    }

    @Test(arguments: [
        ("lists: {a: {zh: 某, en: some}}", ["file0.yaml:1 missing-key"]),
        ("lists: {a: {zh: 某, en: some, codes: {Red: [红, red]}}}", ["file0.yaml:1 bad-code"]),
        ("lists: {a: {zh: 某, en: some, codes: {red: [红]}}}", ["file0.yaml:1 bad-words"]),
        (
            """
            lists:
              a: {zh: 某, en: some, families: [x], codes: {}}
              b: {zh: 某, en: some, families: [x], codes: {}}
            """, ["file0.yaml:3 duplicate-family"]
        ),
        ("fields: {a: {format: text<=5, zh: 某, en: some}}", ["file0.yaml:1 missing-key"]),
        ("fields: {a: {format: text<=5, class: secret, zh: 某, en: some}}", ["file0.yaml:1 not-a-choice"]),
        (
            "fields: {a: {format: text<=5, class: minor-pi, mark: promoted, zh: 某, en: some}}",
            ["file0.yaml:1 personal-attribute"]
        ),
        (
            "fields: {a: {format: text<=5, class: internal, scan: maybe, zh: 某, en: some}}",
            ["file0.yaml:1 not-a-choice"]
        ),
        ("colours: {}", ["file0.yaml:1 unknown-key"]), ("a: [", ["file0.yaml:2 bad-yaml"]),
    ])
    func faultIsToldWithItsLine(_ example: (text: String, faults: [String])) {
        #expect(Self.faults(example.text) == example.faults)
    }

    @Test(arguments: [
        ("    required: [nowhere]", "unknown-field"), ("    case: person", "not-a-choice"),
        ("    naturalKey: [{colour: [a]}]", "not-a-choice"), ("    outcomes: nowhere", "unknown-list"),
        ("    optional: [long]", "open-free-text"), ("    optional: [many]", "bad-attribute"),
        ("    optional: [whatever]", "unknown-format"), ("    optional: [colour]", "unknown-list"),
        ("    optional: [aNameThatIsTooLongForIt]", "bad-attribute"), ("    sealed: maybe", "not-a-flag"),
        ("    dayKind: maybe", "not-a-flag"), ("    colour: red", "unknown-key"),
    ])
    func contractIsChecked(_ example: (text: String, code: String)) {
        let fields = """
            fields:
              a: {format: text<=5, class: internal, zh: 某, en: some}
              long: {format: text<=2000, class: internal, scan: false, zh: 某, en: some}
              many[]: {format: text<=5, class: internal, mark: promoted, zh: 某, en: some}
              aNameThatIsTooLongForIt: {format: int, class: internal, mark: promoted, zh: 某, en: some}
              whatever: {format: whatever, class: internal, zh: 某, en: some}
              colour: {format: code, class: internal, zh: 某, en: some}
            """
        let faults = Self.faults(fields, Self.family(example.text))
        #expect(faults.count == 1 && faults.allSatisfy { $0.hasSuffix(" \(example.code)") }, "\(faults)")
    }

    @Test
    func typeIsNamedAfterItsFamily() {
        let text = Self.family("").replacing("test.thing.happened", with: "other.thing")
        #expect(Self.faults(text) == ["file0.yaml:3 bad-type"])
    }

    @Test
    func sampleIsOfItsType() {
        let text = Self.family("").replacing("type: test.thing.happened", with: "type: test.thing.else")
        #expect(Self.faults(text) == ["file0.yaml:7 sample-differs"])
    }

    @Test
    func allFilesAreReadBeforeAnythingIsTold() {
        let faults = Self.faults(
            "lists: {a: {zh: 某}}", "fields: {b: {class: x, format: int}}", Self.family("    case: x"))
        #expect(Set(faults.map { String($0.prefix { $0 != ":" }) }) == ["file0.yaml", "file1.yaml", "file2.yaml"])
    }

    @Test
    func publisherThatTheCountyLacksIsTold() {
        let faults = ContractFixture.catalogue.faults(against: ContractFixture.directory)
        #expect(Set(faults.map(\.code)) == ["unknown-unit"])
        #expect(faults.contains { $0.file == "culture.yaml" && $0.line > 0 })
        #expect(!faults.contains { $0.file == "labour.yaml" && $0.message.contains("hrss") })
    }

    @Test
    func faultsAreToldInBothLanguages() {
        guard case .failure(let faults) = ContractText.load("lists: {A b: {zh: 某, en: some, codes: {X: [红, red]}}}")
        else {
            Issue.record("these lists must not load")
            return
        }
        #expect(faults.faults.allSatisfy { !$0.message.isEmpty && $0.messageZh.contains("代码") })
    }
}
