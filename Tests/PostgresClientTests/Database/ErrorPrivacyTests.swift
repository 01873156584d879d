import Foundation
import Logging
import Synchronization
import Testing

@testable import PostgresClient

extension DatabaseTests {
    /// No bound value comes to light in an error or a log.
    @Suite struct ErrorPrivacyTests {
        let database = TestDatabase.current
        static let planted = "planted 410308201003121234 张三"

        /// Statements that make the server quote what they were given.
        static let quoting: [(name: String, sql: String)] = [
            ("cast", "SELECT $1::text::int"),
            ("date", "SELECT $1::text::date"),
            ("json", "SELECT $1::text::json"),
            ("array", "SELECT $1::text::int[]"),
            ("unique", "INSERT INTO $schema.mark SELECT $1 FROM generate_series(1, 2)"),
            ("check", "INSERT INTO $schema.mark SELECT $1 || '!'"),
            ("length", "INSERT INTO $schema.brief SELECT $1"),
            ("raise", "SELECT $schema.refuse($1)"),
            ("detail", "SELECT $schema.refuse_in_detail($1)"),
            ("regex", "SELECT 'x' ~ ($1 || '[')"),
            ("role", "SELECT set_config('role', $1, false)"),
            ("setting", "SELECT set_config('statement_timeout', $1, false)"),
            ("enumeration", "SELECT $1::text::$schema.kind"),
            ("uuid", "SELECT $1::text::uuid"),
            ("exclusion", "INSERT INTO $schema.span SELECT $1, int4range(1, 3) FROM generate_series(1, 2)"),
        ]

        @Test(arguments: quoting.map(\.name))
        func valuesStayOutOfErrors(_ name: String) async throws {
            let sql = try Self.quoting.first { $0.name == name }.unwrapped.sql
            try await database.withSchema { schema in
                try await database.withPool(size: 1) { pool in
                    for text in Self.objects {
                        _ = try await pool.query("\(unsafeSQL: text.replacing("$schema", with: schema))")
                    }
                    let statement = PostgresStatement(
                        name: name, sql: sql.replacing("$schema", with: schema), binds: [Self.planted])
                    let error = try await postgresError(.server) { _ = try await pool.query(statement) }
                    #expect(error.statementName == name)
                    var dumped = ""
                    dump(error, to: &dumped)
                    let texts = [
                        error.description, error.debugDescription, "\(error)", String(reflecting: error), dumped,
                        error.localizedDescription, "\(error as any Error)", "\(Optional(error) as Any)",
                    ]
                    for text in texts {
                        for word in ["planted", "410308", "张三"] { #expect(!text.contains(word), "\(text)") }
                    }
                    #expect(error.debugDescription.contains(statement.sql))
                    #expect(error.debugDescription.contains("ErrorPrivacyTests.swift"))
                }
            }
        }

        static let objects = [
            "CREATE TABLE $schema.mark (name text CONSTRAINT mark_name_key UNIQUE CHECK (name NOT LIKE '%!'))",
            "CREATE TABLE $schema.brief (name varchar(5))",
            "CREATE TABLE $schema.span (name text, span int4range, EXCLUDE USING gist (span WITH &&))",
            "CREATE TYPE $schema.kind AS ENUM ('a')",
            """
            CREATE FUNCTION $schema.refuse(p text) RETURNS void LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'refused: "%"', p; END $$
            """,
            """
            CREATE FUNCTION $schema.refuse_in_detail(p text) RETURNS void LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'refused' USING DETAIL = p, HINT = p, ERRCODE = '23514'; END $$
            """,
        ]

        @Test func valuesStayOutOfLogs() async throws {
            let lines = Mutex<[String]>([])
            let logger = Logger(label: "test") { _ in
                var handler = RecordingHandler { line in lines.withLock { $0.append(line) } }
                handler.logLevel = .trace
                return handler
            }
            let pool = PostgresPool(configuration: database.configuration(), size: 1, logger: logger)
            _ = try await postgresError { _ = try await pool.query("SELECT \(Self.planted)::int") }
            _ = try await postgresError {
                try await pool.withTransaction { transaction in
                    _ = try await transaction.query("SELECT \(Self.planted), pg_terminate_backend(pg_backend_pid())")
                }
            }
            await pool.close()
            let session = try await PostgresScriptSession(configuration: database.configuration(), logger: logger)
            _ = try await postgresError { try await session.run("SELECT '\(Self.planted)'::int", name: "planted.sql") }
            await session.close()
            let found = lines.withLock { $0 }
            #expect(!found.isEmpty)
            #expect(!found.contains { $0.contains("410308") })
        }

        @Test func theServersWordsAreThereForWhoAsks() async throws {
            try await database.withPool(size: 1) { pool in
                let error = try await postgresError(.server) { _ = try await pool.query("SELECT \("abc")::int") }
                #expect(error.refusesData)
                #expect(error.sqlState == SQLState(rawValue: "22P02"))
                #expect(error.unsafeServerMessage?.contains("abc") == true)
                #expect(error.message == "invalid input syntax for type integer: \"…\"")
            }
        }
    }
}
