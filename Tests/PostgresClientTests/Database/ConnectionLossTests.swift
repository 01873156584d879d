import Logging
import Synchronization
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
                        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(backend) AND wait_event = 'PgSleep')"
                    )
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

        /// What stands behind the killed statement on the wire is told the
        /// truth: what is said not to have happened has not, what is said to
        /// have happened has.
        @Test(arguments: 0..<10)
        func whatStoodBehindAKilledStatementIsToldTheTruth(_ round: Int) async throws {
            try await database.withSchema { schema in
                try await database.withPool(size: 1) { pool in
                    _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).mark (n int)")
                    let killed = Task {
                        try await postgresError {
                            _ = try await pool.query("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
                        }
                    }
                    let behind = (0..<10).map { number in
                        Task { () -> PostgresError? in
                            do {
                                _ = try await pool.query(
                                    "INSERT INTO \(unsafeSQL: schema).mark VALUES (\(Int32(number)))")
                                return nil
                            } catch let error as PostgresError {
                                return error
                            }
                        }
                    }
                    let error = try await killed.value
                    #expect(error.isOutcomeUnknown && error.sqlState == .adminShutdown)
                    for (number, task) in behind.enumerated() {
                        let error = try await task.value
                        let isThere = try await pool.value(
                            "SELECT EXISTS (SELECT FROM \(unsafeSQL: schema).mark WHERE n = \(Int32(number)))",
                            as: Bool.self)
                        switch error?.code {
                        case nil: #expect(isThere)
                        case .some(.connectionLost): #expect(!isThere)
                        default: #expect(error?.isOutcomeUnknown == true)
                        }
                    }
                }
            }
        }

        @Test func theServersLastWordsToAnIdleConnectionAreHeard() async throws {
            let words = Mutex<[String]>([])
            let logger = Logger(label: "test") { _ in RecordingHandler { line in words.withLock { $0.append(line) } } }
            try await database.withPool(size: 1) { observer in
                let pool = PostgresPool(configuration: database.configuration(), size: 1, logger: logger)
                let backend = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
                try await observer.expect("SELECT pg_terminate_backend(\(backend))", toAnswer: true)
                while pool.statistics.open == 1 { await Task.yield() }
                await pool.close()
            }
            #expect(
                words.withLock { $0 }.contains { $0.contains("terminating connection due to administrator command") })
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
