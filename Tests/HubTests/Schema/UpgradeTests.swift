import CloudEvents
import Foundation
import Hub
import HubSchema
import PostgresClient
import Store
import TestSupport
import Testing

/// Bringing the schema to a newer release while hubs of this one are at work.
struct UpgradeTests {
    /// A release beyond this one: a column, a table, an index on every partition
    /// of the events, a function with one more argument, and one with another
    /// body.
    private static func next(_ more: [HubSchema.File] = []) throws -> SchemaRelease {
        let column = HubSchema.File(
            name: "9001_add_remark.sql",
            text: """
                ALTER TABLE hub.duty ADD COLUMN remark text;
                CREATE TABLE hub.remark (county smallint NOT NULL, text text NOT NULL);
                """)
        let index = HubSchema.File(
            name: "9002_index_remark.sql",
            text: """
                -- Each partition by itself, beside those who write there.
                --! outside a transaction
                --! statement
                DROP INDEX IF EXISTS hub.event_county_remark_idx;
                --! statement
                CREATE INDEX event_county_remark_idx ON ONLY hub.event (county, type, position);
                --! for each partition of hub.event
                DROP INDEX CONCURRENTLY IF EXISTS hub.{partition}_county_remark_idx;
                --! for each partition of hub.event
                CREATE INDEX CONCURRENTLY {partition}_county_remark_idx ON hub.{partition} (county, type, position);
                --! for each partition of hub.event
                ALTER INDEX hub.event_county_remark_idx ATTACH PARTITION hub.{partition}_county_remark_idx;
                """)
        let functions = try HubSchema.functions().map { file in
            switch file.name {
            case "admit.sql":
                return HubSchema.File(
                    name: file.name,
                    text: file.text.replacing(
                        "\n) RETURNS ", with: ",\n    p_remark text[]\n) RETURNS ", maxReplacements: 1))
            case "change_duties.sql":
                return HubSchema.File(
                    name: file.name, text: file.text.replacing("BEGIN\n", with: "BEGIN\n    -- Of the next release.\n"))
            default: return file
            }
        }
        return SchemaRelease(migrations: try HubSchema.migrations() + [column, index] + more, functions: functions)
    }

    private static func options(contracts: Bool = false) -> MigrationOptions {
        var options = MigrationOptions()
        options.lockTimeout = .milliseconds(200)
        options.pause = .milliseconds(50)
        options.patience = .seconds(60)
        options.contracts = contracts
        return options
    }

    @Test func anOlderHubWorksOnThroughIt() async throws {
        try await HubProcess.with { process, hub in
            let next = try Self.next()
            let clients = PersistentClients(of: hub)
            let report = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await clients.work(clients: 4) }
                try await eventually("they work") { clients.answers.signatures.count > 20 }
                let report = try await hub.inspection.migrate(to: next, options: Self.options())
                let done = clients.answers.signatures.count
                try await eventually("they work on") { clients.answers.signatures.count > done + 20 }
                #expect(try await hub.get("/readyz", as: .nobody).status == 200)
                // Nobody was refused or left without an answer.
                #expect(clients.answers.retries == 0, "\(clients.answers.refusals)")
                // A hub of the older release comes back after a crash, too.
                await process.kill()
                try await process.start()
                let before = clients.answers.signatures.count
                try await eventually("they work again") { clients.answers.signatures.count > before + 20 }
                clients.stop()
                try await group.waitForAll()
                return report
            }
            #expect(report.applied == ["9001_add_remark.sql", "9002_index_remark.sql"])
            #expect(report.functions == ["admit.sql", "change_duties.sql"])
            #expect(report.otherHubs == 1)
            #expect(report.kept.count == 1 && report.kept[0].hasPrefix("hub.admit("))
            try await StoredFacts(hub: hub).expect(clients.answers)
            try await StoredFacts(hub: hub).expectWhole()
            let invalid = try await hub.number("SELECT count(*) FROM pg_index WHERE NOT indisvalid")
            #expect(invalid == 0)

