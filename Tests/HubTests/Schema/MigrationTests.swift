import Hub
import HubSchema
import PostgresClient
import Store
import TestSupport
import Testing

/// Bringing a database up to date, on good days and bad ones.
struct MigrationTests {
    private static func withStore<Result>(
        _ database: TestDatabase, _ body: (Store) async throws -> Result,
    ) async throws -> Result {
        let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }

    private static func migrate(
        _ database: TestDatabase, contracts: Bool = false,
    ) async throws -> MigrationReport {
        var options = MigrationOptions()
        options.contracts = contracts
        return try await withStore(database) { try await $0.migrate(options: options) }
    }

    private static func refusal(_ database: TestDatabase) async throws -> StoreError? {
        do {
            _ = try await migrate(database)
            return nil
        } catch let error as StoreError {
            return error
        }
    }

    /// A dump, without the key that newer releases put around it.
    private static func dump(of database: TestDatabase) async throws -> [Substring] {
        String(decoding: try await DatabaseDump.plain(of: database), as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }
    }

    private static var names: [String] {
        get throws { try HubSchema.migrations().map(\.name) }
    }

    @Test func anEmptyDatabaseIsBroughtUpToDate() async throws {
        try await TestDatabase.withEmpty { database in
            let before = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(!before)
            let report = try await Self.migrate(database)
            #expect(report.applied == (try Self.names))
            #expect(report.functions == (try HubSchema.functions().map(\.name)))
            let current = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(current)
            // Room for what comes first, before any hub has run.
            #expect(try await database.number("SELECT count(*) FROM pg_inherits") >= 4)
        }
    }

    @Test func aSecondRunChangesNothing() async throws {
        try await TestDatabase.withEmpty { database in
            _ = try await Self.migrate(database)
            let before = try await Self.dump(of: database)
            let report = try await Self.migrate(database)
            #expect(report.applied == [] && report.functions == [])
            let after = try await Self.dump(of: database)
            #expect(before == after)
        }
    }

    @Test func severalAtOnceTakeTurns() async throws {
        try await TestDatabase.withEmpty { database in
            let reports = try await withThrowingTaskGroup(of: MigrationReport.self) { group in
                for _ in 0..<4 { group.addTask { try await Self.migrate(database) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.filter { $0.applied == (try? Self.names) }.count == 1)
            #expect(reports.filter { $0.applied == [] && $0.functions == [] }.count == 3)
            #expect(
                try await database.number("SELECT count(*) FROM hub.schema_migration") == Int64(try Self.names.count))
        }
    }

    @Test func whatIsKilledInTheMiddleLeavesWholeMigrations() async throws {
        try await TestDatabase.withEmpty { database in
            // The third migration stops at one of its tables, as long as somebody
            // holds a lock of ours.
            try await database.run(
                """
                CREATE FUNCTION public.stop() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'hub.timer') THEN
                        PERFORM pg_advisory_xact_lock(77, 7);
                    END IF;
                END
                $$;
                CREATE EVENT TRIGGER stop ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
                    EXECUTE FUNCTION public.stop();
                """)
            try await database.withSession { holder in
                try await holder.run("SELECT pg_advisory_lock(77, 7)", name: "hold")
                async let killed: MigrationReport = Self.migrate(database)
                while try await database.number(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 77 AND NOT granted "
                        + "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == 0
                {
                    await Task.yield()
                }
                try await database.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 77 "
                        + "AND NOT granted "
                        + "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
                do {
                    _ = try await killed
                    Issue.record("the migration came through")
                } catch is PostgresError {}
            }
            let names = try Self.names
            #expect(
                try await database.texts("SELECT name FROM hub.schema_migration ORDER BY version")
                    == Array(names.prefix(2)))
            #expect(try await database.number("SELECT count(*) FROM pg_class WHERE oid = to_regclass('hub.duty')") == 0)
            try await database.run("DROP EVENT TRIGGER stop; DROP FUNCTION public.stop()")
            let report = try await Self.migrate(database)
            #expect(report.applied == Array(names.dropFirst(2)))
            let current = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(current)
        }
    }

    @Test(arguments: [
        "CREATE TABLE public.student (id integer)", "CREATE SCHEMA hub",
        "CREATE SCHEMA hub; CREATE TABLE hub.duty (id integer)",
        "CREATE SCHEMA school; CREATE VIEW school.pupil AS SELECT 1 AS id",
        "CREATE MATERIALIZED VIEW public.pupil AS SELECT 1 AS id",
    ])
    func somebodyElsesDatabaseIsLeftAlone(_ made: String) async throws {
        try await TestDatabase.withEmpty { database in
            try await database.run(made)
            let refusal = try await Self.refusal(database)
            #expect(refusal == .foreignSchema)
            #expect(
                try await database.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'hub'")
                    == (made.contains("SCHEMA hub") ? 1 : 0))
            let current = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(!current)
        }
    }

