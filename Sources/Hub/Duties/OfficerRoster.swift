package import ChineseIdentifiers
import CloudEvents
package import Coordination
package import Store
import Synchronization

/// The registered officers, looked up for every act and every opening of
/// personal data.
///
/// A unit's officers are read at once and remembered for two seconds, so that
/// one who leaves acts no longer within that time; an officer who is not among
/// them is looked for again at once, so that a new one acts immediately.
package final class OfficerRoster: Sendable {
    private struct Key: Hashable {
        var county: CountyID
        var unit: UnitID
    }

    private struct Entry {
        var officers: [OfficerID: OfficerRecord]
        var readAt: ContinuousClock.Instant
    }

    private let store: Store
    private let entries = Mutex<[Key: Entry]>([:])
    private static let lifetime = Duration.seconds(2)
    private static let capacity = 5_000

    package init(store: Store) {
        self.store = store
    }

    /// Whether an officer is registered with a unit and in office on a day.
    package func isRegistered(
        _ officer: OfficerID, of unit: UnitID, county: CountyID, on day: CivilDate,
    ) async throws -> Bool {
        let key = Key(county: county, unit: unit)
        let known = entries.withLock { $0[key] }
        if let known, known.readAt + Self.lifetime > .now, let record = known.officers[officer] {
            return record.isInOffice(on: day)
        }
        let officers = try await store.officers(county: county, unit: unit)
        let entry = Entry(
            officers: Dictionary(officers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }),
            readAt: .now)
        entries.withLock {
            if $0.count >= Self.capacity { $0.removeAll(keepingCapacity: true) }
            $0[key] = entry
        }
        return entry.officers[officer]?.isInOffice(on: day) ?? false
    }
}

extension OfficerRecord {
    /// Whether the registration covers a day; both ends belong to it.
    package func isInOffice(on day: CivilDate) -> Bool {
        let from = validFrom.flatMap { CivilDate($0) }
        let to = validTo.flatMap { CivilDate($0) }
        return (from.map { $0 <= day } ?? true) && (to.map { day <= $0 } ?? true)
    }
}
