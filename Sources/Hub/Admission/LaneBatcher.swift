package import Logging
import PostgresClient
import ServiceLifecycle
package import Synchronization

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
///   `overloaded`, before memory grows.
package final class LaneBatcher<Item: Sendable, Outcome: Sendable>: Service {
    private struct Letter: Sendable {
        var item: Item
        var answer: @Sendable (Result<Outcome, any Error>) -> Void
    }

    private struct Mailbox {
        var letters: [Letter] = []
        var closed = false
        /// Waiting for the database was in vain, and nothing was stored since.
        var isCutOff = false
    }

    private let mailbox = Mutex(Mailbox())
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation
    private let store: @Sendable ([Item]) async throws -> [Outcome]
    private let name: String
    private let batchLimit: Int
    private let mailboxLimit: Int
    private let logger: Logger
    /// Items and batches stored so far, for the metrics.
    package let counts = Mutex((items: 0, batches: 0))

    /// A batcher over a store's method.
    ///
    /// - Parameters:
    ///   - batchLimit: how many items a batch holds at the most.
    ///   - mailboxLimit: how many may wait.
    ///   - store: stores a batch in one commit and answers each in order.
    package init(
        name: String, batchLimit: Int = 500, mailboxLimit: Int = 20_000, logger: Logger,
        store: @escaping @Sendable ([Item]) async throws -> [Outcome],
    ) {
        self.name = name
        self.batchLimit = batchLimit
        self.mailboxLimit = mailboxLimit
        self.logger = logger
        self.store = store
        (bell, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// How many wait now.
    package var waiting: Int { mailbox.withLock { $0.letters.count } }

    /// Stores an item and returns after its commit.
    package func submit(_ item: Item) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            enter([Letter(item: item) { continuation.resume(with: $0) }])
        }
    }

    /// Stores several items in their order, which usually share a commit, and
    /// returns the outcome of each.
    package func submit(all items: [Item]) async -> [Result<Outcome, any Error>] {
        guard !items.isEmpty else { return [] }
        let none = [Result<Outcome, any Error>?](repeating: nil, count: items.count)
        let collected = Mutex((left: items.count, results: none))
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            enter(
                items.enumerated().map { index, item in
                    Letter(item: item) { result in
                        let done = collected.withLock {
                            $0.results[index] = result
                            $0.left -= 1
                            return $0.left == 0
                        }
                        if done { continuation.resume() }
                    }
                })
        }
        return collected.withLock { $0.results.map { $0 ?? .failure(HubError("internal")) } }
    }

    private func enter(_ letters: [Letter]) {
        let refusal: HubError? = mailbox.withLock { mailbox in
            if mailbox.closed { return HubError("shutting-down", retryAfter: 5) }
            if mailbox.letters.count >= mailboxLimit { return HubError("overloaded", retryAfter: 1) }
            mailbox.letters += letters
            return nil
        }
        if let refusal {
            for letter in letters { letter.answer(.failure(refusal)) }
        } else {
            ring.yield()
        }
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
            let count = min(mailbox.letters.count, batchLimit)
            let batch = Array(mailbox.letters[..<count])
            mailbox.letters.removeFirst(count)
            return batch
        }
        guard !batch.isEmpty else { return false }
        await settle(batch[...])
        return true
    }

    private func settle(_ batch: ArraySlice<Letter>) async {
        do {
            let outcomes = try await storing(batch.map(\.item))
            counts.withLock {
                $0.items += batch.count
                $0.batches += 1
            }
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
                let outcomes = try await store(items)
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
