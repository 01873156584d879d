import ChineseIdentifiers
package import CloudEvents
package import Coordination
package import Logging
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
    /// Versions that were refused, so that they are not parsed again and again.
    private let refused = Mutex<[CountyID: Int32]>([:])
    /// Versions whose policy comes into force on a later day.
    private let coming = Mutex<[CountyID: CountyRuntime]>([:])
    private let pastProjections = Mutex<[ProjectionKey: ProjectionMatrix]>([:])
    private let pastRuntimes = Mutex<[RuntimeKey: CountyRuntime]>([:])

    private struct ProjectionKey: Hashable {
        var county: CountyID
        var version: String
    }

    private struct RuntimeKey: Hashable {
        var county: CountyID
        var version: Int32
    }

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

    /// The county an operator calls so; nil when none is loaded under this key.
    package func county(key: String) -> CountyRuntime? {
        runtimes.withLock { $0.values.first { $0.record.key == key } }
    }

    /// The counties that a six-digit code has ever named, with the days.
    package func codes(_ code: String) -> [CountyCodeRecord] {
        codes.withLock { $0.filter { $0.code == code } }
    }

    /// Reads what has changed.
    package func refresh() async throws {
        let reading = clock.beginReading()
        let records = try await store.counties()
        let allCodes = try await store.countyCodes()
        codes.withLock { $0 = allCodes }
        clock.setOffsets(
            Dictionary(records.filter(\.sandbox).map { ($0.id, $0.clockOffset) }, uniquingKeysWith: { $1 }),
            reading: reading)
        takeWhatHasCome()
        let known = runtimes.withLock { $0.mapValues(\.version) }
            .merging(coming.withLock { $0.mapValues(\.version) }, uniquingKeysWith: max)
            .merging(refused.withLock { $0 }, uniquingKeysWith: max)
        let bundles = try await store.latestBundles(except: known)
        for bundle in bundles {
            guard let record = records.first(where: { $0.id == bundle.county }) else { continue }
            guard let files = CountyFiles(encoded: bundle.files) else {
                logger.error("county files unreadable", metadata: ["hub_county": "\(record.key)"])
                refused.withLock { $0[record.id] = bundle.version }
                continue
            }
            switch files.parsed() {
            case .success(let parsed):
                let codes = allCodes.filter { $0.county == record.id }
                let runtime = CountyRuntime(record: record, version: bundle.version, parsed: parsed, codes: codes)
                try await take(runtime)
            case .failure(let faults):
                refused.withLock { $0[record.id] = bundle.version }
                logger.error(
                    "county files refused, the version before stays in force",
                    metadata: ["hub_county": "\(record.key)", "hub_faults": "\(faults.faults.count)"])
            }
        }
    }

    /// Puts a version in force, or lays it by until its day comes. Until then
    /// the version before goes on; where there is none, the new one begins.
    private func take(_ runtime: CountyRuntime) async throws {
        let id = runtime.record.id
        guard isToCome(runtime) else { return putInForce(runtime) }
        coming.withLock { $0[id] = runtime }
        logger.notice(
            "county files wait for the day of their policy",
            metadata: [
                "hub_county": "\(runtime.record.key)", "hub_county_version": "\(runtime.version)",
                "hub_policy": "\(runtime.policy.version)",
                "hub_policy_from": "\(runtime.policy.effectiveFrom?.description ?? "")",
            ])
        if runtimes.withLock({ $0[id] }) == nil {
            putInForce(try await version(of: runtime, on: clock.now(in: id)))
        }
    }

    private func takeWhatHasCome() {
        for runtime in coming.withLock({ Array($0.values) }) where !isToCome(runtime) { putInForce(runtime) }
    }

    private func isToCome(_ runtime: CountyRuntime) -> Bool {
        guard let first = runtime.policy.effectiveFrom else { return false }
        return clock.now(in: runtime.record.id).beijingDate < first
    }

    private func putInForce(_ runtime: CountyRuntime) {
        let id = runtime.record.id
        coming.withLock { if let next = $0[id], next.version <= runtime.version { $0[id] = nil } }
        runtimes.withLock { $0[id] = runtime }
        logger.info(
            "county in force",
            metadata: [
                "hub_county": "\(runtime.record.key)", "hub_county_version": "\(runtime.version)",
                "hub_policy": "\(runtime.policy.version)",
            ])
    }

    // MARK: - The past

    /// A county by the policy of an instant: the latest files whose policy may
    /// be in force on that day; for a day before all of them, the earliest.
    ///
    /// - Throws: `internal` for a county that is registered but not loaded;
    ///   else what the database says.
    package func county(_ id: CountyID, at instant: Timestamp) async throws -> CountyRuntime {
        let current = try county(id)
        // A day to come is asked of the policy that will be in force.
        if let next = coming.withLock({ $0[id] }), let first = next.policy.effectiveFrom, instant.beijingDate >= first {
            return next
        }
        return try await version(of: current, on: instant)
    }

    /// The latest of a county's versions, from `latest` back, whose policy may
    /// be in force at an instant; before all of them, the earliest.
    private func version(of latest: CountyRuntime, on instant: Timestamp) async throws -> CountyRuntime {
        var found = latest
        var before = found.version
        let day = instant.beijingDate
        while let first = found.policy.effectiveFrom, day < first,
            let bundle = try await store.bundle(of: found.record.id, before: before)
        {
            before = bundle.version
            // Files that this program cannot parse say nothing about that day.
            if let runtime = past(bundle, of: found) { found = runtime }
        }
        return found
    }

    private func past(_ bundle: CountyBundle, of county: CountyRuntime) -> CountyRuntime? {
        let key = RuntimeKey(county: county.id, version: bundle.version)
        if let known = pastRuntimes.withLock({ $0[key] }) { return known }
        guard case .success(let parsed)? = CountyFiles(encoded: bundle.files)?.parsed() else { return nil }
        let runtime = CountyRuntime(
            record: county.record, version: bundle.version, parsed: parsed, codes: county.codes)
        pastRuntimes.withLock { $0[key] = runtime }
        return runtime
    }

    /// The projection matrix of a version: the one in force, or one that a
    /// recipient got when it was in force and keeps. An empty version means
    /// the one in force.
    ///
    /// - Returns: nil when no file that was ever loaded holds the version.
    package func projection(_ version: String, of county: CountyRuntime) async throws -> ProjectionMatrix? {
        if version.isEmpty || version == county.projection.version { return county.projection }
        let key = ProjectionKey(county: county.id, version: version)
        if let known = pastProjections.withLock({ $0[key] }) { return known }
        var before = county.version
        while let bundle = try await store.bundle(of: county.id, before: before) {
            before = bundle.version
            guard let matrix = CountyFiles(encoded: bundle.files)?.projection() else { continue }
            pastProjections.withLock { $0[ProjectionKey(county: county.id, version: matrix.version)] = matrix }
            if matrix.version == version { return matrix }
        }
        return nil
    }
}
