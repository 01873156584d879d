import CloudEvents
import Coordination
import Hub
import Store
import TestSupport
import Testing

/// Every contract's sample, stored: what the contract seals stands in no column
/// that is open.
struct ContractStorageTests {
    @Test func nothingSealedIsInAnOpenColumn() async throws {
        try await TestHub.with { hub in
            let county = try hub.county(.mengjin)
            #expect(county.catalogue.types.count == 33)
            let units = county.directory.units.map(\.id.rawValue).sorted { $0.count > $1.count }
            for type in county.catalogue.types {
                let contract = try #require(county.catalogue.contract(type))
                let speaker: TestHub.Speaker =
                    contract.sample.sender == "hub"
                    ? .scopes([.publish], unit: "hub", of: .mengjin) : .unit(contract.sample.sender)
                let answer = try await hub.publish(contract.sample, as: speaker)
                #expect(answer.status == 201, "\(type.rawValue): \(answer.text)")
                let position = Position(rawValue: Int64(answer.json["position"]?.stringValue ?? "") ?? 0)
                let record = try #require(try await hub.inspection.event(at: position, county: county.id))
                let result = Self.admitted(contract, county: county)
                #expect(record.open == JSONValue.object(result.open).canonicalBytes())

                let open = JSONValue.object(result.open).texts
                let sealed = result.sealed.values.flatMap { JSONValue.object($0).texts }
                // A town may be open as the place of work and sealed as the child's.
                let telling = sealed.filter { $0.unicodeScalars.count > 3 && !open.contains($0) }
                let explanation = try await hub.inspection.explanation(of: position, county: county.id)
                for column in [record.attributes, record.open, explanation ?? []] {
                    let text = Self.withoutUnits(String(decoding: column, as: UTF8.self), units)
                    for sealed in telling {
                        // A code is an English word as well, and a clause may have it in its name.
                        let isCode = sealed.utf8.allSatisfy { $0 < 128 } && !sealed.contains(where: \.isNumber)
                        #expect(!text.contains(isCode ? "\"\(sealed)\"" : sealed), "\(type.rawValue): \(sealed)")
                    }
                }
                try expectAttributes(of: record, contract)
            }
        }
    }

    /// The attributes are those that were sent and those that the contract promotes.
    private func expectAttributes(of record: EventRecord, _ contract: EventContract) throws {
        let stored = try JSONReader.read(record.attributes).get()
        let sent = Set((contract.sample.objectValue?.members ?? []).map(\.key)).subtracting(["data"])
        let names = Set((stored.objectValue?.members ?? []).map(\.key))
        #expect(names.subtracting(sent).subtracting(contract.promotedNames).subtracting(["clause"]) == [])
        let sealedNames = Set(contract.fields.filter { $0.fieldClass.isPersonal }.map { $0.name.lowercased() })
        #expect(names.intersection(sealedNames).isEmpty)
    }

    /// Who sent an event and who received it is no secret of the child, though a
    /// town's id holds the region's code.
    private static func withoutUnits(_ text: String, _ units: [String]) -> String {
        units.reduce(text) { $0.replacing($1, with: "…") }
    }

    private static func admitted(_ contract: EventContract, county: CountyRuntime) -> ContractResult {
        let time = contract.sample["time"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        return contract.admit(
            data: contract.sample["data"], time: time ?? Timestamp(microseconds: 0), lenient: false,
            directory: county.directory, dayKind: { county.calendar.dayKind($0) })
    }
}
