/// The data of an event with the content type they are sent under.
///
/// Content type and data of an event made in code may disagree; here they do
/// not, so that what is sent is read as what it was.
struct EventPayload {
    /// The content type, if there is one to send.
    let contentType: String?
    /// The data in a form that fits the content type.
    let content: EventData?
    /// Whether the JSON format implies the content type.
    let isImplied: Bool

    init(_ event: CloudEvent) {
        let declared = event.dataContentType
        let isJSON = declared.map { MediaType($0)?.isJSON ?? false }
        switch event.data {
        case .json(let value):
            contentType = declared ?? "application/json"
            isImplied = declared == nil
            content =
                isJSON == false
                ? .text(String(decoding: value.encodedBytes(), as: UTF8.self)) : .json(value)
        case .text(let text):
            contentType = declared ?? "text/plain; charset=utf-8"
            isImplied = false
            content = isJSON == true ? .json(.string(text)) : .text(text)
        case .binary(let bytes):
            contentType = declared ?? "application/octet-stream"
            isImplied = false
            content = .binary(bytes)
        case nil:
            contentType = declared
            isImplied = declared == nil
            content = nil
        }
    }

    /// The data as a body.
    var bytes: [UInt8] {
        switch content {
        case .json(let value): value.encodedBytes()
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        case nil: []
        }
    }
}
