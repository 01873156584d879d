import HTTPTypes

/// The W3C trace context of a request, passed on as it came.
struct TraceContext: Sendable, Hashable {
    /// The `traceparent` header.
    let parent: String
    /// The `tracestate` header, if there is one.
    let state: String?

    /// From headers by lower-case name; nil without a valid `traceparent`.
    init?(_ headers: [(name: String, value: String)]) {
        self.init(
            parent: headers.first { $0.name == "traceparent" }?.value,
            state: headers.first { $0.name == "tracestate" }?.value)
    }

    /// From a request's fields.
    init?(_ fields: HTTPFields) {
        guard let name = HTTPField.Name("traceparent"), let stateName = HTTPField.Name("tracestate") else { return nil }
        self.init(parent: fields[name], state: fields[stateName])
    }

    private init?(parent: String?, state: String?) {
        guard let parent, Self.isValid(parent) else { return nil }
        self.parent = parent
        self.state = state.flatMap { $0.utf8.count <= 512 && !$0.isEmpty ? $0 : nil }
    }

    /// `00-<32 digits>-<16 digits>-<2 digits>` in lower-case hexadecimal, as
    /// https://www.w3.org/TR/trace-context/ has it; anything else is ignored.
    private static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] != "ff" else { return false }
        let isHexadecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || byte == 0x2D
        }
        return isHexadecimal && parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
    }
}
