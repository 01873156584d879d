/// Why bytes are not acceptable JSON: all that was found, at least one fault.
public struct JSONFaults: Error, Sendable, Hashable {
    /// The problem's code: `not-utf-8` or `bad-json`; `body-too-large` for too
    /// long an element of a batch.
    public var code: String
    /// The faults in the order of the text; at most a hundred, then one that
    /// says that there are more. Paths are JSON Pointers from the whole.
    public var faults: [InputFault]

    /// Faults under a code.
    public init(code: String, faults: [InputFault]) {
        self.code = code
        self.faults = faults
    }

    /// The same with a JSON Pointer before every path.
    func under(_ pointer: String) -> JSONFaults {
        JSONFaults(
            code: code,
            faults: faults.map { fault in
                var fault = fault
                fault.path = pointer + fault.path
                return fault
            },
        )
    }
}
