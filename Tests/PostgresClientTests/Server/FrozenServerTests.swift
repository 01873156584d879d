import Foundation
import TestProcesses
import Testing

@testable import PostgresClient

/// A server that takes what is sent and does nothing any more, and one that
/// takes no writes any more: the next connection is another's.
@Suite(.ownServer, .serialized) struct FrozenServerTests {
    let database = TestDatabase.current

    @Test(.timeLimit(.minutes(1))) func aSessionThatIsFrozenIsGivenUpInTime() async throws {
        try await database.withPool(size: 1, configuration: { $0.silenceTimeout = .milliseconds(300) }) { pool in
            let session = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
            kill(session, SIGSTOP)
            defer { kill(session, SIGCONT) }
            // Sent, and never answered: it may have been carried out.
            let error = try await postgresError(.outcomeUnknown) { _ = try await pool.query("SELECT 1") }
            #expect(error.message == "the server did not answer in time")
            try await pool.expect("SELECT 1", toAnswer: Int32(1))
            #expect(pool.statistics.lost == 1)
        }
    }

    /// Silence is the server's, not the caller's: an idle connection stays.
    @Test func whoOwesNothingMayBeSilent() async throws {
        try await database.withPool(size: 1, configuration: { $0.silenceTimeout = .milliseconds(100) }) { pool in
            let session = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
            try await Task.sleep(for: .milliseconds(300))
            try await pool.expect("SELECT pg_backend_pid()", toAnswer: session)
            #expect(pool.statistics.lost == 0)
        }
    }

    @Test func aServerThatTakesNoWritesIsLeft() async throws {
        try await database.withSchema { schema in
            try await database.withPool(size: 1) { pool in
                _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).mark (n int)")
                let session = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
                _ = try await pool.query("SET default_transaction_read_only = on")
                let error = try await postgresError(.server) {
                    _ = try await pool.query("INSERT INTO \(unsafeSQL: schema).mark VALUES (1)")
                }
                #expect(error.sqlState == .readOnlyTransaction && error.isUnavailable && error.wasNeverSent)
                _ = try await pool.query("INSERT INTO \(unsafeSQL: schema).mark VALUES (2)")
                #expect(try await pool.value("SELECT pg_backend_pid()", as: Int32.self) != session)
            }
        }
    }
}
