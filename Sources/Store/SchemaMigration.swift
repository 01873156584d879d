import HubSchema
import Logging
import PostgresClient

/// One run of migrations over a session of its own; see
/// ``Store/migrate(to:options:)``.
///
///     expand:    migrations, functions ──▶ both releases are served
///     contract:  the functions of older releases go ──▶ they are retired
///
/// Which programs a schema serves stands in `hub.schema_release`; a hub whose
/// release is there and not retired may start, whatever else was added.
struct SchemaMigration {
    let session: PostgresScriptSession
    let release: SchemaRelease
    let options: MigrationOptions
    let logger: Logger

    func run() async throws -> MigrationReport {
        // Session lock: a second migrator waits here, and sees the result.
        try await session.run("SELECT pg_advisory_lock(1818323, 0)", name: "migration_lock")
        var report = MigrationReport()
        let isOurs = try await checkIsOurs()
        let applied = isOurs ? try await appliedMigrations() : [:]
        report.otherHubs = isOurs ? try await otherHubs() : 0
        let serves = isOurs ? try await standing() : nil
        if serves == false { throw StoreError.schemaNewer(applied.keys.max() ?? 0) }
        let scripts = release.migrations.map(MigrationScript.init)
        if let unknown = applied.keys.filter({ version in !scripts.contains { $0.number == version } }).max() {
            // A newer program was here, and this one is served all the same.
            guard serves == true, !options.contracts else { throw StoreError.schemaNewer(unknown) }
            return report
        }
        // Before anything is changed, or the older ones could not come back.
        if report.otherHubs > 0,
            let breaking = scripts.first(where: { $0.breaksOlderHubs && applied[$0.number] == nil })
        {
            throw StoreError.hubsAtWork(report.otherHubs, breaking.name)
        }
        for script in scripts {
            if let known = applied[script.number] {
                guard known == SchemaRelease.checksum(of: script.text) else {
                    throw StoreError.migrationChanged(script.name)
                }
                continue
            }
            try await apply(script, report: &report)
        }
        try await applyFunctions(report: &report)
        try await session.run(
            "INSERT INTO hub.schema_release (fingerprint, version) VALUES ('\(release.fingerprint)', "
                + "\(release.version)) ON CONFLICT (fingerprint) DO NOTHING", name: "schema_release")
        if options.contracts { try await contract(report: &report) }
        report.kept = try await superseded()
        try await patiently {
            try await session.run(
                "SELECT hub.make_partitions((SELECT last_value FROM hub.position_seq) + 10000000)",
                name: "make_partitions")
        }
        try await session.run("SELECT pg_advisory_unlock(1818323, 0)", name: "migration_unlock")
        return report
    }

    // MARK: - What is there

    /// Whether the hub's tables are there.
    ///
    /// - Throws: ``StoreError/foreignSchema`` where somebody else's are.
    private func checkIsOurs() async throws -> Bool {
        let state = try await session.query(
            """
            SELECT to_regclass('hub.schema_migration') IS NOT NULL AS ours,
                EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hub') AS hub,
                EXISTS (
                    SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                        AND n.nspname NOT LIKE 'pg\\_%'
                        -- Views that an extension brings, such as pg_stat_statements, are nobody's data.
                        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass
                            AND d.objid = c.oid AND d.deptype = 'e')) AS occupied
            """,
            name: "migration_state")
        guard let row = state.first else { throw StoreError.unexpectedShape("migration_state") }
        if try row.decode("ours", as: Bool.self) { return true }
        let occupied = try row.decode("occupied", as: Bool.self)
        let foreign = try row.decode("hub", as: Bool.self)
        if occupied || foreign { throw StoreError.foreignSchema }
        return false
    }

    private func appliedMigrations() async throws -> [Int32: String] {
        let rows = try await session.query(
            "SELECT version, checksum FROM hub.schema_migration", name: "schema_migrations")
        var applied: [Int32: String] = [:]
        for row in rows {
            applied[try row.decode("version", as: Int32.self)] = try row.decode("checksum", as: String.self)
        }
        return applied
    }

    /// Whether the schema serves this release; nil where it never did.
    private func standing() async throws -> Bool? {
        let made = try await session.query(
            "SELECT to_regclass('hub.schema_release') IS NOT NULL AS made", name: "schema_release_is_made")
        guard try made.first?.decode("made", as: Bool.self) == true else { return nil }
        let rows = try await session.query(
            "SELECT retired_at IS NULL AS serves FROM hub.schema_release WHERE fingerprint = '\(release.fingerprint)'",
            name: "schema_release")
        return try rows.first?.decode("serves", as: Bool.self)
    }

    private func otherHubs() async throws -> Int64 {
        let rows = try await session.query(Store.otherHubsSQL("'\(release.fingerprint)'"), name: "other_hubs")
        return try rows.first?.decode("others", as: Int64.self) ?? 0
    }

    // MARK: - Migrations

    private func apply(_ script: MigrationScript, report: inout MigrationReport) async throws {
        let record = """
            INSERT INTO hub.schema_migration (version, name, checksum)
            VALUES (\(script.number), '\(script.name)', '\(SchemaRelease.checksum(of: script.text))');
            """
        if let parts = script.parts {
            for part in parts { try await run(part, of: script) }
            try await session.run(record, name: script.name)
        } else {
            try await patiently {
                try await session.run(
                    script.text, name: script.name, opening: "BEGIN; \(lockTimeout)", closing: record + " COMMIT;")
            }
        }
        if script.breaksOlderHubs { try await retireOthers() }
        report.applied.append(script.name)
    }

