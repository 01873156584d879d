import CloudEvents
import Foundation

/// Events that are nearly right: a sample report, changed in a few places.
struct EventMutator {
    /// The samples, with the unit that publishes each.
    let samples: [(unit: String, event: JSONObject)]

    /// A value that only the data of an event holds: it must come back in no
    /// answer and be in no log.
    static let planted = "Zqplant"

    init(folder: String) throws {
        let publishers = [
            "01-illegal-child-labour": "jm-office", "02-assistance-referral": "town:410322102",
            "03-internet-cafe-minors": "psb", "04-three-day-absence": "school:3141990002",
        ]
        samples = try publishers.sorted { $0.key < $1.key }.map { name, unit in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name).json"),
                case .success(.object(let event)) = JSONReader.read(Array(data))
            else { throw FuzzFailure("the sample \(name) cannot be read in \(folder)") }
            return (unit, event)
        }
    }

    /// An event of a case, with so many changes.
    func event(id: String, changes: Int, _ generator: inout CaseGenerator) -> (unit: String, event: JSONValue) {
        let sample = generator.pick(samples)
        var event = sample.event
        event["id"] = .string(id)
        // A person of its own: otherwise all of them join the same cases.
        if let data = event["data"] { event["data"] = Self.planting(data, &generator) }
        for _ in 0..<changes { Self.change(&event, &generator) }
        return (sample.unit, .object(event))
    }

    /// Free texts are replaced by ones that can be looked for.
    private static func planting(_ value: JSONValue, _ generator: inout CaseGenerator) -> JSONValue {
        guard case .object(var object) = value else { return value }
        for (key, member) in object {
            switch member {
            case .string where ["note", "address", "text", "employerName"].contains(key):
                object[key] = .string(planted + String(generator.next() % 1_000_000_007, radix: 36))
            case .object: object[key] = planting(member, &generator)
            case .array(let elements): object[key] = .array(elements.map { planting($0, &generator) })
            default: break
            }
        }
        return .object(object)
    }

    private static let attributes = [
        "specversion", "id", "source", "type", "time", "datacontenttype", "dataschema", "subject", "data",
        "data_base64",
        "county", "caseid", "causeid", "corrects", "traceparent", "tracestate", "recordedat", "policyver", "clause",
        "partitionkey", "Upper", "with-dash", "", "abcdefghijklmnopqrstu", "数据", "x",
    ]

    private static func change(_ event: inout JSONObject, _ generator: inout CaseGenerator) {
        switch generator.below(6) {
        case 0: event[generator.pick(attributes)] = generator.value(depth: 1)
        case 1: event[generator.pick(attributes)] = nil
        case 2: event[generator.pick(attributes)] = .string(generator.text())
        default:
            guard let data = event["data"] else { return }
            event["data"] = changed(data, &generator)
        }
    }

    /// A value with a change somewhere inside.
    private static func changed(_ value: JSONValue, _ generator: inout CaseGenerator) -> JSONValue {
        if generator.oneIn(6) { return generator.value() }
        switch value {
        case .object(var object):
            let keys = object.map(\.key)
            guard let key = keys.isEmpty ? nil : generator.pick(keys) else { return generator.value() }
            switch generator.below(5) {
            case 0: object[key] = nil
            case 1: object[generator.text()] = generator.value(depth: 1)
            default: object[key] = object[key].map { changed($0, &generator) }
            }
            return .object(object)
        case .array(var elements):
            switch generator.below(3) {
            case 0: elements.append(elements.first ?? generator.value(depth: 1))
            case 1 where !elements.isEmpty: elements.remove(at: generator.below(elements.count))
            default:
                guard !elements.isEmpty else { return .array([generator.value(depth: 1)]) }
                let index = generator.below(elements.count)
                elements[index] = changed(elements[index], &generator)
            }
            return .array(elements)
        case .string: return .string(generator.text())
        default: return generator.value(depth: 1)
        }
    }
}

/// The run cannot go on, whatever the hub does.
struct FuzzFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
