import Testing

@testable import PostgresClient

extension DatabaseTests {
    @Suite struct PoolExhaustionTests {
        let database = TestDatabase.current

        @Test func whoWaitsTooLongIsTold() async throws {
            var limits = PostgresPool.Limits()
            limits.waitTimeout = .milliseconds(500)
            try await database.withPool(size: 2, limits: limits) { pool in
                try await pool.withTransaction { first in
                    _ = try await first.query("SELECT 1")
                    try await pool.withTransaction { second in
                        _ = try await second.query("SELECT 1")
                        let error = try await postgresError(.poolExhausted) { _ = try await pool.query("SELECT 1") }
                        #expect(error.wasNeverSent && error.isUnavailable && !error.isOutcomeUnknown)
                        #expect(error.message == "2 of 2 connections, 2 in transactions, were busy all the time")
                        _ = try await postgresError(.poolExhausted) { try await pool.withTransaction { _ in } }
                    }
                    try await pool.expect("SELECT 1", toAnswer: Int32(1))
                }
                #expect(pool.statistics.opened == 2)
            }
        }

        @Test func theQueueIsBounded() async throws {
            var limits = PostgresPool.Limits()
            limits.maximumWaiters = 2
            try await database.withPool(size: 1, limits: limits) { pool in
                try await pool.withTransaction { transaction in
                    _ = try await transaction.query("SELECT 1")
                    let waiting = (0..<2).map { _ in Task { try await pool.value("SELECT 1", as: Int32.self) } }
                    while pool.statistics.waiting < 2 { await Task.yield() }
                    let error = try await postgresError(.poolExhausted) { _ = try await pool.query("SELECT 1") }
                    #expect(error.message == "2 callers wait already")
                    for task in waiting { task.cancel() }
                    for task in waiting {
                        await #expect(throws: CancellationError.self) { _ = try await task.value }
                    }
                }
            }
        }

        @Test func whoWaitsIsServedInOrder() async throws {
            try await database.withPool(size: 1) { pool in
                try await database.withSchema { schema in
                    _ = try await pool.query(
                        "CREATE TABLE \(unsafeSQL: schema).line (id int GENERATED ALWAYS AS IDENTITY, n int)")
                    let tasks = try await pool.withTransaction { transaction in
                        _ = try await transaction.query("SELECT 1")
                        var tasks: [Task<Void, any Error>] = []
                        for number in 0..<10 {
                            tasks.append(
                                Task {
                                    _ = try await pool.query(
                                        "INSERT INTO \(unsafeSQL: schema).line (n) VALUES (\(Int32(number)))")
                                })
                            while pool.statistics.waiting <= number { await Task.yield() }
                        }
                        return tasks
                    }
                    for task in tasks { try await task.value }
                    try await pool.expect(
                        "SELECT array_agg(n ORDER BY id) FROM \(unsafeSQL: schema).line",
                        toAnswer: (0..<10).map { Int32($0) })
                }
            }
        }

        @Test func closingFailsWhoWaits() async throws {
            let pool = PostgresPool(configuration: database.configuration(), size: 1, logger: .quiet)
            do {
                try await pool.withTransaction { transaction in
                    _ = try await transaction.query("SELECT 1")
                    let waiting = Task { try await pool.query("SELECT 1") }
                    while pool.statistics.waiting == 0 { await Task.yield() }
                    await pool.close()
                    _ = try await postgresError(.closed) { _ = try await waiting.value }
                }
                Issue.record("the transaction cannot have committed")
            } catch let error as PostgresError {
                #expect(error.code == .connectionLost)
                #expect(error.transactionPhase == .commit)
            }
        }
    }
}