    @Test func whatAnExtensionBringsIsNobodysData() async throws {
        try await TestDatabase.withEmpty { database in
            // As pg_stat_statements does, which many a server has in its template.
            try await database.run(
                "CREATE VIEW public.statistics AS SELECT 1 AS n; ALTER EXTENSION plpgsql ADD VIEW public.statistics")
            let report = try await Self.migrate(database)
            #expect(report.applied == (try Self.names))
        }
    }

    @Test func aNewerSchemaIsRefused() async throws {
        try await TestDatabase.withEmpty { database in
            _ = try await Self.migrate(database)
            try await database.run(
                "INSERT INTO hub.schema_migration (version, name, checksum) VALUES (99, '0099_add_all.sql', '0')")
            // As long as it keeps what this program calls, that may run.
            let served = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(served)
            let report = try await Self.migrate(database)
            #expect(report.applied == [] && report.functions == [] && report.dropped == [])
            try await database.run("UPDATE hub.schema_release SET retired_at = now()")
            let refusal = try await Self.refusal(database)
            #expect(refusal == .schemaNewer(99))
            let current = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(!current)
        }
    }

    @Test func aChangedMigrationIsRefused() async throws {
        try await TestDatabase.withEmpty { database in
            _ = try await Self.migrate(database)
            try await database.run("UPDATE hub.schema_migration SET checksum = '0' WHERE version = 2")
            let refusal = try await Self.refusal(database)
            #expect(refusal == .migrationChanged(try Self.names[1]))
        }
    }

    @Test func aChangedFunctionIsAppliedAgainAndAlone() async throws {
        try await TestDatabase.withEmpty { database in
            _ = try await Self.migrate(database)
            let text =
                "SELECT string_agg(pg_get_functiondef(oid), E'\\n' ORDER BY proname) FROM pg_proc "
                + "WHERE pronamespace = 'hub'::regnamespace"
            let before = try await database.texts(text)
            // As an older version left it: another body, and another signature beside it.
            let body = try HubSchema.functions().first { $0.name == "make_partitions.sql" }?.text ?? ""
            try await database.run(body.replacing("BEGIN\n", with: "BEGIN\n    RETURN 7;\n", maxReplacements: 1))
            try await database.run(
                """
                CREATE FUNCTION hub.make_partitions() RETURNS integer LANGUAGE sql AS 'SELECT 7';
                UPDATE hub.schema_function SET checksum = '0' WHERE name = 'make_partitions.sql';
                UPDATE hub.schema_release SET fingerprint = 'older';
                """)
            let current = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(!current)
            let report = try await Self.migrate(database)
            #expect(report.applied == [] && report.functions == ["make_partitions.sql"])
            // What the older version calls stays until it is said to be gone.
            #expect(report.kept == ["hub.make_partitions()"] && report.dropped == [])
            let contracted = try await Self.migrate(database, contracts: true)
            #expect(contracted.dropped == ["hub.make_partitions()"] && contracted.kept == [])
            #expect(try await database.texts(text) == before)
            #expect(
                try await database.texts("SELECT fingerprint FROM hub.schema_release WHERE retired_at IS NOT NULL")
                    == ["older"])
        }
    }

    @Test func aHubOfThisProgramStartsOnlyOnASchemaThatServesIt() async throws {
        try await TestDatabase.with { database in
            try await database.run("UPDATE hub.schema_release SET fingerprint = 'another'")
            let current = try await Self.withStore(database) { try await $0.schemaIsCurrent() }
            #expect(!current)
            let configuration = HubConfiguration(
                databaseURL: database.url, keyFile: "/tmp/\(database.name).keys")
            await #expect(throws: HubCore.Fault.schemaNotCurrent) {
                _ = try await HubCore.open(configuration, logger: TestDatabase.logger)
            }
        }
    }
}
