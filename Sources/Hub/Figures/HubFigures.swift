package import Coordination
import Foundation
package import Store
import Synchronization

/// What the services of a process have done and found, for the metrics.
///
/// The hot path touches it once a batch. What the database alone knows is
/// measured by a chore every half minute, so that nobody who reads the metrics
/// makes work for it.
package final class HubFigures: Sendable {
    /// Events of a county by what became of them.
    package struct EventKey: Hashable, Sendable {
        package var county: CountyID
        /// `routed`, `awaiting-dispatch`, `recorded` or `duplicate`.
        package var result: String
    }

    /// Changes of duties of a county by command.
    package struct CommandKey: Hashable, Sendable {
        package var county: CountyID
        package var command: String
    }

    /// What sweeps of a county by schedule have done.
    package struct Sweeps: Sendable {
        /// When the last one ended well, in seconds since 1970 by the host's clock; nil before the first.
        package var lastRun: Double?
        /// How long that took, in seconds.
        package var duration = 0.0
        package var failures = 0
        /// Steps by outcome, those of sweeps by command too.
        package var steps: [LadderOutcome: Int] = [:]
    }

    /// What became of a chore.
    package struct Chore: Sendable {
        /// When it last ended well, in seconds since 1970 by the host's clock; nil before that.
        package var lastSuccess: Double?
        package var failures = 0
        /// Whether it failed when it was last tried.
        package var isFailing = false
    }

    /// What was last measured of the database and the counties.
    package struct Standing: Sendable {
        package var database: DatabaseFigures
        package var counties: [CountyFigures]
        /// Counties the key of whose newest events is not in the key file.
        package var withoutKey: Set<CountyID>
    }

    /// Everything, of one moment.
    package struct Values: Sendable {
        package var events: [EventKey: Int] = [:]
        package var commands: [CommandKey: Int] = [:]
        package var sweeps: [CountyID: Sweeps] = [:]
        package var chores: [String: Chore] = [:]
        package var standing: Standing?
    }

    private let values = Mutex(Values())

    package init() {}

    /// As they stand.
    package var now: Values { values.withLock { $0 } }

    // MARK: - Lanes

    /// A batch of events was stored.
    func stored(_ rows: [AdmissionRow], _ outcomes: [Admitted]) {
        values.withLock { values in
            // Neighbours are mostly alike, so there is one look-up a run of them.
            var run: (county: CountyID, isDuplicate: Bool, status: String, count: Int)?
            func end() {
                guard let run else { return }
                let key = EventKey(county: run.county, result: run.isDuplicate ? "duplicate" : run.status)
                values.events[key, default: 0] += run.count
            }
            for (row, outcome) in zip(rows, outcomes) {
                if let last = run, last.county == row.county, last.isDuplicate == outcome.duplicate,
                    last.status == row.status
                {
                    run?.count += 1
                } else {
                    end()
                    run = (row.county, outcome.duplicate, row.status, 1)
                }
            }
            end()
        }
    }

    /// A batch of changes was stored; those that lost a race were not.
    func stored(_ rows: [DutyChangeRow], _ outcomes: [Position?]) {
        values.withLock { values in
            var run: (key: CommandKey, count: Int)?
            for (row, outcome) in zip(rows, outcomes) where outcome != nil {
                if let last = run?.key, last.county == row.duty.county, last.command == row.command {
                    run?.count += 1
                } else {
                    if let run { values.commands[run.key, default: 0] += run.count }
                    run = (CommandKey(county: row.duty.county, command: row.command), 1)
                }
            }
            if let run { values.commands[run.key, default: 0] += run.count }
        }
    }

    // MARK: - Sweeps and chores

    /// A sweep carried steps out.
    func fired(_ steps: [LadderOutcome: Int], in county: CountyID) {
        guard !steps.isEmpty else { return }
        values.withLock { $0.sweeps[county, default: Sweeps()].steps.merge(steps, uniquingKeysWith: +) }
    }

    /// A sweep by schedule has ended.
    func swept(_ county: CountyID, in duration: Duration, failed: Bool) {
        let now = Self.hostNow
        values.withLock {
            var sweeps = $0.sweeps[county] ?? Sweeps()
            if failed {
                sweeps.failures += 1
            } else {
                sweeps.lastRun = now
                sweeps.duration = duration.inSeconds
            }
            $0.sweeps[county] = sweeps
        }
    }

    /// A chore was tried.
    func tried(_ chore: String, failed: Bool) {
        let now = Self.hostNow
        values.withLock {
            var figures = $0.chores[chore] ?? Chore()
            figures.isFailing = failed
            if failed { figures.failures += 1 } else { figures.lastSuccess = now }
            $0.chores[chore] = figures
        }
    }

    /// The chore that measures has measured.
    func measured(_ standing: Standing) {
        values.withLock { $0.standing = standing }
    }

    private static var hostNow: Double { Date().timeIntervalSince1970 }
}

extension HubFigures {
    /// Measures what the database alone knows.
    func measure(_ store: Store, keyring: Keyring) async throws {
        let counties = try await store.countyFigures()
        var withoutKey: Set<CountyID> = []
        for county in counties {
            if let name = try await store.newestSealingKey(county: county.county), !keyring.holds(name) {
                withoutKey.insert(county.county)
            }
        }
        measured(
            Standing(database: try await store.databaseFigures(), counties: counties, withoutKey: withoutKey))
    }
}
