import CloudEvents
import HTTPTypes

/// The W3C trace context of a request, passed on as it came; what is none is
/// ignored.
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
        guard let parent, TraceContextText.isParent(parent) else { return nil }
        self.parent = parent
        self.state = state.flatMap { TraceContextText.isState($0) ? $0 : nil }
    }
}
