import Synchronization

/// Lets the callers of one key go one after another.
final class KeyedTurns<Key: Hashable & Sendable>: Sendable {
    private let queues = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

    /// Runs a body when it is this caller's turn.
    func take<Result: Sendable>(_ key: Key, _ body: () async throws -> Result) async rethrows -> Result {
        await withCheckedContinuation { continuation in
            let isFirst = queues.withLock { queues in
                guard queues[key] != nil else {
                    queues[key] = []
                    return true
                }
                queues[key]?.append(continuation)
                return false
            }
            if isFirst { continuation.resume() }
        }
        defer {
            let next = queues.withLock { queues -> CheckedContinuation<Void, Never>? in
                guard let waiting = queues[key], !waiting.isEmpty else {
                    queues[key] = nil
                    return nil
                }
                return queues[key]?.removeFirst()
            }
            next?.resume()
        }
        return try await body()
    }
}
