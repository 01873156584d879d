extension HTTPBinding {
    /// An event as one JSON object, as it stands in structured and batched
    /// mode.
    ///
    /// Precondition: the event has no ``CloudEvent/faults``.
    public static func structuredValue(of event: CloudEvent) -> JSONValue {
        StructuredForm.write(event)
    }

    /// A message in structured mode: one JSON object.
    ///
    /// Precondition: the event has no ``CloudEvent/faults``.
    public static func encodeStructured(
        _ event: CloudEvent,
    ) -> (headers: [(name: String, value: String)], body: [UInt8]) {
        ([("content-type", structuredType)], structuredValue(of: event).encodedBytes())
    }

    /// A message in binary mode: attributes as headers, percent-encoded, data
    /// as body. Data without a content type are sent as `application/json`,
    /// text or bytes, so that the receiver need not guess.
    ///
    /// Precondition: the event has no ``CloudEvent/faults``.
    public static func encodeBinary(
        _ event: CloudEvent,
    ) -> (headers: [(name: String, value: String)], body: [UInt8]) {
        let payload = EventPayload(event)
        var headers: [(name: String, value: String)] = [
            ("ce-specversion", CloudEvent.specVersion), ("ce-id", HeaderText.encode(event.id)),
            ("ce-source", HeaderText.encode(event.source)), ("ce-type", HeaderText.encode(event.type)),
        ]
        for (name, text) in [("subject", event.subject), ("time", event.time), ("dataschema", event.dataSchema)] {
            if let text { headers.append((attributePrefix + name, HeaderText.encode(text))) }
        }
        for (name, value) in event.extensions.sorted(by: { $0.key < $1.key }) {
            headers.append((attributePrefix + name, HeaderText.encode(value.text)))
        }
        if let contentType = payload.contentType { headers.append(("content-type", contentType)) }
        return (headers, payload.bytes)
    }

    /// A message in batched mode: a JSON list, empty too.
    ///
    /// Precondition: none of the events has ``CloudEvent/faults``.
    public static func encodeBatch(
        _ events: [CloudEvent],
    ) -> (headers: [(name: String, value: String)], body: [UInt8]) {
        ([("content-type", batchType)], JSONValue.array(events.map { structuredValue(of: $0) }).encodedBytes())
    }
}
