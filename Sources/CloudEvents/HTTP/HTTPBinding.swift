/// The HTTP protocol binding.
public enum HTTPBinding {
    /// What a request carries.
    public enum Message: Sendable, Hashable {
        /// One event.
        case single(Result<CloudEvent, EnvelopeFaults>)
        /// Several events.
        case batch([Result<CloudEvent, EnvelopeFaults>])
    }

    /// Why a request carries nothing that could be judged as an event.
    public enum Failure: Error, Sendable, Hashable {
        /// The content type.
        case unsupportedMediaType
        /// The body.
        case faults(code: String, [InputFault])
    }

    /// Reads a request.
    public static func decode(
        headers: [(name: String, value: String)], body: [UInt8],
    ) -> Result<Message, Failure> { .failure(.unsupportedMediaType) }

    /// Reads an event in structured form from a value that was already read.
    public static func structured(_ value: JSONValue) -> Result<CloudEvent, EnvelopeFaults> {
        .failure(EnvelopeFaults(faults: []))
    }

    /// Structured mode.
    public static func encodeStructured(
        _ event: CloudEvent,
    ) -> (headers: [(name: String, value: String)], body: [UInt8]) { ([], []) }

    /// Binary mode.
    public static func encodeBinary(
        _ event: CloudEvent,
    ) -> (headers: [(name: String, value: String)], body: [UInt8]) { ([], []) }

    /// Batched mode.
    public static func encodeBatch(
        _ events: [CloudEvent],
    ) -> (headers: [(name: String, value: String)], body: [UInt8]) { ([], []) }
}
