/// When a request is sent again, and after how long.
///
/// The hub's contract: 408, 429, 5xx and time-outs mean "send the same again",
/// every other refusal means "don't". All requests are safe to repeat: events
/// by their id, commands by their idempotency key.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent again at the most. 4 unless set.
    public var limit = 4
    /// The pause before the first repetition, doubled for each further one.
    /// 200 ms unless set.
    public var firstPause: Duration = .milliseconds(200)
    /// The longest pause; a hub that asks for a longer one gets no repetition.
    /// 30 s unless set.
    public var longestPause: Duration = .seconds(30)

    /// The policy with the stated defaults.
    public init() {}

    /// Never sends again.
    public static let never: RetryPolicy = {
        var policy = RetryPolicy()
        policy.limit = 0
        return policy
    }()

    /// Sends again until there is an answer.
    public static let persistent: RetryPolicy = {
        var policy = RetryPolicy()
        policy.limit = .max
        policy.longestPause = .seconds(10)
        return policy
    }()

    /// How long to wait before sending again; nil to give up.
    ///
    /// - Parameters:
    ///   - error: what came instead of an answer.
    ///   - attempt: how often the request was sent so far, from 1.
    ///   - jitter: 0 to 1, chosen by the caller; spreads clients that failed together.
    public func pause(after error: HubClientError, attempt: Int, jitter: Double) -> Duration? {
        guard error.isTransient, attempt <= limit else { return nil }
        let doubled = firstPause * (1 << min(attempt - 1, 16))
        let spread = min(doubled, longestPause) * (0.5 + 0.5 * min(max(jitter, 0), 1))
        guard let asked = error.retryAfter else { return spread }
        return asked <= longestPause ? max(asked, spread) : nil
    }
}
