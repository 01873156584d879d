import Testing

@testable import PostgresClient

extension DatabaseTests {
    @Suite struct ConnectionLossTests {
        let database = TestDatabase.current

        @Test func aBackendKilledMidQueryIsReportedAndReplaced() async throws {
            try await database.withPool(size: 1) { observer in
                try await database.withPool(size: 1) { pool in
                    let backend = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
                    let statement = PostgresStatement(name: "sleeper", sql: "SELECT pg_sleep(60)")
                    let running = Task { try await pool.query(statement) }
                    try await observer.until(
                        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(backend) AND wait_event = 'PgSleep')")
                    try await observer.expect("SELECT pg_terminate_backend(\(backend))", toAnswer: true)
                    let error = try await postgresError(.outcomeUnknown) { _ = try await running.value }
                    #expect(error.sqlState == .adminShutdown)
                    #expect(error.statementName == "sleeper")
                    #expect(!error.wasNeverSent)
                    try await pool.expect("SELECT 1", toAnswer: Int32(1))
                    #expect(pool.statistics.lost == 1)
                }
            }
        }

        @Test func anIdleConnectionThatWasEndedIsNoticed() async throws {
            try await database.withPool(size: 1) { observer in
                try await database.withPool(size: 1) { pool in
                    let backend = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
                    try await observer.expect("SELECT pg_terminate_backend(\(backend))", toAnswer: true)
                    while pool.statistics.open == 1 { await Task.yield() }
                    try await pool.expect("SELECT 1", toAnswer: Int32(1))
                }
            }
        }

        /// What stands behind the killed statement was certainly not executed.
        @Test func whatStoodBehindAKilledStatementIsKnownNotToHaveRun() async throws {
            try await database.withPool(size: 1) { pool in
                _ = try await pool.query("SELECT 1")
                let killed = Task {
                    try await postgresError {
                        _ = try await pool.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
                    }
                }
                let behind = (0..<10).map { number in
                    Task { () -> PostgresError? in
                        do {
                            _ = try await pool.query("SELECT \(number)")
                            return nil
                        } catch let error as PostgresError {
                            return error
                        }
                    }
                }
                #expect(try await killed.value.isOutcomeUnknown)
                // Those sent before, or over the next connection, succeeded.
                for task in behind {
                    if let error = try await task.value { #expect(error.code == .connectionLost, "\(error.debugDescription)") }
                }
            }
        }

        @Test func errorsOfALostConnectionHoldNoEarlierMessage() async throws {
            try await database.withPool(size: 1) { pool in
                _ = try await postgresError { _ = try await pool.query("SELECT \("plantedvalue")::int") }
                let error = try await postgresError {
                    _ = try await pool.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
                }
                #expect(!error.debugDescription.contains("planted"))
            }
        }
    }
}
