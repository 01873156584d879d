import CloudEvents
import Coordination
import Hub
import Store

/// The counties of a database, as commands beside the hub see them.
struct Installation {
    let store: Store
    private let registry: CountyRegistry

    /// Reads the counties.
    init(store: Store) async throws {
        guard try await store.schemaIsCurrent() else { throw HubCore.Fault.schemaNotCurrent }
        self.store = store
        registry = CountyRegistry(
            store: store, clock: HubClock(databaseNow: try await store.databaseNow()), logger: Logs.quiet)
        try await registry.refresh()
    }

    /// A county by its key; without one, the only county there is.
    func county(_ key: String?) throws -> CountyRuntime {
        let all = registry.all.sorted { $0.id < $1.id }
        if let key {
            if let county = all.first(where: { $0.record.key == key }) { return county }
        } else if all.count == 1 {
            return all[0]
        }
        throw CommandFailure(
            .unreadable, code: "unknown-county",
            key.map { "there is no county '\($0)'" } ?? "say which county with --county", "请用--county指明县",
            hints: ["known: \(all.map(\.record.key).joined(separator: ", "))"])
    }
}
