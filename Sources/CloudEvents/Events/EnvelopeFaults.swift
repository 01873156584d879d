/// Why something is no CloudEvent: all that was found, at least one.
public struct EnvelopeFaults: Error, Sendable, Hashable {
    /// The problem's code: `bad-envelope`, or that of the JSON reader.
    public var code: String
    /// The faults.
    public var faults: [InputFault]

    /// Faults.
    public init(code: String = "bad-envelope", faults: [InputFault]) {
        self.code = code
        self.faults = faults
    }
}
