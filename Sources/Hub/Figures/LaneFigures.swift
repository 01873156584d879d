import Synchronization

/// What a lane has done, for the metrics: touched once a batch.
package final class LaneFigures: Sendable {
    /// What has come together since the process began.
    package struct Values: Sendable {
        /// How many items shared a commit.
        package var sizes = Histogram(bounds: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])
        /// How long the statement and its commit took, in seconds.
        package var durations = Histogram(
            bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5])
        /// Items that were answered with an error of the database.
        package var failedItems = 0
    }

    private let values = Mutex(Values())

    package init() {}

    func stored(_ items: Int, in duration: Duration) {
        values.withLock {
            $0.sizes.add(Double(items))
            $0.durations.add(duration.inSeconds)
        }
    }

    func failed(_ items: Int) {
        values.withLock { $0.failedItems += items }
    }

    /// As they stand.
    package var now: Values { values.withLock { $0 } }
}
