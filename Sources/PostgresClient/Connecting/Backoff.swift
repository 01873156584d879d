/// How long to wait before trying again what failed.
struct Backoff: Sendable, Hashable {
    /// The longest wait after the first failure.
    var first: Duration = .milliseconds(100)
    /// The longest wait at all.
    var ceiling: Duration = .seconds(2)

    /// The wait after so many failures in a row: doubled with each, between
    /// half and the whole, so that clients of one server do not come back as
    /// one.
    ///
    /// - Parameter jitter: at least 0, below 1.
    func delay(afterFailures failures: Int, jitter: Double) -> Duration {
        let doublings = min(max(failures, 1) - 1, 30)
        let longest = min(first * (1 << doublings), ceiling)
        return longest * (0.5 + jitter / 2)
    }
}
