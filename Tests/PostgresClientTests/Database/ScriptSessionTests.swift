import Testing

@testable import PostgresClient

extension DatabaseTests {
    @Suite struct ScriptSessionTests {
        let database = TestDatabase.current

        private func withSession(_ body: (PostgresScriptSession) async throws -> Void) async throws {
            let session = try await PostgresScriptSession(configuration: database.configuration(), logger: .quiet)
            do {
                try await body(session)
            } catch {
                await session.close()
                throw error
            }
            await session.close()
        }

        @Test func aScriptRunsAndItsRowsAreRead() async throws {
            try await withSession { session in
                try await session.run("CREATE TEMP TABLE a (n int);\n INSERT INTO a VALUES (1), (2);", name: "a.sql")
                let rows = try await session.query("SELECT n, n::text AS t FROM a ORDER BY n", name: "read")
                #expect(try rows.map { try $0.decode("n", as: Int32.self) } == [1, 2])
                #expect(try rows.map { try $0.decode("t", as: String.self) } == ["1", "2"])
            }
        }

        @Test func syntaxErrorsNameScriptAndLine() async throws {
            try await withSession { session in
                let error = try await postgresError(.server) {
                    try await session.run("SELECT 1;\n-- 联控\nSELECT 2;\nSELEC 3;\n", name: "0003_bad.sql")
                }
                #expect(error.statementName == "0003_bad.sql")
                #expect(error.line == 4)
                #expect(error.description == "the database refused the statement (42601) in 0003_bad.sql at line 4")
            }
        }

        @Test func failuresWithoutPositionNameTheLineOfTheirStatement() async throws {
            try await withSession { session in
                let script = """
                    CREATE TEMP TABLE a (n int CHECK (n > 0));
                    DO $body$
                    BEGIN
                        PERFORM 1; -- not the end
                    END
                    $body$;

                    INSERT INTO a
                    VALUES (-1);
                    """
                let error = try await postgresError(.server) {
                    try await session.run(script, name: "x.sql", opening: "BEGIN;\nSELECT 1;", closing: "COMMIT;")
                }
                #expect(error.sqlState == .checkViolation)
                #expect(error.line == 8)
            }
        }

        @Test func aFailedScriptLeavesNoTransactionOpen() async throws {
            try await withSession { session in
                _ = try await postgresError(.server) {
                    try await session.run("CREATE TABLE lk_half (n int); SELECT 1/0;", name: "x.sql", opening: "BEGIN;")
                }
                // In the failed transaction this would be refused.
                let row = try await session.query("SELECT to_regclass('public.lk_half') IS NULL", name: "check").first
                #expect(try row.unwrapped.decode(0, as: Bool.self))
            }
        }

        @Test func noStatementTimeoutIsSet() async throws {
            try await withSession { session in
                let row = try await session.query("SHOW statement_timeout", name: "show").first.unwrapped
                #expect(try row.decode(0, as: String.self) == "0")
            }
        }

        @Test func cancellingInterruptsAndCloses() async throws {
            let configuration = database.configuration()
            let session = try await PostgresScriptSession(configuration: configuration, logger: .quiet)
            let running = Task { try await session.run("SELECT pg_sleep(60)", name: "long") }
            try await database.withPool(size: 1) { observer in
                try await observer.untilWaiting(configuration.applicationName, "PgSleep")
                running.cancel()
                await #expect(throws: CancellationError.self) { try await running.value }
                _ = try await postgresError(.closed) { try await session.run("SELECT 1", name: "next") }
                try await observer.untilGone(configuration.applicationName)
            }
        }

        @Test func callersTakeTurns() async throws {
            try await withSession { session in
                try await session.run("CREATE TEMP TABLE a (n int)", name: "a")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            try await session.run("BEGIN; INSERT INTO a VALUES (\(number)); COMMIT", name: "a")
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await session.query("SELECT DISTINCT n FROM a", name: "a").count == 20)
            }
        }

        @Test func copyIsRefused() async throws {
            try await withSession { session in
                _ = try await postgresError(.protocolViolation) {
                    try await session.run("COPY pg_class TO STDOUT", name: "copy.sql")
                }
                _ = try await postgresError(.closed) { try await session.run("SELECT 1", name: "next") }
            }
        }

        @Test func aKilledSessionSaysSo() async throws {
            try await withSession { session in
                let error = try await postgresError(.outcomeUnknown) {
                    try await session.run(
                        "SELECT pg_terminate_backend(pg_backend_pid()); SELECT pg_sleep(5)", name: "x")
                }
                #expect(error.statementName == "x")
                _ = try await postgresError(.closed) { try await session.run("SELECT 1", name: "next") }
            }
        }
    }
}
