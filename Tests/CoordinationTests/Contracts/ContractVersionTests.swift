import Testing

@testable import Coordination

/// The version changes with the meaning of a contract and with nothing else.
struct ContractVersionTests {
    private static let fields = """
          a: {format: text<=10, class: internal, zh: 某, en: some}
          b: {format: code:colour, class: internal, mark: promoted, zh: 某, en: some}
          c:
            zh: 某
            en: some
            class: minor-pi
            parts: {d: {format: int, zh: 某, en: some}}
        """

    private func version(
        _ fields: String = fields, lists: String = ContractText.lists, type: String = "publishers: [any-unit]",
        family: String = "case: none", required: String = "[]",
    ) throws -> String {
        let text = """
            family: test
            \(family)
            types:
              test.thing.happened:
                zh: 测试
                en: test
                \(type)
                required: \(required)
                optional: [a, b, c]
                sample: {specversion: "1.0", id: t-1, source: /s, type: test.thing.happened, time: x}
            """
        return try #require(
            try ContractText.load(lists, "fields:\n" + fields, text).get().contract("test.thing.happened")
        ).version
    }

    @Test
    func versionIsStable() throws {
        #expect(try version() == version())
        #expect(try version().count == 16)
    }

    @Test
    func wordsAreNoPartOfIt() throws {
        let renamed = Self.fields.replacing("zh: 某, en: some", with: "zh: 别的, en: other")
        #expect(try version() == version(renamed))
    }

    @Test(arguments: [
        ("a: {format: text<=10, class: internal", "a: {format: text<=10, class: minor-sensitive"),
        ("a: {format: text<=10, class: internal", "a: {format: text<=11, class: internal"),
        ("a: {format: text<=10, class: internal", "a: {format: text<=10, class: internal, mark: routed"),
        ("a: {format: text<=10, class: internal", "a: {format: text<=10, class: internal, scan: false"),
        ("a: {format: text<=10, class: internal", "a: {format: text<=10, class: internal, scan: number"),
        ("mark: promoted, ", ""), ("class: minor-pi", "class: minor-sensitive"),
        ("d: {format: int,", "e: {format: int,"),
        ("d: {format: int,", "d: {format: int, class: internal,"),
        ("a: {format: text<=10, class: internal", "a: {format: text<=10, class: internal, classIn: {test: minor-pi}"),
    ])
    func fieldChangesIt(_ change: (from: String, to: String)) throws {
        #expect(Self.fields.contains(change.from))
        #expect(try version() != version(Self.fields.replacing(change.from, with: change.to)))
    }

    @Test
    func restOfTheContractChangesIt() throws {
        let versions = [
            try version(), try version(lists: ContractText.lists.replacing("red", with: "green")),
            try version(lists: ContractText.lists.replacing("2020-06-30", with: "2020-07-30")),
            try version(type: "publishers: [hrss]"), try version(type: "publishers: [any-unit]\n    sealed: true"),
            try version(type: "publishers: [any-unit]\n    dayKind: true"), try version(family: "case: child"),
            try version(family: "naturalKey: [{number: [a]}]"), try version(required: "[a]"),
            try version(required: "[[a, b]]"),
        ]
        #expect(Set(versions).count == versions.count)
    }

    @Test
    func versionsOfTheShippedContractsAreDistinct() {
        let versions = ContractFixture.catalogue.types.map { ContractFixture.contract($0).version }
        #expect(Set(versions).count == versions.count)
    }
}
