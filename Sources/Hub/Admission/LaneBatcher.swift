package import Logging
import PostgresClient
import ServiceLifecycle
import Synchronization

/// Gathers what arrives while the previous batch commits, and stores it at once.
///
/// One batch is under way at a time; everything that waits when it ends makes
/// the next one. Under load batches grow by themselves and no timer runs; when
/// idle an item goes at once. The caller of ``submit(_:)`` returns after the
/// commit that holds its item.
///
/// - A batch the database refuses (SQLSTATE classes 22 and 23) is halved until
///   the refused item stands alone; its neighbours are stored.
/// - A connection lost before the batch was sent is tried again for some
///   seconds; once that was in vain, what comes is tried once and answered at
///   once, until the database is back. Lost at the commit, every item ends with
///   `outcome-unknown`, and sending the same again is safe because keys and
///   versions tell what was stored.
/// - The mailbox is bounded: beyond it ``submit(_:)`` fails at once with
///   `overloaded`, before memory grows, and each sender may fill as much of it
///   as is still free, or fails with `too-much-at-once`. Senders take turns in
///   a batch: nobody waits for all that another one has sent.
package final class LaneBatcher<Item: Sendable, Outcome: Sendable>: Service {
    private struct Letter: Sendable {
        var item: Item
        var answer: @Sendable (Result<Outcome, any Error>) -> Void
    }

    private struct Mailbox {
        var letters = FairQueue<SharingUnit?, Letter>()
        var places: FairShare<SharingUnit?>
        var closed = false
        /// Waiting for the database was in vain, and nothing was stored since.
        var isCutOff = false
    }

    private let mailbox: Mutex<Mailbox>
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation
    private let store: @Sendable ([Item]) async throws -> [Outcome]
    private let name: String
    private let batchLimit: Int
    private let sender: @Sendable (Item) -> SharingUnit?
    private let logger: Logger
    private let onStored: (@Sendable ([Item], [Outcome]) -> Void)?
    /// What was stored so far, for the metrics.
    package let figures = LaneFigures()

    /// A batcher over a store's method.
    ///
    /// - Parameters:
    ///   - batchLimit: how many items a batch holds at the most.
    ///   - mailboxLimit: how many may wait.
    ///   - sender: who sent an item; of one call all are of the same. Nobody in
    ///     particular unless set.
    ///   - onStored: told of each batch once it is stored, before its items are
    ///     answered; must not wait.
    ///   - store: stores a batch in one commit and answers each in order.
    package init(
        name: String, batchLimit: Int = 500, mailboxLimit: Int = 20_000, logger: Logger,
        sender: @escaping @Sendable (Item) -> SharingUnit? = { _ in nil },
        onStored: (@Sendable ([Item], [Outcome]) -> Void)? = nil,
        store: @escaping @Sendable ([Item]) async throws -> [Outcome],
    ) {
        self.name = name
        self.batchLimit = batchLimit
        mailbox = Mutex(Mailbox(places: FairShare(limit: mailboxLimit)))
        self.sender = sender
        self.logger = logger
        self.onStored = onStored
        self.store = store
        (bell, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// How many wait now.
    package var waiting: Int { mailbox.withLock { $0.letters.count } }

    /// Stores an item and returns after its commit.
    package func submit(_ item: Item) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            if let refusal = enter([Letter(item: item) { continuation.resume(with: $0) }]) {
                continuation.resume(throwing: refusal)
            }
        }
    }

    /// Stores several items in their order, which usually share a commit, and
    /// returns the outcome of each.
    ///
    /// - Throws: a ``HubError`` when the mailbox takes none of them.
    package func submit(all items: [Item]) async throws -> [Result<Outcome, any Error>] {
        guard !items.isEmpty else { return [] }
        let none = [Result<Outcome, any Error>?](repeating: nil, count: items.count)
        let collected = Mutex((left: items.count, results: none))
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let letters = items.enumerated().map { index, item in
                Letter(item: item) { result in
                    let done = collected.withLock {
                        $0.results[index] = result
                        $0.left -= 1
                        return $0.left == 0
                    }
                    if done { continuation.resume() }
                }
            }
            if let refusal = enter(letters) { continuation.resume(throwing: refusal) }
        }
        return collected.withLock { $0.results.map { $0 ?? .failure(HubError("internal")) } }
    }

    /// Puts letters into the mailbox.
    ///
    /// - Returns: why it takes none of them; nil when it has them.
    private func enter(_ letters: [Letter]) -> HubError? {
        let sender = letters.first.flatMap { self.sender($0.item) }
        let refusal: HubError? = mailbox.withLock { mailbox in
            if mailbox.closed { return HubError("shutting-down", retryAfter: 5) }
            if let refusal = HubError(mailbox.places.take(letters.count, for: sender)) { return refusal }
            mailbox.letters.append(letters, from: sender)
            return nil
        }
        if refusal == nil { ring.yield() }
        return refusal
    }

    /// Runs until cancelled or asked to shut down gracefully; then stores what
    /// waits and refuses what comes.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                for await _ in bell {
                    while await storeNext() {}
                }
            } onCancel: {
                ring.finish()
            }
        } onGracefulShutdown: {
            self.ring.finish()
        }
        mailbox.withLock { $0.closed = true }
        while await storeNext() {}
    }

    /// Takes the next batch and stores it.
    ///
    /// - Returns: false when nothing waited.
    private func storeNext() async -> Bool {
        let batch = mailbox.withLock { mailbox in
            let (batch, senders) = mailbox.letters.take(batchLimit)
            for (sender, count) in senders { mailbox.places.giveBack(count, of: sender) }
            return batch
        }
        guard !batch.isEmpty else { return false }
        await settle(batch[...])
        return true
    }

    private func settle(_ batch: ArraySlice<Letter>) async {
        do {
            let items = batch.map(\.item)
            let outcomes = try await storing(items)
            onStored?(items, outcomes)
            for (letter, outcome) in zip(batch, outcomes) { letter.answer(.success(outcome)) }
        } catch let error as PostgresError where error.refusesData && batch.count > 1 {
            let middle = batch.startIndex + batch.count / 2
            await settle(batch[..<middle])
            await settle(batch[middle...])
        } catch {
            logger.warning(
                "batch failed",
                metadata: [
                    "hub_batcher": "\(name)", "hub_items": "\(batch.count)",
                    "hub_error": "\(SafeDescription.of(error))",
                ])
            figures.failed(batch.count)
            let answer = Self.answer(for: error)
            for letter in batch { letter.answer(.failure(answer)) }
        }
    }

    /// Stores a batch; a connection lost before anything was sent is tried
    /// again for a few seconds. Those who wait behind it have waited as long.
    private func storing(_ items: [Item]) async throws -> [Outcome] {
        let patience = mailbox.withLock { $0.isCutOff } ? Duration.zero : .seconds(5)
        let deadline = ContinuousClock.now + patience
        var pause = Duration.milliseconds(20)
        while true {
            do {
                let started = ContinuousClock.now
                let outcomes = try await store(items)
                figures.stored(items.count, in: started.duration(to: .now))
                mailbox.withLock { $0.isCutOff = false }
                return outcomes
            } catch let error as PostgresError where error.wasNeverSent {
                guard ContinuousClock.now < deadline else {
                    mailbox.withLock { $0.isCutOff = true }
                    throw error
                }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .milliseconds(500))
            }
        }
    }

    private static func answer(for error: any Error) -> HubError {
        guard let error = error as? PostgresError else { return HubError("internal") }
        if error.isOutcomeUnknown { return HubError("outcome-unknown", retryAfter: 1) }
        if error.refusesData { return HubError("internal") }
        return HubError("database-unavailable", retryAfter: 2)
    }
}
