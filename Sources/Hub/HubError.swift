package import CloudEvents

/// What the hub answers instead of doing what it was asked.
///
/// `code` is the API's code; the API alone knows the HTTP status and the texts
/// that go with it. Nothing in an error repeats a value that was sent.
package struct HubError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The API's code, such as `event-id-reused`.
    package var code: String
    /// Every fault of the input, for the codes that concern input.
    package var faults: [InputFault]
    /// Further members of the answer, such as the state a duty is in.
    package var details: [String: JSONValue]
    /// How long to wait before trying again, in seconds.
    package var retryAfter: Int?

    package init(
        _ code: String, faults: [InputFault] = [], details: [String: JSONValue] = [:], retryAfter: Int? = nil,
    ) {
        self.code = code
        self.faults = faults
        self.details = details
        self.retryAfter = retryAfter
    }

    package var description: String { code }
}

extension HubError {
    /// The refusal of an instant at which no county's clock can stand.
    package init(outOfReach path: String) {
        self.init(
            "invalid",
            faults: [
                InputFault(
                    path: path, code: "out-of-range", message: "must lie in the years 2000 to 2100",
                    messageZh: "应在2000年至2100年之间")
            ])
    }
}
