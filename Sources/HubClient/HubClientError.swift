/// What came instead of an answer.
///
/// It holds what the hub said and nothing that was sent.
public struct HubClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The hub's code, or one of the client's own: `unreachable` (no
    /// connection), `timed-out` (no answer in time, the outcome is unknown),
    /// `bad-answer` (something that is not the hub answered), `bad-url`.
    public var code: String
    /// The HTTP status; nil when there was no answer.
    public var status: Int?
    /// The hub's refusal.
    public var problem: HubProblem?
    /// The request id to tell the hub's operator.
    public var requestID: String?
    /// How long the hub asks to wait.
    public var retryAfter: Duration?
    /// One line that says what happened, safe to show and to log.
    public var message: String

    /// An error.
    public init(
        code: String, status: Int? = nil, problem: HubProblem? = nil, requestID: String? = nil,
        retryAfter: Duration? = nil, message: String,
    ) {
        self.code = code
        self.status = status
        self.problem = problem
        self.requestID = requestID
        self.retryAfter = retryAfter
        self.message = message
    }

    /// Whether sending the same again may succeed.
    public var isTransient: Bool {
        switch status {
        case nil: code == "unreachable" || code == "timed-out"
        // 501 says that this hub will not do it, however often it is asked.
        case 501?: false
        case let status?: status == 408 || status == 429 || status >= 500
        }
    }

    /// Whether no hub answered at all.
    public var isUnreachable: Bool { status == nil && isTransient }

    /// Code and message, on one line.
    public var description: String { "\(code): \(message)" }
}
