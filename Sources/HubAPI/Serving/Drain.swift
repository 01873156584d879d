package import Hub
import Synchronization

/// Tells what waits on purpose, long polls and streams, that the server is
/// stopping, so that it answers and ends.
package final class Drain: Sendable {
    private let begun = Mutex(false)
    private let wakeups: Wakeups

    package init(wakeups: Wakeups) {
        self.wakeups = wakeups
    }

    /// Whether the server is stopping.
    package var hasBegun: Bool { begun.withLock { $0 } }

    /// Ends every wait.
    package func begin() {
        begun.withLock { $0 = true }
        wakeups.ringAll()
    }
}
