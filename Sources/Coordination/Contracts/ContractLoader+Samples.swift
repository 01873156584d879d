import CloudEvents
import Yams

extension ContractLoader {
    /// The sample as the JSON it would be sent as. Its type is the contract's.
    mutating func readSample(_ record: ConfigurationRecord, type: String) -> JSONValue? {
        guard let node = record["sample"] else {
            reader.missing(record.node, "sample")
            return nil
        }
        let sample = Self.json(node.node)
        if sample["type"]?.stringValue != type {
            reader.fault(
                node, "sample-differs", "the sample's 'type' is not the type of the contract",
                "样例的“type”与事件类型不一致",
            )
        }
        for name in ["specversion", "id", "source", "time"] where sample[name]?.stringValue == nil {
            reader.missing(node, name)
        }
        return sample
    }

    /// Quoted scalars are text. Of the plain ones, only what JSON itself would
    /// read as a literal is one: a date stays text.
    private static func json(_ node: Node) -> JSONValue {
        if let sequence = node.sequence { return .array(sequence.map { json($0) }) }
        if let mapping = node.mapping {
            var object = JSONObject()
            for (key, value) in mapping { object[key.scalar?.string ?? ""] = json(value) }
            return .object(object)
        }
        guard let scalar = node.scalar else { return .null }
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        switch scalar.string {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null", "~", "": return .null
        default: break
        }
        if let integer = Int64(scalar.string), scalar.string.utf8.count <= 15 { return .integer(integer) }
        if let number = Double(scalar.string), scalar.string.contains("."), number.isFinite { return .number(number) }
        return .string(scalar.string)
    }
}
