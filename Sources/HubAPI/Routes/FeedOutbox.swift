import Hub
import Synchronization

/// What a stream has for its client and the client has not taken.
///
/// Bounded: the stream ends when more than 1 MiB waits, or, while the client
/// catches up, the log is not read on. One task puts, another takes.
final class FeedOutbox: Sendable {
    /// The client is further behind than the hub waits for.
    struct ClientTooSlow: Error {}

    private struct State {
        var texts: [String] = []
        /// Bytes put and not yet sent, the text under way included.
        var unsent = 0
        var underWay = 0
        var isClosed = false
        var taker: CheckedContinuation<Void, Never>?
        var putter: CheckedContinuation<Void, Never>?
        /// When the client took something, or nothing waited for it.
        var takenAt = ContinuousClock.now
    }

    private let state = Mutex(State())
    private let budget: FairBudget?
    private let unit: SharingUnit?
    /// 1 MiB, the bound of the contract.
    private static let limit = 1 << 20
    /// What may wait before the log is read on for a client that catches up.
    private static let comfortable = 1 << 17
    private static let grace = Duration.seconds(1)
    /// How much goes out in one piece.
    private static let piece = 1 << 16

    /// An outbox that is empty.
    ///
    /// - Parameters:
    ///   - budget: in which what waits here is counted.
    ///   - unit: whose client it is.
    init(budget: FairBudget? = nil, unit: SharingUnit? = nil) {
        self.budget = budget
        self.unit = unit
    }

    deinit {
        budget?.giveBack(unsent, of: unit)
    }

    /// Adds text, however much waits already.
    func put(_ text: String) {
        let taker = state.withLock { state in
            guard !state.isClosed else { return nil as CheckedContinuation<Void, Never>? }
            if state.unsent == 0 { state.takenAt = .now }
            state.texts.append(text)
            state.unsent += text.utf8.count
            budget?.add(text.utf8.count, for: unit)
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume()
    }

    /// Bytes the client has not taken.
    var unsent: Int { state.withLock { $0.unsent } }

    /// Nothing more will come; what waits is still taken.
    func close() {
        let taker = state.withLock { state in
            state.isClosed = true
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume()
    }

    /// The client has left: what waits is thrown away.
    func abandon() {
        let (taker, putter) = state.withLock { state in
            budget?.giveBack(state.unsent, of: unit)
            state.texts = []
            state.unsent = 0
            state.underWay = 0
            state.isClosed = true
            defer { (state.taker, state.putter) = (nil, nil) }
            return (state.taker, state.putter)
        }
        taker?.resume()
        putter?.resume()
    }

    /// The next piece to send; nil at the end. Waits until there is something
    /// or the task is cancelled.
    func next() async -> String? {
        while true {
            let (text, isOver) = state.withLock { state in
                let text = Self.take(&state)
                return (text, text == nil && state.isClosed)
            }
            if let text { return text }
            if isOver || Task.isCancelled { return nil }
            await wait(
                { state, continuation in
                    guard state.texts.isEmpty, !state.isClosed else { return false }
                    state.taker = continuation
                    return true
                },
                cancelling: .taker)
        }
    }

    /// The piece that ``next()`` gave is out.
    func sent() {
        let putter = state.withLock { state in
            budget?.giveBack(state.underWay, of: unit)
            state.unsent -= state.underWay
            state.takenAt = .now
            state.underWay = 0
            defer { state.putter = nil }
            return state.putter
        }
        putter?.resume()
    }

    /// Waits until a client that catches up has taken most of what it was given.
    ///
    /// - Throws: ``ClientTooSlow`` when it took nothing for so long.
    func waitUntilTaken(atMost patience: Duration) async throws {
        while true {
            let before = unsent
            if before <= Self.comfortable || Task.isCancelled { return }
            await waitForSending(atMost: patience)
            if unsent >= before, !Task.isCancelled { throw ClientTooSlow() }
        }
    }

    /// Lets a client go on that takes something now and then.
    ///
    /// - Throws: ``ClientTooSlow`` when something has waited for so long and
    ///   nothing was taken.
    func checkIsTaking(within patience: Duration) throws {
        let isStuck = state.withLock { $0.unsent > 0 && $0.takenAt + patience < .now }
        if isStuck { throw ClientTooSlow() }
    }

    /// Lets a client go on that has caught up once, if it is not too far behind.
    ///
    /// - Parameter lastPut: how much was put in one go at last. A client that
    ///   is behind by nothing else has a moment to take it.
    /// - Throws: ``ClientTooSlow`` when more than 1 MiB waits.
    func checkIsFollowing(lastPut: Int) async throws {
        let deadline = ContinuousClock.now + Self.grace
        while unsent > Self.limit, !Task.isCancelled {
            let left = ContinuousClock.now.duration(to: deadline)
            guard unsent <= lastPut, left > .zero else { throw ClientTooSlow() }
            await waitForSending(atMost: left)
        }
    }

    // MARK: -

    private static func take(_ state: inout State) -> String? {
        guard !state.texts.isEmpty else { return nil }
        var length = 0
        var count = 0
        while count < state.texts.count, length < piece {
            length += state.texts[count].utf8.count
            count += 1
        }
        let text = state.texts[..<count].joined()
        state.texts.removeFirst(count)
        state.underWay = length
        return text
    }

    private func waitForSending(atMost duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await self.wait(
                    { state, continuation in
                        guard state.unsent > Self.comfortable else { return false }
                        state.putter = continuation
                        return true
                    },
                    cancelling: .putter)
            }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Who waits.
    private enum Slot {
        case taker, putter
    }

    /// Suspends until the continuation that `register` has kept is resumed, or
    /// until the task is cancelled; `register` answers false where there is
    /// nothing to wait for.
    private func wait(
        _ register: (inout State, CheckedContinuation<Void, Never>) -> Bool, cancelling slot: Slot,
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in !Task.isCancelled && register(&state, continuation) }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
                switch slot {
                case .taker:
                    defer { state.taker = nil }
                    return state.taker
                case .putter:
                    defer { state.putter = nil }
                    return state.putter
                }
            }
            continuation?.resume()
        }
    }
}
