import CloudEvents

/// One case of JSON and of the CloudEvents formats, in this process: whatever
/// the bytes are, they are read or refused, and what was read means the same
/// however it is written.
enum JSONTrial {
    static func run(_ bytes: [UInt8], _ generator: inout CaseGenerator) throws -> String {
        for type in ["application/cloudevents+json", "application/cloudevents-batch+json", "application/json"] {
            _ = HTTPBinding.decode(headers: [("content-type", type), ("ce-id", "x")], body: bytes)
        }
        guard case .success(let value) = JSONReader.read(bytes) else { return "refused" }
        let canonical = value.canonicalBytes()
        guard case .success(let again) = JSONReader.read(canonical) else {
            throw Finding("canonical-unreadable", ByteText.quoted(canonical, upTo: 400))
        }
        guard again.canonicalBytes() == canonical else {
            throw Finding("canonical-unstable", ByteText.quoted(canonical, upTo: 400))
        }
        var writer = VariedWriter(generator: generator)
        _ = generator.next()
        guard case .success(let varied) = JSONReader.read(writer.bytes(value)), varied.canonicalBytes() == canonical
        else {
            throw Finding("canonical-differs", ByteText.quoted(canonical, upTo: 400))
        }
        if case .success(let event) = HTTPBinding.structured(value) {
            guard case .success(let same) = HTTPBinding.structured(HTTPBinding.structuredValue(of: event)),
                same == event
            else { throw Finding("event-differs", ByteText.quoted(canonical, upTo: 400)) }
        }
        return "read"
    }
}
