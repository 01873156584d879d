import CloudEvents
package import Store
import Synchronization

/// Turns tokens into principals.
///
/// A token is looked up once and remembered for two seconds, so a revoked one
/// is refused within that time (the API promises five), and a busy sender costs
/// one query every two seconds. Unknown tokens are remembered too, in a bounded
/// set, so that guessing does not reach the database at full speed.
package final class TokenDirectory: Sendable {
    private struct Entry {
        var principal: Principal?
        var checkedAt: ContinuousClock.Instant
    }

    private let store: Store
    private let clock: HubClock
    private let entries = Mutex<[[UInt8]: Entry]>([:])
    private static let lifetime = Duration.seconds(2)
    private static let capacity = 50_000

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
        let record = try await store.liveToken(hash: hash)
        let principal = record.map {
            Principal(
                token: $0.id, county: $0.county, unit: $0.unit, officer: $0.officer,
                scopes: Set($0.scopes.compactMap(Scope.init(rawValue:))),
                expiresAtMicroseconds: $0.expiresAt.microseconds)
        }
        entries.withLock {
            if $0.count >= Self.capacity { $0.removeAll(keepingCapacity: true) }
            $0[hash] = Entry(principal: principal, checkedAt: .now)
        }
        return principal
    }

    /// Whether a principal may go on; asked by open streams, so that they end
    /// within seconds of a revocation.
    package func isStillValid(_ token: BearerToken) async -> Bool {
        do {
            return try await principal(for: token) != nil
        } catch {
            // A database that cannot be asked is no reason to cut a stream off.
            return true
        }
    }

    private func isLive(_ principal: Principal) -> Bool {
        principal.expiresAtMicroseconds > clock.now().microseconds
    }
}
