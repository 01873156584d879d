import CloudEvents
import Testing

@testable import Coordination

/// Whatever is sent is judged, and nothing of it comes back in a fault.
struct ContractHostileDataTests {
    /// Values that stand where nobody expects them; each text is of its own kind.
    private static let values: [JSONValue] = [
        .null, true, 0, -1, .integer(9_007_199_254_740_991), .number(1e308), .number(-0.0), "", " ",
        "\u{1F469}\u{200D}\u{1F467}",
        "2020-月份-01", "410322200508209073", "４１０３２２２００５０８２０９０７３", "13812345678", "\u{202E}逆序文字", "/~0~1/%00",
        .string(String(repeating: "长", count: 5_000)), [], [[]], [[:]], [.null], [:], ["": [:]],
        ["name": ["name": "嵌套"]],
        ["regionCode": 410_322], [["name": 1, "birthDate": "2099-01-01"]], ["idNumber": "000000000000000000"],
    ]

    @Test(arguments: ContractSealingTests.cases.filter { $0.seed <= 10 })
    func anyValueInAnyPlaceIsJudged(_ example: ContractSealingTests.Case) {
        let contract = ContractFixture.contract(example.type)
        var generated = GeneratedData(seed: example.seed)
        let data = generated.data(of: contract)
        for (index, field) in contract.fields.enumerated() {
            let value = Self.values[(index + Int(example.seed) * 7) % Self.values.count]
            var bent = data
            bent[field.name] = value
            expectHarmless(contract.admit(.object(bent)), about: value)
            guard let part = field.parts.first, var object = data[field.name]?.objectValue else { continue }
            object[part.name] = value
            bent[field.name] = .object(object)
            expectHarmless(contract.admit(.object(bent), lenient: true), about: value)
        }
    }

    private func expectHarmless(_ result: ContractResult, about value: JSONValue) {
        let notes = result.faults + result.warnings
        #expect(notes.allSatisfy { $0.path.hasPrefix("/data") && $0.code.isKebabCase })
        if let text = value.stringValue, text.utf8.count > 10 {
            #expect(!notes.contains { $0.message.contains(text) || $0.messageZh.contains(text) })
        }
        if result.faults.isEmpty { #expect(result.open["child"] == nil && result.open["guardian"] == nil) }
    }

    @Test
    func everyValueFailsSomewhereOrIsGood() {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        for value in Self.values {
            expectHarmless(contract.admit(value), about: value)
            expectHarmless(contract.admitSample { $0["children"] = .array([value]) }, about: value)
        }
    }
}
