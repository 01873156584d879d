import CloudEvents
import Testing

@testable import Coordination

/// Required, unknown and wrongly typed fields.
struct ContractRequirementTests {
    /// One requirement of one type.
    struct Case: Sendable, CustomTestStringConvertible {
        var type: EventType
        var fields: [String]
        var testDescription: String { "\(type.rawValue) \(fields.joined(separator: "|"))" }
    }

    static let requirements: [Case] = ContractFixture.catalogue.types.flatMap { type in
        let layout = ContractFixture.contract(type).layout
        return layout.requirements.map { Case(type: type, fields: $0.alternatives.map { layout.fields[$0].name }) }
    }

    static let fields: [Case] = ContractFixture.catalogue.types.flatMap { type in
        ContractFixture.contract(type).fields.map { Case(type: type, fields: [$0.name]) }
    }

    @Test(arguments: requirements)
    func missingFieldIsExactlyThatFault(_ requirement: Case) {
        let result = ContractFixture.contract(requirement.type).admitSample { data in
            if requirement.fields.contains("residenceRegion") {
                // The personal part would stand in for a region …
                for name in ["homeAddress", "hukouAddress"] { data["child"] = data["child"]?.without(name) }
            } else if requirement.type.family == "assistance", data["hukouRegion"] == nil {
                // … as it does in the samples without one.
                data["hukouRegion"] = data["child"] == nil ? nil : "410322105"
            }
            for field in requirement.fields { data[field] = nil }
        }
        #expect(result.faults.places == ["/data/\(requirement.fields[0]) required"])
        #expect(
            result.faults.allSatisfy { fault in
                requirement.fields.count == 1 || fault.message.contains(requirement.fields[1])
            })
    }

    @Test(arguments: fields)
    func wrongTypeIsExactlyThatFault(_ field: Case) throws {
        let contract = ContractFixture.contract(field.type)
        let definition = try #require(contract.fields.first { $0.name == field.fields[0] })
        var data = contract.sampleData
        // What a part of the child would tell the router is told outright.
        for name in ["residenceRegion", "hukouRegion"] where contract.layout.index[name] != nil {
            data[name] = "410322101"
        }
        data[definition.name] = definition.wrongValue
        let result = contract.admit(.object(data), at: contract.sampleTime)
        #expect(result.faults.places == ["/data/\(definition.name) wrong-type"])
    }

    @Test(arguments: ContractFixture.catalogue.types)
    func nullIsToldToBeLeftOut(_ type: EventType) {
        let contract = ContractFixture.contract(type)
        let result = contract.admitSample { data in
            for name in data.keys { data[name] = JSONValue.null }
        }
        #expect(result.faults.filter { $0.code == "wrong-type" }.count == contract.sampleData.count)
        #expect(result.faults.filter { $0.code == "wrong-type" }.allSatisfy { $0.message.contains("null") })
    }

    @Test(arguments: ContractFixture.catalogue.types)
    func unknownFieldIsAFault(_ type: EventType) {
        let result = ContractFixture.contract(type).admitSample { $0["extra"] = "x" }
        #expect(result.faults.places == ["/data/extra unknown-field"])
    }

    @Test(arguments: ContractFixture.catalogue.types)
    func lenientlyUnknownFieldIsDroppedAndNamed(_ type: EventType) {
        let strict = ContractFixture.contract(type).admitSample()
        let result = ContractFixture.contract(type).admitSample(lenient: true) { $0["extra"] = "secret words" }
        #expect(result.faults == [])
        #expect(result.warnings.places == ["/data/extra unknown-field"])
        #expect(result.warnings.allSatisfy { $0.message.contains("'extra'") && $0.messageZh.contains("“extra”") })
        #expect(result.warnings.allSatisfy { !$0.message.contains("secret") && !$0.messageZh.contains("secret") })
        #expect(result.open == strict.open)
        #expect(result.sealed == strict.sealed)
    }

    @Test
    func unknownPartIsAFaultAtItsPlace() {
        let result = ContractFixture.contract("labour.child-labour.reported").admitSample { data in
            data["children"] = [["name": "王小丫", "a/b~c": 1], ["school": "x"]]
            data["reporter"] = ["email": "x"]
        }
        #expect(
            result.faults.places == [
                "/data/children/0/a~1b~0c unknown-field", "/data/children/1/school unknown-field",
                "/data/reporter/email unknown-field",
            ])
    }

    @Test
    func nameOfAnUnknownFieldThatIsPersonalIsNotTold() {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        let result = contract.admitSample { $0["410322200508209073"] = true }
        #expect(result.faults.places == ["/data unknown-field"])
        let long = contract.admitSample { $0[String(repeating: "x", count: 5_000)] = true }
        #expect(long.faults.places == ["/data unknown-field"])
    }

    @Test
    func missingDataReportsEveryRequiredField() {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        let faults = contract.admit(nil).faults
        #expect(
            faults.places == [
                "/data/workRegionCode required", "/data/employerKind required", "/data/childrenCount required",
                "/data/sourceChannel required", "/data/employerName required",
            ])
    }

    @Test(arguments: [JSONValue.null, "text", 3, true, [["childrenCount": 1]]])
    func dataThatIsNoObjectIsOneFault(_ data: JSONValue) {
        let faults = ContractFixture.contract("labour.child-labour.reported").admit(data).faults
        #expect(faults.places == ["/data wrong-type"])
    }

    @Test
    func allFaultsComeAtOnce() {
        let result = ContractFixture.contract("labour.child-labour.reported").admitSample { data in
            data["employerKind"] = "factory"
            data["childrenCount"] = -1
            data["sourceChannel"] = nil
            data["uscc"] = "91410322MA9KQT4W04"
            data["startedOn"] = "2020-13-01"
            data["children"] = [["idNumber": "410322200508209074"], "x"]
            data["colour"] = "red"
        }
        #expect(
            Set(result.faults.places) == [
                "/data/employerKind unknown-code", "/data/childrenCount out-of-range", "/data/sourceChannel required",
                "/data/uscc uscc-checksum", "/data/startedOn bad-date", "/data/children/0/idNumber id-checksum",
                "/data/children/1 wrong-type", "/data/colour unknown-field",
            ])
    }

    @Test
    func faultsAreTooManyToBeUseful() {
        let result = ContractFixture.contract("labour.child-labour.reported").admitSample { data in
            for number in 0..<2_000 { data["x\(number)"] = 1 }
        }
        #expect(result.faults.count == ContractJudge.maximumNotes + 1)
        #expect(result.faults.last?.code == "too-many-faults")
        let lenient = ContractFixture.contract("labour.child-labour.reported").admitSample(lenient: true) { data in
            for number in 0..<2_000 { data["x\(number)"] = 1 }
        }
        #expect(lenient.faults == [])
        #expect(lenient.warnings.count == ContractJudge.maximumNotes + 1)
    }

    @Test
    func emptyListDoesNotFillInARequiredField() {
        let contract = ContractFixture.contract("labour.penalty.decided")
        #expect(contract.admitSample { $0["legalBasis"] = [] }.faults.places == ["/data/legalBasis required"])
    }

    @Test
    func childNeedsANameAndOneNumber() {
        let contract = ContractFixture.contract("attendance.absence.recorded")
        #expect(
            contract.admitSample { $0["child"] = ["name": "周子木"] }.faults.places == ["/data/child/idNumber required"])
        let nameless = contract.admitSample { $0["child"] = ["studentNumber": "G410322200703099033"] }
        #expect(nameless.faults.places == ["/data/child/name required"])
    }

    @Test
    func twoInspectorsAreNeeded() {
        let contract = ContractFixture.contract("culture.venue-inspection.completed")
        let result = contract.admitSample { $0["inspectors"] = [["name": "何立", "certificateNo": "豫C-9101"]] }
        #expect(result.faults.places == ["/data/inspectors too-few-items"])
    }

    @Test
    func listHasALimit() {
        let contract = ContractFixture.contract("labour.child-labour.reported")
        let result = contract.admitSample { $0["children"] = .array(Array(repeating: ["apparentAge": 15], count: 501)) }
        #expect(result.faults.places == ["/data/children too-many-items"])
    }
}

extension FieldDefinition {
    /// A value that no field of this shape takes.
    var wrongValue: JSONValue {
        if isList { return "text" }
        return switch format {
        case .bool, .number, .object, .counts: "text"
        case .integer: "3"
        default: 3
        }
    }
}

extension JSONValue {
    /// The object without a member.
    func without(_ name: String) -> JSONValue {
        guard var object = objectValue else { return self }
        object[name] = nil
        return .object(object)
    }
}
