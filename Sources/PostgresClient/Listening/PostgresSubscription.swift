import Synchronization

/// What a subscriber of a ``PostgresListener`` hears.
package enum PostgresListenEvent: Sendable, Hashable {
    case notification(PostgresNotification)
    /// Listening has begun, or begun again, or the subscriber was too slow:
    /// look at the state itself once, for something may have been missed.
    case mayHaveMissedSomething
}

/// One subscriber's events, bounded and coalescing: a notification that waits
/// already is not added again, and when more than `capacity` wait all of them
/// give way to one ``PostgresListenEvent/mayHaveMissedSomething``.
///
/// It never ends by itself while the listener runs; cancelling the task that
/// iterates ends the iteration. One task at a time may iterate.
package final class PostgresSubscription: AsyncSequence, Sendable {
    private struct State: Sendable {
        var hasMissed = false
        var waiting = FIFO<PostgresNotification>()
        var known: Set<PostgresNotification> = []
        var isFinished = false
        var reader: (token: RequestToken, continuation: CheckedContinuation<PostgresListenEvent?, Never>)?

        mutating func take() -> PostgresListenEvent?? {
            if hasMissed {
                hasMissed = false
                return .some(.mayHaveMissedSomething)
            }
            if let notification = waiting.popFirst() {
                known.remove(notification)
                return .some(.notification(notification))
            }
            return isFinished ? .some(nil) : nil
        }

        mutating func miss() {
            hasMissed = true
            _ = waiting.removeAll()
            known.removeAll()
        }
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Iterates over the events that arrive from now on and those that wait.
    package struct AsyncIterator: AsyncIteratorProtocol {
        let subscription: PostgresSubscription

        package mutating func next() async -> PostgresListenEvent? {
            await subscription.next()
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(subscription: self)
    }

    // MARK: -

    func receive(_ notification: PostgresNotification) {
        change { state in
            guard !state.hasMissed, state.known.insert(notification).inserted else { return }
            if state.waiting.count < capacity {
                state.waiting.append(notification)
            } else {
                state.miss()
            }
        }
    }

    func miss() {
        change { $0.miss() }
    }

    func finish() {
        change { $0.isFinished = true }
    }

    private func change(_ input: (inout State) -> Void) {
        let delivery = state.withLock {
            state -> (CheckedContinuation<PostgresListenEvent?, Never>, PostgresListenEvent?)? in
            input(&state)
            guard let reader = state.reader, let event = state.take() else { return nil }
            state.reader = nil
            return (reader.continuation, event)
        }
        if let (continuation, event) = delivery { continuation.resume(returning: event) }
    }

    private func next() async -> PostgresListenEvent? {
        let token = RequestToken()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let event = state.withLock { state -> PostgresListenEvent?? in
                    if token.isCancelled { return .some(nil) }
                    if let event = state.take() { return event }
                    precondition(state.reader == nil, "a subscription has one reader at a time")
                    state.reader = (token, continuation)
                    return nil
                }
                if let event { continuation.resume(returning: event) }
            }
        } onCancel: {
            token.cancel()
            let continuation = state.withLock { state -> CheckedContinuation<PostgresListenEvent?, Never>? in
                guard let reader = state.reader, reader.token === token else { return nil }
                state.reader = nil
                return reader.continuation
            }
            continuation?.resume(returning: nil)
        }
    }
}
