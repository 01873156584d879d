import CloudEvents
import Testing

@testable import Coordination

/// The schema says what the hub takes, and the description what it is.
struct ContractSchemaTests {
    @Test(arguments: ContractFixture.catalogue.types)
    func sampleFitsTheSchema(_ type: EventType) {
        let contract = ContractFixture.contract(type)
        #expect(SchemaSubset.accepts(.object(contract.sampleData), contract.jsonSchema()))
    }

    @Test(arguments: ContractSealingTests.cases)
    func whatTheHubTakesFitsTheSchema(_ example: ContractSealingTests.Case) {
        let contract = ContractFixture.contract(example.type)
        var generated = GeneratedData(seed: example.seed)
        #expect(SchemaSubset.accepts(.object(generated.data(of: contract)), contract.jsonSchema()))
    }

    @Test(arguments: ContractRequirementTests.requirements)
    func schemaMissesWhatTheHubMisses(_ requirement: ContractRequirementTests.Case) {
        let contract = ContractFixture.contract(requirement.type)
        var data = contract.sampleData
        for field in requirement.fields { data[field] = nil }
        let isTaken = contract.admit(.object(data), at: contract.sampleTime).faults.isEmpty
        #expect(SchemaSubset.accepts(.object(data), contract.jsonSchema()) == isTaken)
    }

    @Test(arguments: ContractRequirementTests.fields)
    func schemaRefusesWrongTypes(_ field: ContractRequirementTests.Case) throws {
        let contract = ContractFixture.contract(field.type)
        let definition = try #require(contract.fields.first { $0.name == field.fields[0] })
        var data = contract.sampleData
        data[definition.name] = definition.wrongValue
        #expect(!SchemaSubset.accepts(.object(data), contract.jsonSchema()))
    }

    @Test
    func schemaRefusesUnknownFieldsAndEmptyRequiredLists() {
        let contract = ContractFixture.contract("labour.penalty.decided")
        var data = contract.sampleData
        data["extra"] = 1
        #expect(!SchemaSubset.accepts(.object(data), contract.jsonSchema()))
        data["extra"] = nil
        data["legalBasis"] = []
        #expect(!SchemaSubset.accepts(.object(data), contract.jsonSchema()))
    }

    @Test
    func addressOfTheChildMeetsTheSchemaToo() {
        let contract = ContractFixture.contract("attendance.dropout.suspected")
        var data = contract.sampleData
        data["residenceRegion"] = nil
        #expect(SchemaSubset.accepts(.object(data), contract.jsonSchema()))
        data["child"] = data["child"]?.without("homeAddress")
        #expect(!SchemaSubset.accepts(.object(data), contract.jsonSchema()))
    }

    @Test
    func schemaNamesItsDialectAndAddress() {
        let schema = ContractFixture.contract("labour.penalty.decided").jsonSchema()
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["$id"] == "/v1/contracts/labour.penalty.decided")
        let other = ContractFixture.contract("labour.penalty.decided").jsonSchema(id: "https://x/y")
        #expect(other["$id"] == "https://x/y")
    }

    @Test
    func fieldsAreDescribedWithClassAndMarks() throws {
        let contract = ContractFixture.contract("attendance.dropout.suspected")
        let json = contract.jsonValue { _, path in path == "child.name" ? "masked" : nil }
        let fields = try #require(json["fields"]?.arrayValue)
        #expect(fields.count == contract.fields.count)
        func field(_ name: String) -> JSONValue? { fields.first { $0["name"]?.stringValue == name } }
        #expect(field("schoolId")?["attribute"] == "schoolid")
        #expect(field("schoolId")?["storage"] == "open")
        #expect(field("causeCode")?["class"] == "minor-sensitive")
        #expect(field("causeCode")?["routed"] == true)
        #expect(field("causeCode")?["codes"] == "/v1/codes/cause")
        #expect(field("residenceRegion")?["followsFrom"] == "child.homeAddress.regionCode")
        let parts = try #require(field("child")?["parts"]?.arrayValue)
        #expect(parts.first { $0["name"] == "name" }?["visible"] == "masked")
        #expect(parts.first { $0["name"] == "sex" }?["visible"] == nil)
        #expect(field("child")?["required"] == ["name", ["idNumber", "studentNumber"]])
        #expect(json["required"]?.arrayValue?.last == ["residenceRegion", "residenceOutsideCounty"])
        #expect(json["publishers"] == ["school", "hub"])
        #expect(json["outcomes"] == "/v1/codes/outcome-schooling")
    }

    @Test
    func codesAreShownWithTheirDays() throws {
        let list = try #require(ContractFixture.catalogue.codeLists["key-group"]?.jsonValue)
        #expect(
            list["codes"]?.arrayValue?.last == [
                "code": "juvenile-justice", "zh": "涉案未成年人", "en": "minor in a justice matter",
                "validFrom": "2024-01-01", "validTo": nil,
            ])
        let outcomes = try #require(ContractFixture.catalogue.codeLists["outcome"])
        #expect(outcomes["substantiated-penalised"] != nil && outcomes["placed"] != nil)
        #expect(Set(outcomes.codes.map(\.code)).count == outcomes.codes.count)
    }
}
