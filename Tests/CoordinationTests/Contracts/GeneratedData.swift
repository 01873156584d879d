import CloudEvents

@testable import Coordination

/// Data of a type, made up from its contract: valid, each text of its own.
struct GeneratedData {
    private var state: UInt64
    private var serial = 0
    /// The texts made, with the class of their field.
    private(set) var texts: [(text: String, fieldClass: FieldClass)] = []

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func data(of contract: EventContract) -> JSONObject {
        object(contract.layout)
    }

    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    private mutating func object(_ layout: ObjectLayout) -> JSONObject {
        var object = JSONObject()
        for (index, field) in layout.fields.enumerated() {
            let isNeeded = layout.requirements.contains { $0.alternatives.contains(index) }
            guard isNeeded || next(3) > 0 else { continue }
            object[field.name] = field.isList ? .array((0..<2 + next(2)).map { _ in value(field) }) : value(field)
        }
        return object
    }

    private mutating func value(_ field: FieldDefinition) -> JSONValue {
        switch field.format {
        case .text, .unitOrText: return .string(text(field))
        case .code(let list): return .string(code(list))
        case .date, .pastDate: return .string(field.name == "birthDate" ? "2007-03-09" : "2020-10-0\(1 + next(9))")
        case .dateTime: return "2020-10-21T09:12:00+08:00"
        case .month, .period: return "2020-10"
        case .integer(let range): return .integer(range.lowerBound + Int64(next(3)))
        case .number: return .number(0.5)
        case .bool: return .bool(next(2) == 0)
        case .yuan: return .string("\(next(9)).00")
        case .region(.county): return "410305"
        case .region(.village): return "410322101202"
        case .region: return "410322101"
        case .unit: return "psb"
        case .school, .anySchool: return "3141990002"
        case .reference: return .string("ev-\(next(999))")
        case .position: return "10482"
        // Born in 2007 like the date, male like nobody says.
        case .idNumber: return "410322200703099033"
        case .citizenID: return "41032219780511915X"
        case .studentNumber: return "G410322200703099033"
        case .disabilityCard: return "41030520110610966862B1"
        case .uscc: return "91410322MA9KQT4W03"
        case .registrationNumber: return "410322600123457"
        case .counts: return ["suspectedNew": 1]
        case .object(let layout): return .object(object(layout))
        }
    }

    /// A text that stands nowhere else, and within every limit.
    private mutating func text(_ field: FieldDefinition) -> String {
        serial += 1
        let text = "某\(String(serial, radix: 36))事\(String(next(1_000), radix: 36))"
        texts.append((text, field.fieldClass))
        return text
    }

    private mutating func code(_ list: CodeList) -> String {
        // A document of another type would need another number.
        if list.name == "id-type" { return "citizen-id" }
        let usable = list.codes.filter { $0.isValid(on: ContractText.noon.beijingDate) }
        return usable[next(usable.count)].code
    }
}
