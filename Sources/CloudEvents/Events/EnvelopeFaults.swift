/// Why something that could be read is no CloudEvent: all that was found, at
/// least one fault.
public struct EnvelopeFaults: Error, Sendable, Hashable {
    /// The problem's code: `bad-envelope`; `bad-json` or `not-utf-8` where a
    /// part of it that is JSON cannot be read; `unsupported-media-type` for
    /// JSON in another encoding; `body-too-large` for too long an element of a
    /// batch.
    public var code: String
    /// The faults; paths are `attribute:<name>`, or JSON Pointers into the
    /// structured form of this event.
    public var faults: [InputFault]

    /// Faults under a code.
    public init(code: String = "bad-envelope", faults: [InputFault]) {
        self.code = code
        self.faults = faults
    }
}
