import Synchronization

/// Lets a number of tasks through at once; the others wait, each unit in a line
/// of its own.
///
/// One unit has at most half of the places while others might come, and a
/// bounded part of the room to wait in: what is beyond that is refused at once,
/// before memory grows.
package final class FairGate<Sender: Hashable & Sendable>: Sendable {
    private struct Waiter {
        var sender: Sender
        var continuation: CheckedContinuation<Bool, Never>
        var isBounded: Bool
    }

    private struct State {
        var inside: FairShare<Sender>
        var room: FairShare<Sender>
        var line = FairQueue<Sender, UInt64>()
        var waiters: [UInt64: Waiter] = [:]
        var next: UInt64 = 0
        var refused = 0
    }

    private let state: Mutex<State>

    /// A gate.
    ///
    /// - Parameters:
    ///   - width: how many pass at once; one sender at most half.
    ///   - room: how many may wait; one sender at most half.
    package init(width: Int, room: Int) {
        state = Mutex(State(inside: FairShare(limit: width), room: FairShare(limit: room)))
    }

    /// How many wait now.
    package var waiting: Int { state.withLock { $0.waiters.count } }

    /// How many were refused so far.
    package var refused: Int { state.withLock { $0.refused } }

    /// Runs a body once there is a place.
    ///
    /// - Parameter isBounded: whether the room to wait in counts; not for those
    ///   whose number is bounded elsewhere.
    /// - Throws: `too-much-at-once` when the sender's part of the room is taken,
    ///   `overloaded` when all of it is, `CancellationError`, and what the body
    ///   throws.
    package func pass<Result>(
        _ sender: Sender, isBounded: Bool = true, _ body: () async throws -> Result,
    ) async throws -> Result {
        try await enter(sender, isBounded: isBounded)
        defer { leave(sender) }
        return try await body()
    }

    private func enter(_ sender: Sender, isBounded: Bool) async throws {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        let refusal = Mutex<HubError?>(nil)
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let outcome: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.inside.take(1, for: sender) == .granted { return true }
                    let verdict = isBounded ? state.room.take(1, for: sender) : .granted
                    if let error = HubError(verdict) {
                        state.refused += 1
                        refusal.withLock { $0 = error }
                        return false
                    }
                    state.waiters[id] = Waiter(sender: sender, continuation: continuation, isBounded: isBounded)
                    state.line.append([id], from: sender)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            // Its number stays in the line and means nobody any more.
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if let waiter, waiter.isBounded { state.room.giveBack(1, of: waiter.sender) }
                return waiter
            }
            waiter?.continuation.resume(returning: false)
        }
        guard !isIn else { return }
        throw refusal.withLock { $0 } ?? CancellationError()
    }

    private func leave(_ sender: Sender) {
        let continuations = state.withLock { state in
            state.inside.giveBack(1, of: sender)
            return Self.admit(&state)
        }
        for continuation in continuations { continuation.resume(returning: true) }
    }

    /// Lets in who may, in turn; who may not yet keeps its line.
    private static func admit(_ state: inout State) -> [CheckedContinuation<Bool, Never>] {
        var admitted: [CheckedContinuation<Bool, Never>] = []
        var tries = state.line.senders
        while tries > 0, let (id, sender) = state.line.first {
            guard let waiter = state.waiters[id] else {
                state.line.dropFirst()
                // Those behind it have a turn of their own yet.
                tries = state.line.senders
                continue
            }
            guard state.inside.take(1, for: sender) == .granted else {
                state.line.rotate()
                tries -= 1
                continue
            }
            state.line.dropFirst()
            tries = state.line.senders
            state.waiters[id] = nil
            if waiter.isBounded { state.room.giveBack(1, of: sender) }
            admitted.append(waiter.continuation)
        }
        return admitted
    }
}

extension HubError {
    /// The refusal of what is not granted; nil for what is.
    package init?(_ verdict: FairShare<some Hashable & Sendable>.Verdict) {
        switch verdict {
        case .granted: return nil
        case .shareTaken: self.init("too-much-at-once", retryAfter: 1)
        case .full: self.init("overloaded", retryAfter: 1)
        }
    }
}
