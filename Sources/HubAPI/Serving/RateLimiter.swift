package import Coordination
package import Store
import Synchronization

/// Keeps each unit to its rate: a bucket that holds four seconds of requests, so
/// that a short burst passes, and fills at the rate, so that one unit never
/// starves another.
package final class RateLimiter: Sendable {
    private struct Key: Hashable {
        var county: CountyID
        var unit: UnitID
    }

    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    private struct State {
        var rates: [Key: Int] = [:]
        var buckets: [Key: Bucket] = [:]
    }

    private let state = Mutex(State())
    private let defaultRate: Int
    private static let burstSeconds = 4.0

    /// A limiter.
    ///
    /// - Parameter defaultRate: requests per second of a unit without a rate
    ///   of its own.
    package init(defaultRate: Int) {
        self.defaultRate = defaultRate
    }

    /// Sets the units' own rates, in requests per second.
    package func setRates(_ rates: [UnitRate]) {
        state.withLock { state in
            state.rates = [:]
            for entry in rates {
                state.rates[Key(county: entry.county, unit: entry.unit)] = Int(entry.requestsPerSecond)
            }
        }
    }

    /// Takes one request from a unit's bucket.
    ///
    /// - Returns: nil when it may go on, else how many seconds to wait.
    package func admit(county: CountyID, unit: UnitID) -> Int? {
        let key = Key(county: county, unit: unit)
        let now = ContinuousClock.now
        return state.withLock { state in
            let rate = Double(state.rates[key] ?? defaultRate)
            var bucket = state.buckets[key] ?? Bucket(tokens: rate * Self.burstSeconds, filledAt: now)
            let elapsed = bucket.filledAt.duration(to: now)
            let seconds =
                Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
            bucket.tokens = min(rate * Self.burstSeconds, bucket.tokens + seconds * rate)
            bucket.filledAt = now
            guard bucket.tokens >= 1 else {
                state.buckets[key] = bucket
                return 1
            }
            bucket.tokens -= 1
            state.buckets[key] = bucket
            return nil
        }
    }
}
