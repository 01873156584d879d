import PostgresClient

/// What bringing a schema up to date did.
package struct MigrationReport: Sendable, Hashable {
    /// Names of the migrations that were applied now.
    package var applied: [String] = []
    /// Names of the functions whose text was applied now.
    package var functions: [String] = []
    /// Functions as older programs call them that were dropped now.
    package var dropped: [String] = []
    /// How many hubs of other releases are at work on the database.
    package var otherHubs: Int64 = 0
    /// Functions that are kept for older programs.
    package var kept: [String] = []
}

/// How a schema is brought up to date.
package struct MigrationOptions: Sendable {
    /// How long one attempt waits for a lock, because everybody who comes later
    /// waits behind it. 2 s unless set.
    package var lockTimeout: Duration = .seconds(2)
    /// How long attempts are repeated that did not get their locks. 10 min unless set.
    package var patience: Duration = .seconds(600)
    /// The pause between two of them. 1 s unless set.
    package var pause: Duration = .seconds(1)
    /// Whether what only older programs call goes. No unless set.
    package var contracts = false

    /// The stated defaults.
    package init() {}
}

extension Store {
    /// Brings the schema up to date while hubs work on it: migrations in order,
    /// each in a transaction of its own unless it says otherwise, then every
    /// function whose text has changed.
    ///
    /// Older hubs go on: what they call stays beside what this program calls,
    /// until it is asked to contract. A migration waits for a lock for moments
    /// only, and tries again. Several processes may call it at once; they take
    /// turns. What is killed in the middle leaves whole migrations only.
    ///
    /// - Throws: ``StoreError`` when the database is somebody else's, newer
    ///   than this program, or was migrated by another text; and for what
    ///   hubs of other releases stand in the way of.
    package func migrate(
        to release: SchemaRelease? = nil, options: MigrationOptions = MigrationOptions(),
    ) async throws -> MigrationReport {
        let release = try release ?? SchemaRelease.current()
        return try await withSession { session in
            try await SchemaMigration(session: session, release: release, options: options, logger: logger).run()
        }
    }

    /// Runs a body over a session of its own, without time limits.
    func withSession<Result>(
        _ body: (PostgresScriptSession) async throws -> Result
    ) async throws -> Result {
        let session = try await PostgresScriptSession(configuration: configuration, logger: logger)
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }
}
