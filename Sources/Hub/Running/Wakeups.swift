package import Coordination
import Synchronization

/// Wakes those who wait for a log to grow.
///
/// Wake-ups coalesce: a waiter learns that there is something, and reads the
/// log to see what. A waiter that registers and then reads misses nothing.
/// What is rung here is also kept for the other processes of the hub, as long
/// as somebody takes it there.
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
        /// What the other processes have not heard of yet; nil while there are none.
        var unsent: Set<Key>?
    }

    private let state = Mutex(State())
    /// Rings when there is something for the other processes.
    let relaySignals: AsyncStream<Void>
    private let relayBell: AsyncStream<Void>.Continuation

    package init() {
        (relaySignals, relayBell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// How many wait now.
    package var waiting: Int { state.withLock { $0.waiters.count } }

    /// Rings for logs that have grown, here and in the other processes.
    package func ring(_ keys: some Collection<Key>) {
        let hasRelay = ringHere(keys, relays: true)
        if hasRelay { relayBell.yield() }
    }

    /// Rings for logs that another process has written to.
    func ringHere(_ keys: some Collection<Key>) {
        _ = ringHere(keys, relays: false)
    }

    private func ringHere(_ keys: some Collection<Key>, relays: Bool) -> Bool {
        let (continuations, hasRelay) = state.withLock { state in
            if relays { state.unsent?.formUnion(keys) }
            var resumed: [CheckedContinuation<Void, Never>] = []
            for key in keys {
                for id in state.byKey[key] ?? [] { Self.ring(id, in: &state, resuming: &resumed) }
            }
            return (resumed, relays && state.unsent != nil)
        }
        for continuation in continuations { continuation.resume() }
        return hasRelay
    }

    /// Rings for one waiter, whatever it waits for.
    package func ring(registration id: UInt64) {
        let continuations = state.withLock { state in
            var resumed: [CheckedContinuation<Void, Never>] = []
            Self.ring(id, in: &state, resuming: &resumed)
            return resumed
        }
        for continuation in continuations { continuation.resume() }
    }

    private static func ring(
        _ id: UInt64, in state: inout State, resuming resumed: inout [CheckedContinuation<Void, Never>],
    ) {
        if let continuation = state.waiters[id]?.continuation {
            state.waiters[id]?.continuation = nil
            resumed.append(continuation)
        }
        state.waiters[id]?.rung = true
    }

    /// Rings for everybody: something may have been missed.
    package func ringAll() {
        ringHere(state.withLock { Array($0.byKey.keys) })
    }

    // MARK: - Other processes

    /// Whether what is rung is kept for other processes.
    func setRelaying(_ relays: Bool) {
        state.withLock { $0.unsent = relays ? $0.unsent ?? [] : nil }
    }

    /// Takes what the other processes have not heard of yet.
    func takeUnsent() -> Set<Key> {
        state.withLock { state in
            guard let unsent = state.unsent else { return [] }
            state.unsent = []
            return unsent
        }
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
    ///
    /// - Returns: whether it was rung.
    @discardableResult
    package func wait(_ id: UInt64, atMost duration: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.wait(id) }
            group.addTask {
                try? await Task.sleep(for: duration)
                return false
            }
            var isRung = await group.next() ?? false
            group.cancelAll()
            // It may have been rung while the time ran out.
            for await late in group { isRung = isRung || late }
            return isRung
        }
    }

    private func wait(_ id: UInt64) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let resumeNow = state.withLock { state in
                    guard let waiter = state.waiters[id], !Task.isCancelled else { return true }
                    if waiter.rung { return true }
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
        return state.withLock { state in
            defer { state.waiters[id]?.rung = false }
            return state.waiters[id]?.rung ?? false
        }
    }
}
