package import CloudEvents
package import Coordination
import Logging
package import Store
import Synchronization

/// The counties this process serves, each as its latest files have it.
///
/// Other processes load counties too, so the registry looks for newer versions
/// every few seconds. A version that this program cannot parse leaves the one
/// before in force, and says so.
package final class CountyRegistry: Sendable {
    private let store: Store
    private let clock: HubClock
    private let logger: Logger
    private let runtimes = Mutex<[CountyID: CountyRuntime]>([:])
    private let codes = Mutex<[CountyCodeRecord]>([])

    package init(store: Store, clock: HubClock, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// All counties.
    package var all: [CountyRuntime] { runtimes.withLock { Array($0.values) } }

    /// A county; throws `internal` for one that is registered but not loaded.
    package func county(_ id: CountyID) throws -> CountyRuntime {
        guard let runtime = runtimes.withLock({ $0[id] }) else { throw HubError("internal") }
        return runtime
    }

    /// The counties that a six-digit code has ever named, with the days.
    package func codes(_ code: String) -> [CountyCodeRecord] {
        codes.withLock { $0.filter { $0.code == code } }
    }

    /// Reads what has changed.
    package func refresh() async throws {
        let records = try await store.counties()
        let allCodes = try await store.countyCodes()
        codes.withLock { $0 = allCodes }
        clock.setOffsets(
            Dictionary(records.filter(\.sandbox).map { ($0.id, $0.clockOffset) }, uniquingKeysWith: { $1 }))
        let known = runtimes.withLock { $0.mapValues(\.version) }
        let bundles = try await store.latestBundles(except: known)
        for bundle in bundles {
            guard let record = records.first(where: { $0.id == bundle.county }) else { continue }
            guard let files = CountyFiles(encoded: bundle.files) else {
                logger.error("county files unreadable", metadata: ["hub_county": "\(record.key)"])
                continue
            }
            switch files.parsed() {
            case .success(let parsed):
                let runtime = CountyRuntime(
                    record: record, version: bundle.version, directory: parsed.directory,
                    catalogue: parsed.catalogue, policy: parsed.policy, ladders: parsed.ladders,
                    calendar: parsed.calendar, projection: parsed.projection,
                    codes: allCodes.filter { $0.county == record.id })
                runtimes.withLock { $0[record.id] = runtime }
                logger.info(
                    "county in force",
                    metadata: [
                        "hub_county": "\(record.key)", "hub_county_version": "\(bundle.version)",
                        "hub_policy": "\(bundle.policyVersion)",
                    ])
            case .failure(let faults):
                logger.error(
                    "county files refused, the version before stays in force",
                    metadata: ["hub_county": "\(record.key)", "hub_faults": "\(faults.faults.count)"])
            }
        }
    }
}
