import HubSchema
import PostgresClient

/// What bringing a schema up to date did.
package struct MigrationReport: Sendable, Hashable {
    /// Names of the migrations that were applied now.
    package var applied: [String] = []
    /// Names of the functions whose text was applied now.
    package var functions: [String] = []
}

extension Store {
    /// Brings the schema up to date: migrations in order, each in a
    /// transaction of its own, then every function whose text has changed.
    ///
    /// Several processes may call it at once; they take turns. What is killed
    /// in the middle leaves whole migrations only.
    ///
    /// - Throws: ``StoreError`` when the database is somebody else's, newer
    ///   than this program, or was migrated by another text.
    package func migrate() async throws -> MigrationReport {
        let session = try await PostgresScriptSession(configuration: configuration, logger: logger)
        do {
            let report = try await migrate(over: session)
            await session.close()
            return report
        } catch {
            await session.close()
            throw error
        }
    }

    private func migrate(over session: PostgresScriptSession) async throws -> MigrationReport {
        // Session lock: a second migrator waits here, and sees the result.
        try await session.run("SELECT pg_advisory_lock(1818323, 0)", name: "migration_lock")
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
        let ours = try row.decode("ours", as: Bool.self)
        if !ours {
            let occupied = try row.decode("occupied", as: Bool.self)
            let foreign = try row.decode("hub", as: Bool.self)
            if occupied || foreign { throw StoreError.foreignSchema }
        }
        var report = MigrationReport()
        let applied = ours ? try await appliedMigrations(over: session) : [:]
        let migrations = try HubSchema.migrations()
        if let newest = applied.keys.max(), newest > Int32(migrations.count) {
            throw StoreError.schemaNewer(newest)
        }
        for (offset, file) in migrations.enumerated() {
            let version = Int32(offset + 1)
            let checksum = Self.checksum(of: file.text)
            if let known = applied[version] {
                guard known == checksum else { throw StoreError.migrationChanged(file.name) }
                continue
            }
            try await session.run(
                file.text, name: file.name, opening: "BEGIN;",
                closing: """
                    INSERT INTO hub.schema_migration (version, name, checksum)
                    VALUES (\(version), '\(file.name)', '\(checksum)');
                    COMMIT;
                    """)
            report.applied.append(file.name)
        }
        report.functions = try await applyFunctions(over: session)
        try await session.run(
            "SELECT hub.make_partitions((SELECT last_value FROM hub.position_seq) + 10000000)", name: "make_partitions")
        try await session.run("SELECT pg_advisory_unlock(1818323, 0)", name: "migration_unlock")
        return report
    }

    private func applyFunctions(over session: PostgresScriptSession) async throws -> [String] {
        let rows = try await session.query(
            "SELECT name, checksum FROM hub.schema_function", name: "schema_functions")
        var known: [String: String] = [:]
        for row in rows {
            known[try row.decode("name", as: String.self)] = try row.decode("checksum", as: String.self)
        }
        var applied: [String] = []
        for file in try HubSchema.functions() {
            let checksum = Self.checksum(of: file.text)
            if known[file.name] == checksum { continue }
            let function = String(file.name.dropLast(4))
            // A changed signature would leave the old function beside the new
            // one, so every overload goes first; within the transaction nobody
            // sees it missing.
            try await session.run(
                file.text, name: file.name,
                opening: """
                    BEGIN;
                    DO $drop$
                    DECLARE v_old regprocedure;
                    BEGIN
                        FOR v_old IN SELECT p.oid FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
                            WHERE n.nspname = 'hub' AND p.proname = '\(function)' LOOP
                            EXECUTE 'DROP FUNCTION ' || v_old;
                        END LOOP;
                    END
                    $drop$;
                    """,
                closing: """
                    INSERT INTO hub.schema_function (name, checksum) VALUES ('\(file.name)', '\(checksum)')
                    ON CONFLICT (name) DO UPDATE SET checksum = excluded.checksum, applied_at = now();
                    COMMIT;
                    """)
            applied.append(file.name)
        }
        return applied
    }

    private func appliedMigrations(over session: PostgresScriptSession) async throws -> [Int32: String] {
        let rows = try await session.query(
            "SELECT version, checksum FROM hub.schema_migration", name: "schema_migrations")
        var applied: [Int32: String] = [:]
        for row in rows {
            applied[try row.decode("version", as: Int32.self)] = try row.decode("checksum", as: String.self)
        }
        return applied
    }

    /// Whether the database has exactly the schema this program brings: its
    /// migrations and no others, and its functions in their text.
    package func schemaIsCurrent() async throws -> Bool {
        let made = try await pool.query(
            PostgresStatement(
                name: "schema_is_made",
                sql: "SELECT to_regclass('hub.schema_function') IS NOT NULL AS made",
                binds: [],
            ))
        // Asked first, because a statement on a table that is missing fails.
        guard try made.first?.decode("made", as: Bool.self) == true else { return false }
        let rows = try await pool.query(
            PostgresStatement(
                name: "schema_texts",
                sql: """
                    SELECT name, checksum, true AS migration FROM hub.schema_migration
                    UNION ALL
                    SELECT name, checksum, false FROM hub.schema_function LIMIT 10000
                    """,
                binds: [],
            ))
        var (migrations, functions) = ([String: String](), [String: String]())
        for row in rows {
            let name = try row.decode("name", as: String.self)
            let checksum = try row.decode("checksum", as: String.self)
            if try row.decode("migration", as: Bool.self) {
                migrations[name] = checksum
            } else {
                functions[name] = checksum
            }
        }
        let texts = try Self.texts.get()
        // A function that an older version brought and no version calls any more may stay.
        return migrations == texts.migrations && texts.functions.allSatisfy { functions[$0.key] == $0.value }
    }

    /// The checksums of what this program brings, by name.
    private static let texts = Result {
        let checksums = { (files: [HubSchema.File]) in
            Dictionary(files.map { ($0.name, checksum(of: $0.text)) }, uniquingKeysWith: { first, _ in first })
        }
        return (
            migrations: checksums(try HubSchema.migrations()), functions: checksums(try HubSchema.functions())
        )
    }

    /// FNV-1a, 64 bits: it tells texts apart, it does not protect.
    private static func checksum(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}
