import CloudEvents
package import Store
import Synchronization

/// Turns tokens into principals.
///
/// A token is looked up once and remembered for two seconds, so a revoked one
/// is refused within that time (the API promises five), and a busy sender costs
/// one query every two seconds. Unknown tokens are remembered too, in a bounded
/// set, and looked up a few at a time, so that guessing does not reach the
/// database at full speed. The tokens of open streams are looked up together, so
/// a thousand idle streams cost one query a second.
package final class TokenDirectory: Sendable {
    private struct Entry {
        var principal: Principal?
        var checkedAt: ContinuousClock.Instant
    }

    private struct Watch {
        var hash: [UInt8]
        var onEnd: @Sendable () -> Void
    }

    private struct Watches {
        var next: UInt64 = 0
        var open: [UInt64: Watch] = [:]
    }

    private let store: Store
    private let clock: HubClock
    private let entries = Mutex<[[UInt8]: Entry]>([:])
    private let watches = Mutex(Watches())
    private static let lifetime = Duration.seconds(2)
    private static let capacity = 50_000
    private let lookups = FairGate<Standing>(width: 8, room: 2_000)

    /// What is known of who asks.
    private enum Standing: Hashable {
        case known, stranger
    }

    package init(store: Store, clock: HubClock) {
        self.store = store
        self.clock = clock
    }

    /// Who holds a token; nil for one that is unknown, expired or revoked.
    package func principal(for token: BearerToken) async throws -> Principal? {
        let hash = token.hash
        let known = entries.withLock { $0[hash] }
        if let known, known.checkedAt + Self.lifetime > .now {
            return known.principal.flatMap { isLive($0) ? $0 : nil }
        }
        // Guesses wait for each other, not those whose token was good a moment ago.
        let standing: Standing = known?.principal == nil ? .stranger : .known
        let record = try await lookups.pass(standing) { try await store.liveToken(hash: hash) }
        let principal = record.map {
            Principal(
                token: $0.id, county: $0.county, unit: $0.unit, officer: $0.officer,
                scopes: Set($0.scopes.compactMap(Scope.init(rawValue:))),
                expiresAtMicroseconds: $0.expiresAt.microseconds)
        }
        entries.withLock {
            if $0.count >= Self.capacity { $0 = $0.filter { $0.value.principal != nil } }
            if $0.count >= Self.capacity { $0.removeAll() }
            $0[hash] = Entry(principal: principal, checkedAt: .now)
        }
        return principal
    }

    private func isLive(_ principal: Principal) -> Bool {
        principal.expiresAtMicroseconds > clock.now().microseconds
    }

    // MARK: - Open streams

    /// Has `onEnd` called, once and soon, when a token is revoked or expires.
    ///
    /// - Returns: what ``unwatch(_:)`` takes when the stream is over.
    package func watch(_ token: BearerToken, onEnd: @escaping @Sendable () -> Void) -> UInt64 {
        watches.withLock { watches in
            watches.next += 1
            watches.open[watches.next] = Watch(hash: token.hash, onEnd: onEnd)
            return watches.next
        }
    }

    /// Ends a watch.
    package func unwatch(_ id: UInt64) {
        watches.withLock { _ = $0.open.removeValue(forKey: id) }
    }

    /// Looks all watched tokens up and ends the streams of those that may go
    /// on no longer; called every second. A database that cannot be asked is no
    /// reason to cut a stream off.
    func checkWatched() async throws {
        let hashes = Set(watches.withLock { $0.open.values.map(\.hash) })
        guard !hashes.isEmpty else { return }
        let live = try await store.liveTokens(hashes: Array(hashes))
        let ended = hashes.subtracting(live)
        guard !ended.isEmpty else { return }
        entries.withLock { entries in
            for hash in ended { entries[hash] = Entry(principal: nil, checkedAt: .now) }
        }
        let over = watches.withLock { watches in
            let over = watches.open.filter { ended.contains($0.value.hash) }
            for id in over.keys { watches.open[id] = nil }
            return over.values.map(\.onEnd)
        }
        for onEnd in over { onEnd() }
    }
}
