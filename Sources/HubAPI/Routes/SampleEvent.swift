import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub
import Store

/// A contract's sample as one county can take it. The samples are written once
/// for all counties, and no county knows the units of another.
struct SampleEvent {
    let county: CountyRuntime
    let today: CivilDate
    /// The units named so far: a list names none twice.
    private var named: Set<UnitID> = []

    init(county: CountyRuntime, today: CivilDate) {
        self.county = county
        self.today = today
    }

    /// The sample. For a unit that may send the type it carries a source of that
    /// unit, so that it can be published as it stands.
    mutating func event(of contract: EventContract, for reader: UnitID) -> JSONValue? {
        guard case .object(var event) = contract.sample else { return nil }
        event["source"] = .string(source(event["source"]?.stringValue ?? "", contract: contract, reader: reader))
        if case .object(let data)? = event["data"] {
            event["data"] = .object(localised(data, fields: contract.fields))
        }
        return .object(event)
    }

    private func source(_ source: String, contract: EventContract, reader: UnitID) -> String {
        if let unit = county.directory.unit(reader), contract.mayPublish(unit: unit, on: today),
            !county.allows(source: source, of: reader), let own = county.sources(of: reader).first
        {
            return own
        }
        var parts = source.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        // `/{county}/units/{unit}`.
        guard parts.count > 3, !county.codes.contains(where: { $0.code == parts[1] }) else { return source }
        parts[1] = county.code(on: today)
        return parts.joined(separator: "/")
    }

    // MARK: - Units

    private mutating func localised(_ object: JSONObject, fields: [FieldDefinition]) -> JSONObject {
        var object = object
        for field in fields {
            guard let value = object[field.name] else { continue }
            object[field.name] = localised(value, field: field)
        }
        return object
    }

    private mutating func localised(_ value: JSONValue, field: FieldDefinition) -> JSONValue? {
        switch value {
        case .object(let object): return .object(localised(object, fields: field.parts))
        case .array(let elements):
            var kept: [JSONValue] = []
            for element in elements {
                if let element = localised(element, field: field) { kept.append(element) }
            }
            return .array(kept)
        case .string(let text) where field.formatText == "unit": return unit(UnitID(text)).map { .string($0.rawValue) }
        default: return value
        }
    }

    /// The unit itself where the county has it, else one like it.
    private mutating func unit(_ id: UnitID) -> UnitID? {
        let isTown = id.rawValue.hasPrefix("town:")
        let isKnown = county.directory.unit(id) != nil
        let choice =
            isKnown
            ? id
            : county.directory.units.first { unit in
                unit.kind == (isTown ? .town : .bureau) && unit.isValid(on: today) && !named.contains(unit.id)
            }?.id
        if let choice { named.insert(choice) }
        return choice
    }
}
