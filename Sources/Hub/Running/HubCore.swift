package import Logging
import PostgresClient
package import ServiceLifecycle
package import Store

/// Everything behind the API: the store, the counties in force, and the
/// services that admit, change, sweep and keep.
///
/// Several processes may run over one database. Each has its own lanes into
/// the logs, which the database's advisory locks put in one order; nobody is
/// elected, and what only one may do at a time is guarded by a lock there.
package struct HubCore: Sendable {
    package let store: Store
    package let counties: CountyRegistry
    package let clock: HubClock
    package let sealer: Sealer
    package let admissions: LaneBatcher<AdmissionRow, Admitted>
    package let publisher: Publisher
    package let desk: DutyDesk
    package let sweeper: Sweeper
    package let opener: Opener
    package let consumers: ConsumerDesk
    package let wakeups: Wakeups
    package let maintenance: MaintenanceMode
    package let tokens: TokenDirectory
    package let logger: Logger
    /// What the services have done and found, for the metrics.
    package let figures = HubFigures()
    private let configuration: HubConfiguration
    private let hints: HintRelay

    /// Why a hub does not start.
    package enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// The schema is missing or older than this program.
        case schemaNotCurrent
        /// The schema no longer has what this program calls.
        case schemaBeyond
        /// No county is loaded.
        case noCounty

        package var description: String {
            switch self {
            case .schemaNotCurrent:
                "the database does not have this program's schema; run 'liankong migrate' / 数据库结构不是最新，请先运行 liankong migrate"
            case .schemaBeyond:
                "the database was migrated for newer programs; start the newer liankong / 数据库结构已升级，请使用新版程序"
            case .noCounty:
                "no county is loaded; run 'liankong county load' / 尚未加载县级配置，请先运行 liankong county load"
            }
        }
    }

    /// Connects, checks the schema, reads keys and counties.
    ///
    /// - Throws: ``Fault``, ``Keyring/Fault``, or what the database says; all
    ///   connections are closed then.
    package static func open(_ configuration: HubConfiguration, logger: Logger) async throws -> HubCore {
        var database = configuration.database
        // Migrations look who is at work.
        database.applicationName = try SchemaRelease.current().hubName()
        let store = Store(configuration: database, readers: configuration.readers, logger: logger)
        do {
            return try await HubCore(configuration, store: store, logger: logger)
        } catch {
            await store.close()
            throw error
        }
    }

    private init(_ configuration: HubConfiguration, store: Store, logger: Logger) async throws {
        self.configuration = configuration
        self.store = store
        self.logger = logger
        switch try await store.schemaStanding() {
        case .current: break
        case .behind: throw Fault.schemaNotCurrent
        case .beyond: throw Fault.schemaBeyond
        }
        clock = HubClock(databaseNow: try await store.databaseNow())
        counties = CountyRegistry(store: store, clock: clock, logger: logger)
        try await counties.refresh()
        guard !counties.all.isEmpty else { throw Fault.noCounty }
        maintenance = MaintenanceMode(
            store: store, counties: counties, clock: clock, retryAfter: configuration.maintenanceRetryAfter,
            logger: logger)
        try await maintenance.refresh()
        sealer = Sealer(
            keyring: try await Keyring.serving(
                store, file: configuration.keyFile, takesNewKeys: configuration.takesNewKeys, logger: logger))
        wakeups = Wakeups()
        tokens = TokenDirectory(store: store, clock: clock)
        admissions = LaneBatcher(
            name: "admissions", batchLimit: configuration.admissionBatch, mailboxLimit: configuration.mailbox,
            logger: logger, sender: { SharingUnit(county: $0.county, unit: $0.publisher) },
            onStored: { [figures] in figures.stored($0, $1) }
        ) {
            try await store.admit($0)
        }
        publisher = Publisher(
            store: store, counties: counties, clock: clock, sealer: sealer, lane: admissions, wakeups: wakeups,
            logger: logger)
        desk = DutyDesk(
            store: store, counties: counties, clock: clock, sealer: sealer, wakeups: wakeups, logger: logger,
            changeBatch: configuration.changeBatch, figures: figures)
        sweeper = Sweeper(
            store: store, counties: counties, clock: clock, wakeups: wakeups, logger: logger,
            figures: figures, every: configuration.sweepEvery, hold: maintenance.holdOfSweeps)
        opener = Opener(
            store: store, counties: counties, clock: clock, sealer: sealer, roster: desk.roster, logger: logger)
        consumers = ConsumerDesk(
            store: store, sealer: sealer, wakeups: wakeups, mostOfUnit: configuration.consumersPerUnit)
        hints = HintRelay(store: store, wakeups: wakeups, logger: logger)
        try await checkKeys()
    }

    /// Says at once what every opening would: that the key that sealed is not in
    /// the key file, as after a loss. The hub works all the same, because what
    /// comes in must not wait for that.
    private func checkKeys() async throws {
        for county in counties.all {
            guard let name = try await store.newestSealingKey(county: county.id), !sealer.keyring.holds(name) else {
                continue
            }
            logger.error(
                "the key file does not hold the key of the newest events; restore it from the key backup",
                metadata: ["hub_county": "\(county.record.key)", "hub_key": "\(name)"])
        }
    }

    /// What must run for the hub to work, in the order in which a group starts
    /// them; it shuts them down in the reverse order, so that what answers
    /// requests, which comes after these, ends first.
    ///
    /// - Parameter refreshing: also done whenever counties and clock are
    ///   refreshed.
    package func services(refreshing: @escaping @Sendable () async throws -> Void = {}) -> [any Service] {
        [
            admissions, desk, hints,
            Maintenance(
                core: self, maintainEvery: configuration.maintainEvery, refreshEvery: configuration.refreshEvery,
                retention: configuration.retention, hints: hints, refreshing: refreshing),
            sweeper,
        ]
    }

    /// Closes every connection. The services must have ended.
    package func close() async {
        await hints.close()
        await store.close()
    }
}
