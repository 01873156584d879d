package import Coordination
import Synchronization

/// Wakes those who wait for a log to grow.
///
/// Wake-ups coalesce: a waiter learns that there is something, and reads the
/// log to see what. A waiter that registers and then reads misses nothing.
package final class Wakeups: Sendable {
    private struct Waiter {
        var keys: Set<Key>
        var continuation: CheckedContinuation<Void, Never>?
        var rung = false
    }

    /// One unit's log; nil for everything of a county, as a secretariat reads it.
    package struct Key: Hashable, Sendable {
        package var county: CountyID
        package var unit: UnitID?

        package init(county: CountyID, unit: UnitID?) {
            self.county = county
            self.unit = unit
        }
    }

    private struct State {
        var next: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var byKey: [Key: Set<UInt64>] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// How many wait now.
    package var waiting: Int { state.withLock { $0.waiters.count } }

    /// Rings for logs that have grown.
    package func ring(_ keys: some Sequence<Key>) {
        let continuations = state.withLock { state in
            var resumed: [CheckedContinuation<Void, Never>] = []
            for key in keys {
                for id in state.byKey[key] ?? [] {
                    if let continuation = state.waiters[id]?.continuation {
                        state.waiters[id]?.continuation = nil
                        resumed.append(continuation)
                    }
                    state.waiters[id]?.rung = true
                }
            }
            return resumed
        }
        for continuation in continuations { continuation.resume() }
    }

    /// Rings for everybody: something may have been missed.
    package func ringAll() {
        let keys = state.withLock { Array($0.byKey.keys) }
        ring(keys)
    }

    /// Registers interest; growth after this is not missed.
    package func register(_ keys: Set<Key>) -> UInt64 {
        state.withLock { state in
            state.next += 1
            state.waiters[state.next] = Waiter(keys: keys)
            for key in keys { state.byKey[key, default: []].insert(state.next) }
            return state.next
        }
    }

    /// Ends a registration; whoever waits on it goes on.
    package func unregister(_ id: UInt64) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiters.removeValue(forKey: id) else { return nil }
            for key in waiter.keys {
                state.byKey[key]?.remove(id)
                if state.byKey[key]?.isEmpty == true { state.byKey[key] = nil }
            }
            return waiter.continuation
        }
        continuation?.resume()
    }

    /// Waits until a registration is rung, at most so long, or until the task
    /// is cancelled. The ring is used up.
    package func wait(_ id: UInt64, atMost duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(id) }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait(_ id: UInt64) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let resumeNow = state.withLock { state in
                    guard let waiter = state.waiters[id], !Task.isCancelled else { return true }
                    if waiter.rung {
                        state.waiters[id]?.rung = false
                        return true
                    }
                    state.waiters[id]?.continuation = continuation
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let continuation = state.waiters[id]?.continuation
                state.waiters[id]?.continuation = nil
                return continuation
            }
            continuation?.resume()
        }
        state.withLock { $0.waiters[id]?.rung = false }
    }
}
