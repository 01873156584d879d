import CloudEvents
import Testing

@testable import Coordination

/// Nothing of a sealed class is ever open, and nothing is lost.
struct ContractSealingTests {
    /// Some made-up data of one type.
    struct Case: Sendable, CustomTestStringConvertible {
        var type: EventType
        var seed: UInt64
        var testDescription: String { "\(type.rawValue) #\(seed)" }
    }

    static let cases = ContractFixture.catalogue.types.flatMap { type in
        (1...40).map { Case(type: type, seed: $0) }
    }

    @Test(arguments: cases)
    func eachValueIsKeptWhereItsClassBelongs(_ example: Case) {
        let contract = ContractFixture.contract(example.type)
        var generated = GeneratedData(seed: example.seed)
        let data = generated.data(of: contract)
        let result = contract.admit(.object(data))
        #expect(result.faults == [])

        expectPlace(nil, of: result.open, contract.layout)
        for (place, part) in result.sealed { expectPlace(place, of: part, contract.layout) }

        let openText = String(decoding: JSONValue.object(result.open).canonicalBytes(), as: UTF8.self)
        let attributes = result.promoted.map { "\($0.name)=\($0.value.text)" }.joined(separator: "\n")
        for (text, fieldClass) in generated.texts where fieldClass.isPersonal {
            #expect(!openText.contains(text) && !attributes.contains(text))
        }
    }

    @Test(arguments: cases)
    func partsPutTogetherAreWhatWasSent(_ example: Case) {
        let contract = ContractFixture.contract(example.type)
        var generated = GeneratedData(seed: example.seed)
        let data = generated.data(of: contract)
        let result = contract.admit(.object(data))
        var whole = result.open
        for part in SealedClass.allCases { whole.merge(result.sealed[part] ?? JSONObject()) }
        #expect(whole == data)
    }

    @Test(arguments: cases)
    func attributesAreOpenFieldsOfTheContract(_ example: Case) {
        let contract = ContractFixture.contract(example.type)
        var generated = GeneratedData(seed: example.seed)
        let result = contract.admit(.object(generated.data(of: contract)))
        #expect(Set(result.promoted.map(\.name)).isSubset(of: contract.promotedNames))
        for (name, value) in result.promoted where name != "daykind" {
            let field = contract.fields.first { $0.name.lowercased() == name }
            #expect(field?.fieldClass.isPersonal == false)
            #expect(field.flatMap { result.open[$0.name] } == value.asSent)
        }
    }

    private func expectPlace(_ place: SealedClass?, of object: JSONObject, _ layout: ObjectLayout) {
        for (name, value) in object {
            guard let field = layout.index[name].map({ layout.fields[$0] }) else {
                Issue.record("\(name) is no field")
                continue
            }
            if case .object(let parts) = field.format {
                for element in value.arrayValue ?? [value] {
                    expectPlace(place, of: element.objectValue ?? JSONObject(), parts)
                }
            } else {
                #expect(field.place == place, "\(name) is kept in the wrong place")
                #expect(field.fieldClass.sealedClass == place)
            }
        }
    }

    @Test
    func listOfWhichSomePartsAreSealedKeepsItsShapeInBoth() {
        let result = ContractFixture.contract("attendance.verification.concluded").admitSample()
        #expect(result.open["evidence"]?.arrayValue?.count == 2)
        #expect(result.open["evidence"]?.arrayValue?[0]["name"] == nil)
        #expect(result.sealed[.sensitive]?["evidence"] == [["name": "入户核查记录.pdf"], [:]])
    }

    @Test
    func typeSealedAsAWholeHasNothingOpen() throws {
        let fields = """
              kind: {format: code:colour, class: internal, mark: promoted, zh: 某, en: some}
              number: {format: text<=10, class: public, zh: 某, en: some}
              child:
                {zh: 学生, en: child, class: minor-pi, parts: {name: {format: text<=50, zh: 姓名, en: name}}}
            """
        let contract = try ContractText.contract(
            fields: fields, optional: ["kind", "number", "child"], more: "sealed: true\n    dayKind: true")
        let result = contract.admit(["kind": "red", "number": "7", "child": ["name": "周子木"]])
        #expect(result.faults == [])
        #expect(result.open.isEmpty && result.promoted.isEmpty && contract.promotedNames.isEmpty)
        #expect(result.sealed == [.sensitive: ["kind": "red", "number": "7"], .personal: ["child": ["name": "周子木"]]])
        #expect(result.routable["kind"] == .text("red"))
    }

    @Test
    func reporterIsAnAudienceOfItsOwn() {
        let result = ContractFixture.contract("labour.child-labour.reported").admitSample()
        #expect(result.sealed[.reporter]?["reporter"]?["name"] == "钱守诚")
        #expect(result.sealed[.personal]?["reporter"] == nil && result.sealed[.sensitive]?["reporter"] == nil)
    }

    @Test
    func promotedAttributesHaveTheTypesOfTheirFields() {
        let result = ContractFixture.contract("culture.venue-inspection.completed").admitSample()
        let promoted = Dictionary(uniqueKeysWithValues: result.promoted.map { ($0.name, $0.value) })
        #expect(
            promoted == [
                "venuekind": .string("internet-cafe"), "venueregioncode": .string("410322107"),
                "distancetoschoolm": .integer(350), "daykind": .string("working-day"),
            ])
        let reported = ContractFixture.contract("culture.minor-admission.reported").admitSample()
        #expect(reported.promoted.contains { $0.name == "minorspresentnow" && $0.value == .boolean(false) })
    }

    // MARK: Open free text

    @Test(arguments: [
        "联系电话13812345678", "家长 138 1234 5678", "身份证410322200508209073", "证号４１０３２２２００５０８２０９０７３",
    ])
    func numberOfAPersonInOpenTextIsAFault(_ text: String) {
        let result = ContractFixture.contract("labour.child-labour.reported").admitSample { data in
            data["address"] = .string(text)
        }
        #expect(result.faults.places == ["/data/address personal-data-in-open-field"])
        #expect(result.faults.allSatisfy { !$0.message.contains(text) && !$0.messageZh.contains(text) })
    }

    @Test
    func sameTextInASealedFieldIsFine() {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        #expect(contract.admitSample { $0["note"] = "联系电话13812345678" }.faults == [])
    }

    @Test
    func nameOfAChildInOpenTextIsAFault() {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        let result = contract.admitSample { $0["address"] = "横水镇陈一鸣家对面" }
        #expect(result.faults.places == ["/data/address personal-data-in-open-field"])
    }

    @Test
    func shortNameInAShortFieldIsOnlyAWarning() {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        let result = contract.admitSample { data in
            data["children"] = [["name": "王城"]]
            data["address"] = "横水镇王城路18号"
        }
        #expect(result.faults == [])
        #expect(result.warnings.places == ["/data/address personal-data-in-open-field"])
    }
}

extension AttributeValue {
    /// The value as data has it.
    var asSent: JSONValue {
        switch self {
        case .boolean(let flag): .bool(flag)
        case .integer(let number): .integer(Int64(number))
        case .string, .binary: .string(text)
        }
    }
}