    private func run(_ part: MigrationScript.Part, of script: MigrationScript) async throws {
        guard let table = part.table else { return try await run(statement: part.text, of: script) }
        let rows = try await session.query(
            """
            SELECT c.relname AS name FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
            WHERE i.inhparent = '\(table)'::regclass ORDER BY c.oid
            """,
            name: script.name)
        for row in rows {
            let partition = try row.decode("name", as: String.self)
            let statement = part.text.split(separator: "{partition}", omittingEmptySubsequences: false)
            try await run(statement: statement.joined(separator: partition), of: script)
        }
    }

    /// What runs CONCURRENTLY waits for transactions and is in nobody's way
    /// meanwhile, so it may wait for long.
    private func run(statement: String, of script: MigrationScript) async throws {
        if statement.contains("CONCURRENTLY") {
            _ = try await session.query(statement, name: script.name)
        } else {
            try await patiently {
                try await session.run(
                    statement, name: script.name, opening: "BEGIN; \(lockTimeout)", closing: "COMMIT;")
            }
        }
    }

    private var lockTimeout: String {
        let (seconds, attoseconds) = options.lockTimeout.components
        return "SET LOCAL lock_timeout = \(seconds * 1000 + attoseconds / 1_000_000_000_000_000);"
    }

    /// Repeats what did not get its locks in time, so that nobody waits behind
    /// it for long.
    private func patiently(_ attempt: () async throws -> Void) async throws {
        let deadline = ContinuousClock.now + options.patience
        while true {
            do {
                return try await attempt()
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                guard ContinuousClock.now < deadline else { throw error }
                logger.notice(
                    "a migration waits for a lock", metadata: ["hub_migration": "\(error.statementName ?? "-")"])
                try await Task.sleep(for: options.pause)
            }
        }
    }

    // MARK: - Functions

    private func applyFunctions(report: inout MigrationReport) async throws {
        let rows = try await session.query(
            "SELECT name, checksum FROM hub.schema_function WHERE signature IS NOT NULL", name: "schema_functions")
        var known: [String: String] = [:]
        for row in rows {
            known[try row.decode("name", as: String.self)] = try row.decode("checksum", as: String.self)
        }
        for file in release.functions where known[file.name] != SchemaRelease.checksum(of: file.text) {
            do {
                try await install(file, dropping: false)
            } catch let error as PostgresError where error.sqlState == .invalidFunctionDefinition {
                // Its arguments are the same and its result or their names are
                // not: no two programs can be served.
                guard report.otherHubs == 0 else { throw StoreError.functionReshaped(file.name, report.otherHubs) }
                try await install(file, dropping: true)
                try await retireOthers()
            }
            report.functions.append(file.name)
        }
    }

    /// Puts a function's text in place. One of another signature stays beside
    /// it; calls name the types of their arguments, so each finds its own.
    private func install(_ file: HubSchema.File, dropping: Bool) async throws {
        let function = String(file.name.dropLast(4))
        let drop = """
            DO $drop$
            DECLARE v_old regprocedure;
            BEGIN
                FOR v_old IN SELECT p.oid FROM pg_proc AS p
                    WHERE p.pronamespace = 'hub'::regnamespace AND p.proname = '\(function)' LOOP
                    EXECUTE 'DROP FUNCTION ' || v_old;
                END LOOP;
            END
            $drop$;
            """
        try await patiently {
            try await session.run(
                file.text, name: file.name, opening: "BEGIN; \(lockTimeout)" + (dropping ? drop : ""),
                closing: """
                    INSERT INTO hub.schema_function (name, checksum, signature)
                    SELECT '\(file.name)', '\(SchemaRelease.checksum(of: file.text))', p.oid::regprocedure::text
                    FROM pg_proc AS p
                    -- What this transaction has made or replaced.
                    WHERE p.pronamespace = 'hub'::regnamespace AND p.proname = '\(function)'
                        AND p.xmin = pg_current_xact_id()::xid
                    ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, signature = excluded.signature,
                        applied_at = now();
                    COMMIT;
                    """)
        }
    }

    // MARK: - Contracting

    /// The functions that no text of this release has made.
    private func superseded() async throws -> [String] {
        let names = release.functions.map { "'\($0.name)'" }.joined(separator: ", ")
        let rows = try await session.query(
            """
            SELECT p.oid::regprocedure::text AS signature FROM pg_proc AS p
            LEFT JOIN hub.schema_function AS f ON f.name = p.proname || '.sql' AND f.name IN (\(names))
            WHERE p.pronamespace = 'hub'::regnamespace AND p.oid::regprocedure::text IS DISTINCT FROM f.signature
            ORDER BY 1
            """,
            name: "superseded_functions")
        return try rows.map { try $0.decode("signature", as: String.self) }
    }

    private func contract(report: inout MigrationReport) async throws {
        let others = try await otherHubs()
        guard others == 0 else { throw StoreError.hubsAtWork(others, "--contract") }
        // First, so that none of them starts any more.
        try await retireOthers()
        for signature in try await superseded() {
            try await patiently {
                try await session.run(
                    "DROP FUNCTION \(signature);", name: "contract", opening: "BEGIN; \(lockTimeout)",
                    closing: "COMMIT;")
            }
            report.dropped.append(signature)
        }
        let names = release.functions.map { "'\($0.name)'" }.joined(separator: ", ")
        try await session.run(
            "DELETE FROM hub.schema_function WHERE name NOT IN (\(names))", name: "forget_functions")
    }

    private func retireOthers() async throws {
        try await session.run(
            """
            DO $retire$
            BEGIN
                IF to_regclass('hub.schema_release') IS NOT NULL THEN
                    UPDATE hub.schema_release SET retired_at = now()
                    WHERE fingerprint <> '\(release.fingerprint)' AND retired_at IS NULL;
                END IF;
            END
            $retire$;
            """, name: "retire_releases")
    }
}
