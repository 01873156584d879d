import CloudEvents
import Testing

@testable import Coordination

/// Every sample is publishable as it stands.
struct ContractSampleTests {
    @Test(arguments: ContractFixture.catalogue.types)
    func sampleHasNoFaultAndNoWarning(_ type: EventType) {
        let result = ContractFixture.contract(type).admitSample()
        #expect(result.faults == [])
        #expect(result.warnings == [])
    }

    @Test(arguments: ContractFixture.catalogue.types)
    func sampleIsSentByAUnitThatMay(_ type: EventType) throws {
        let contract = ContractFixture.contract(type)
        let source = try #require(contract.sample["source"]?.stringValue)
        let parts = source.split(separator: "/")
        #expect(parts.prefix(2) == ["410322", "units"])
        let unit = String(parts[2])
        let isNamed = contract.publishers.contains { rule in
            switch rule {
            case .unit(let id): id.rawValue == unit
            case .town: unit.hasPrefix("town:")
            case .school: unit.hasPrefix("school:")
            case .hub: unit == "hub"
            case .anyUnit, .anyMember: unit != "hub"
            case .village, .inspector, .handler: false
            }
        }
        #expect(isNamed, "\(unit) may not publish \(type.rawValue)")
    }

    @Test
    func sampleIDsAreDistinctAndNotPersonal() {
        let samples = ContractFixture.catalogue.types.map { ContractFixture.contract($0).sample }
        let ids = samples.compactMap { $0["id"]?.stringValue }
        #expect(Set(ids).count == samples.count)
    }

    @Test
    func allTypesOfTheSampleFamiliesAreThere() {
        let counts = Dictionary(grouping: ContractFixture.catalogue.types) { String($0.family) }.mapValues(\.count)
        #expect(counts == ["labour": 14, "assistance": 6, "culture": 8, "attendance": 5])
    }

    @Test(arguments: ContractFixture.catalogue.types)
    func lawsOfTheSampleHeldWhenItHappened(_ type: EventType) {
        let contract = ContractFixture.contract(type)
        let day = contract.sampleTime.beijingDate
        #expect(contract.legalBases.isEmpty || contract.legalBases.contains { $0.isValid(on: day) })
    }
}
