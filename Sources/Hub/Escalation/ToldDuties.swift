import Store
import Synchronization

/// Duties that were told of, so that the log has each once.
final class ToldDuties: Sendable {
    private let keys = Mutex<Set<DutyKey>>([])

    /// Whether it was not told of before.
    func insert(_ key: DutyKey) -> Bool {
        keys.withLock { $0.insert(key).inserted }
    }
}
