import CloudEvents
import Testing

typealias Headers = [(name: String, value: String)]

/// The headers of a minimal event in binary mode, with others added or put in
/// their place; an empty value takes a header away.
func binaryHeaders(_ others: KeyValuePairs<String, String?> = [:]) -> Headers {
    var headers: Headers = [
        ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t"),
        ("content-type", "application/json"), ("host", "hub.example"), ("accept", "*/*"),
    ]
    for (name, value) in others {
        headers.removeAll { $0.name == name }
        if let value { headers.append((name, value)) }
    }
    return headers
}

/// The one event of a message.
func decodedEvent(
    _ headers: Headers, _ body: String = "", sourceLocation: SourceLocation = #_sourceLocation,
) throws -> CloudEvent {
    guard case .single(let event) = try HTTPBinding.decode(headers: headers, body: Array(body.utf8)).get() else {
        Issue.record("no single event", sourceLocation: sourceLocation)
        throw CancellationError()
    }
    return try event.get()
}

/// What is wrong with the one event of a message: path and code, sorted.
func envelopeRefusal(_ headers: Headers, _ body: String = "") -> [String] {
    switch HTTPBinding.decode(headers: headers, body: Array(body.utf8)) {
    case .success(.single(.failure(let faults))): faults.faults.map { "\($0.path) \($0.code)" }.sorted()
    case .success: ["read"]
    case .failure(.unsupportedMediaType): ["unsupported media type"]
    case .failure(.faults(let code, let faults)): [code] + faults.map { "\($0.path) \($0.code)" }.sorted()
    }
}

/// A message in structured mode.
func structuredMessage(_ event: JSONValue) -> (headers: Headers, body: String) {
    ([("content-type", "application/cloudevents+json")], String(decoding: event.encodedBytes(), as: UTF8.self))
}

/// A minimal event in structured form with other members; nil takes one away.
func structuredEvent(_ members: KeyValuePairs<String, JSONValue?> = [:]) -> JSONValue {
    var event: JSONObject = ["specversion": "1.0", "id": "1", "source": "/s", "type": "t"]
    for (name, value) in members { event[name] = value }
    return .object(event)
}
