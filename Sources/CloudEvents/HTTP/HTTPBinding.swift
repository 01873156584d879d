/// CloudEvents over HTTP: the HTTP protocol binding 1.0.2 in its three modes,
/// with the JSON event format and the JSON batch format 1.0.2.
public enum HTTPBinding {
    /// What a request carries.
    public enum Message: Sendable, Hashable {
        /// One event, in binary or structured mode.
        case single(Result<CloudEvent, EnvelopeFaults>)
        /// Any number of events, none too, in the order sent; each is judged
        /// alone. Paths are relative to the event.
        case batch([Result<CloudEvent, EnvelopeFaults>])
    }

    /// Why a request carries nothing that could be judged as an event.
    public enum Failure: Error, Sendable, Hashable {
        /// The content type is no event format that is read here, or its text
        /// is not in UTF-8.
        case unsupportedMediaType
        /// The body cannot be read: `not-utf-8`, `bad-json`, or `bad-envelope`
        /// for a batch that is no list. Paths are JSON Pointers into the
        /// structured form; in binary mode faults of attributes come along.
        /// Or headers cannot: `bad-header`, paths `header:<name>`.
        case faults(code: String, [InputFault])
    }

    static let structuredType = "application/cloudevents+json"
    static let batchType = "application/cloudevents-batch+json"

    /// Reads the events of a request.
    ///
    /// The content type decides the mode. A JSON body without any attribute in
    /// the headers is taken for an event in binary mode that lacks them all,
    /// because its sender can be told what to mend; other types without
    /// attributes are no events.
    ///
    /// - Parameters:
    ///   - headers: names in lower case.
    ///   - eventLimit: how many bytes an event of a batch may take as it was
    ///     sent; a larger one is refused alone, with the code `body-too-large`.
    public static func decode(
        headers: [(name: String, value: String)], body: [UInt8], eventLimit: Int = .max,
    ) -> Result<Message, Failure> {
        let contentTypes = headers.filter { $0.name == "content-type" }
        if let failure = unreadable(contentTypes) { return .failure(failure) }
        guard contentTypes.count <= 1 else { return .failure(.unsupportedMediaType) }
        let contentType = contentTypes.first?.value
        let mediaType = contentType.flatMap { MediaType($0) }
        if let mediaType, mediaType.type == "application", mediaType.subtype.hasPrefix("cloudevents") {
            let form = "application/" + mediaType.subtype
            guard mediaType.isUTF8, form == structuredType || form == batchType else {
                return .failure(.unsupportedMediaType)
            }
            if let failure = unreadable(headers.filter { isTracing($0.name) }) { return .failure(failure) }
            return form == batchType ? decodeBatch(body, eventLimit: eventLimit) : decodeStructured(body)
        }
        let isPlainJSON = mediaType?.type == "application" && mediaType?.subtype == "json"
        guard isPlainJSON || headers.contains(where: { $0.name.hasPrefix(attributePrefix) }) else {
            return .failure(.unsupportedMediaType)
        }
        let used = headers.filter { isTracing($0.name) || $0.name.hasPrefix(attributePrefix) }
        if let failure = unreadable(used) { return .failure(failure) }
        return decodeBinary(headers: headers, contentType: contentType, mediaType: mediaType, body: body)
    }

    /// Headers that become attributes in every mode.
    private static func isTracing(_ name: String) -> Bool { name == "traceparent" || name == "tracestate" }

    /// Reads an event in structured form from a value that was read already.
    public static func structured(_ value: JSONValue) -> Result<CloudEvent, EnvelopeFaults> {
        StructuredForm.read(value)
    }

    private static func decodeStructured(_ body: [UInt8]) -> Result<Message, Failure> {
        JSONReader.read(body).map { .single(structured($0)) }.mapError { .faults(code: $0.code, $0.faults) }
    }

    private static func decodeBatch(_ body: [UInt8], eventLimit: Int) -> Result<Message, Failure> {
        switch JSONReader.readElements(body, sizeLimit: eventLimit) {
        case .failure(let faults):
            return .failure(.faults(code: faults.code, faults.faults))
        case .success(nil):
            let fault = InputFault(
                path: "", code: "wrong-type", message: "a batch is a list of events", messageZh: "批量报送应为事件数组")
            return .failure(.faults(code: "bad-envelope", [fault]))
        case .success(let elements?):
            return .success(
                .batch(
                    elements.map { element in
                        element.mapError { EnvelopeFaults(code: $0.code, faults: $0.faults) }.flatMap(structured)
                    }))
        }
    }
}