            await #expect(throws: StoreError.hubsAtWork(1, "--contract")) {
                try await hub.inspection.migrate(to: next, options: Self.options(contracts: true))
            }
            await process.terminate()
            _ = await process.end()
            try await eventually("its sessions have ended") {
                try await hub.number(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                        + "AND application_name LIKE 'liankong-h%'") == 0
            }
            let contracted = try await hub.inspection.migrate(to: next, options: Self.options(contracts: true))
            #expect(contracted.dropped == report.kept && contracted.kept == [])
            #expect(try await hub.inspection.schemaStanding() == .beyond)
            await #expect(throws: StoreError.schemaNewer(9002)) { try await hub.inspection.migrate() }
            let configuration = HubConfiguration(databaseURL: hub.database.url, keyFile: hub.keyFile)
            await #expect(throws: HubCore.Fault.schemaBeyond) {
                _ = try await HubCore.open(configuration, logger: TestDatabase.logger)
            }
        }
    }

    /// A dump reads all tables for hours; a migration that waits for it must not
    /// let everybody wait behind itself.
    @Test func whoeverComesLaterDoesNotWaitBehindAMigration() async throws {
        try await TestHub.with { hub in
            let next = try Self.next()
            try await hub.database.withSession { reader in
                try await reader.run("BEGIN; LOCK TABLE hub.duty IN ACCESS SHARE MODE", name: "dump")
                async let migrated = hub.inspection.migrate(to: next, options: Self.options())
                try await eventually("it waits") {
                    try await hub.number(
                        "SELECT count(*) FROM pg_locks WHERE relation = 'hub.duty'::regclass AND NOT granted") > 0
                }
                for number in 0..<10 {
                    let duty = try await hub.report(number).duty(of: "hrss")
                    try await hub.act("sign", on: duty, by: .officer("hrss-01"))
                }
                #expect(try await hub.number("SELECT count(*) FROM hub.schema_migration WHERE version = 9001") == 0)
                try await reader.run("COMMIT", name: "dump")
                #expect(try await migrated.applied.count == 2)
            }
        }
    }

    @Test func whatGetsNoLockInTimeLeavesNothing() async throws {
        try await TestDatabase.with { database in
            let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
            try await database.withSession { reader in
                try await reader.run("BEGIN; LOCK TABLE hub.duty IN ACCESS SHARE MODE", name: "dump")
                var options = Self.options()
                options.patience = .milliseconds(300)
                do {
                    _ = try await store.migrate(to: try Self.next(), options: options)
                    Issue.record("it came through")
                } catch let error as PostgresError {
                    #expect(error.sqlState == .lockNotAvailable)
                }
            }
            #expect(try await database.number("SELECT count(*) FROM hub.schema_migration WHERE version > 9000") == 0)
            #expect(try await store.schemaStanding() == .current)
            await store.close()
        }
    }

    @Test func whatBreaksOlderHubsWaitsForTheirEnd() async throws {
        let breaking = HubSchema.File(
            name: "9003_drop_rates.sql", text: "--! breaks older hubs\nDROP TABLE hub.unit_rate;")
        let next = try Self.next([breaking])
        try await TestDatabase.with { database in
            let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            try await TestHub.with(database: database, keyFile: keyFile) { _ in
                await #expect(throws: StoreError.hubsAtWork(1, "9003_drop_rates.sql")) {
                    try await store.migrate(to: next, options: Self.options())
                }
                // Nothing was changed, not by what comes before it either.
                let standing = try await store.schemaStanding()
                #expect(standing == .current)
                let applied = try await database.number(
                    "SELECT count(*) FROM hub.schema_migration WHERE version > 9000")
                #expect(applied == 0)
            }
            try await eventually("it may go on") {
                do {
                    let report = try await store.migrate(to: next, options: Self.options())
                    return report.applied.last == "9003_drop_rates.sql"
                } catch is StoreError {
                    return false
                }
            }
            #expect(try await store.schemaStanding() == .beyond)
            await store.close()
        }
    }

    @Test func aFunctionThatAnswersOtherwiseWaitsForTheirEnd() async throws {
        let functions = try HubSchema.functions().map { file in
            file.name != "make_partitions.sql"
                ? file
                : HubSchema.File(name: file.name, text: file.text.replacing("RETURNS integer", with: "RETURNS bigint"))
        }
        let next = SchemaRelease(migrations: try HubSchema.migrations(), functions: functions)
        try await TestDatabase.with { database in
            let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            _ = try await TestHub.with(database: database, keyFile: keyFile) { _ in
                await #expect(throws: StoreError.functionReshaped("make_partitions.sql", 1)) {
                    try await store.migrate(to: next, options: Self.options())
                }
            }
            try await eventually("it may go on") {
                do {
                    return try await store.migrate(to: next, options: Self.options()).functions
                        == ["make_partitions.sql"]
                } catch is StoreError {
                    return false
                }
            }
            #expect(try await store.schemaStanding() == .beyond)
            await store.close()
        }
    }

    /// Killed after any statement, it begins again and comes to the same end.
    @Test func whatIsNoTransactionMayBeginAgain() async throws {
        try await TestDatabase.with { database in
            let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
            let next = try Self.next()
            let indices = """
                SELECT c.relname || ' ' || i.indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
                WHERE c.relname LIKE '%remark_idx' ORDER BY 1
                """
            _ = try await store.migrate(to: next, options: Self.options())
            let made = try await database.texts(indices)
            let partitions = try await database.number(
                "SELECT count(*) FROM pg_inherits WHERE inhparent = 'hub.event'::regclass")
            #expect(made.count == Int(partitions) + 1 && made.allSatisfy { $0.hasSuffix(" true") })
            // As if it had ended just before it was put on record, and earlier.
            let leavings = [
                "SELECT", "DROP INDEX hub.event_county_remark_idx",
                "DROP INDEX hub.event_county_remark_idx; CREATE INDEX event_p0_county_remark_idx ON hub.event_p0 (county)",
            ]
            for left in leavings {
                try await database.run("DELETE FROM hub.schema_migration WHERE version = 9002; " + left)
                let again = try await store.migrate(to: next, options: Self.options())
                #expect(again.applied == ["9002_index_remark.sql"])
                #expect(try await database.texts(indices) == made, "\(left)")
            }
            await store.close()
        }
    }
}
