import Testing

@testable import PostgresClient

extension DatabaseTests {
    @Suite struct PoolCancellationTests {
        let database = TestDatabase.current

        /// Runs a body while another connection holds an advisory lock; the
        /// body may let it go.
        private func whileLocked(
            _ key: Int64, _ body: (_ observer: PostgresPool, _ release: () async throws -> Void) async throws -> Void,
        ) async throws {
            try await database.withPool(size: 1) { holder in
                try await database.withPool(size: 1) { observer in
                    _ = try await holder.query("SELECT pg_advisory_lock(\(key))")
                    try await body(observer) { _ = try await holder.query("SELECT pg_advisory_unlock(\(key))") }
                }
            }
        }

        private static func isBlocked(_ key: Int64, count: Int = 1) -> PostgresStatement {
            """
            SELECT count(*) = \(count) FROM pg_locks
            WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = \(key) AND NOT granted
            """
        }

        /// Case 1: it waits for a connection.
        @Test func aWaiterLeavesTheQueue() async throws {
            try await database.withPool(size: 1) { pool in
                try await pool.withTransaction { transaction in
                    let waiting = Task { try await pool.query("SELECT 1") }
                    while pool.statistics.waiting == 0 { await Task.yield() }
                    waiting.cancel()
                    await #expect(throws: CancellationError.self) { _ = try await waiting.value }
                    #expect(pool.statistics.waiting == 0)
                    _ = try await transaction.query("SELECT 1")
                }
                #expect(pool.statistics.discarded == 0)
            }
        }

        /// Case 2: it was not sent yet.
        @Test func whatWasNotSentIsDropped() async throws {
            try await database.withSchema { schema in
                try await database.withPool(size: 1) { pool in
                    _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).mark (n int)")
                    let cancelled = Task {
                        withUnsafeCurrentTask { $0?.cancel() }
                        _ = try await pool.query("INSERT INTO \(unsafeSQL: schema).mark VALUES (1)")
                    }
                    await #expect(throws: CancellationError.self) { try await cancelled.value }
                    try await pool.expect("SELECT count(*) FROM \(unsafeSQL: schema).mark", toAnswer: 0)
                    #expect(pool.statistics.discarded == 0)
                    #expect(pool.statistics.opened == 1)
                }
            }
        }

        /// Case 3: it runs.
        @Test func whatRunsIsInterruptedAndItsConnectionClosed() async throws {
            let key = Int64.random(in: 0...Int64.max >> 1)
            try await whileLocked(key) { observer, release in
                try await database.withPool(size: 1) { pool in
                    let first = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
                    let running = Task { try await pool.query("SELECT pg_advisory_lock(\(key))") }
                    try await observer.until(Self.isBlocked(key))
                    running.cancel()
                    await #expect(throws: CancellationError.self) { _ = try await running.value }
                    let second = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
                    #expect(second != first)
                    #expect(pool.statistics.discarded == 1)
                    try await observer.until("SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(first))")
                }
                try await release()
            }
        }

        @Test func neighboursOfACancelledStatementAreAnswered() async throws {
            let key = Int64.random(in: 0...Int64.max >> 1)
            try await whileLocked(key) { observer, release in
                try await database.withPool(size: 1) { pool in
                    _ = try await pool.query("SELECT 1")
                    // Both are on the wire of one connection; the first runs.
                    let first = Task { try await pool.query("SELECT pg_advisory_xact_lock_shared(\(key))") }
                    let second = Task { try await pool.value("SELECT 2", as: Int32.self) }
                    try await observer.until(Self.isBlocked(key))
                    second.cancel()
                    try await release()
                    _ = try await first.value
                    // The second was answered, interrupted or dropped, but
                    // never took the first with it.
                    do { #expect(try await second.value == 2) } catch is CancellationError {}
                }
            }
        }

        /// A cancellation that arrives late hits whatever runs then: PgBouncer
        /// #717, gel #2257.
        @Test func aLateCancelNeverKillsTheNextQuery() async throws {
            try await database.withPool(size: 1) { pool in
                for round in 0..<100 {
                    let brief = Task { try await pool.query("SELECT pg_sleep(0.001)") }
                    for _ in 0..<round { await Task.yield() }
                    brief.cancel()
                    do { _ = try await brief.value } catch is CancellationError {}
                    for number in 0..<3 { try await pool.expect("SELECT \(number), pg_sleep(0.001)", toAnswer: number) }
                }
            }
        }

        @Test func aStormOfCancellationsLeavesNothingBehind() async throws {
            try await database.withPool(size: 3) { pool in
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<200 {
                        group.addTask {
                            let task = Task { try await pool.query("SELECT pg_sleep(0.002), \(number)") }
                            for _ in 0..<(number % 50) { await Task.yield() }
                            if number % 2 == 0 { task.cancel() }
                            do {
                                let rows = try await task.value
                                #expect(try rows.first?.decode(1, as: Int.self) == number)
                            } catch {
                                #expect(number % 2 == 0 && error is CancellationError, "\(error)")
                            }
                        }
                    }
                }
                try await pool.expect("SELECT 1", toAnswer: Int32(1))
            }
        }

        @Test func aCancelledTransactionRollsBack() async throws {
            let key = Int64.random(in: 0...Int64.max >> 1)
            try await database.withSchema { schema in
                try await whileLocked(key) { observer, release in
                    try await database.withPool(size: 1) { pool in
                        _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).mark (n int)")
                        let task = Task {
                            try await pool.withTransaction { transaction in
                                _ = try await transaction.query("INSERT INTO \(unsafeSQL: schema).mark VALUES (1)")
                                _ = try await transaction.query("SELECT pg_advisory_lock(\(key))")
                            }
                        }
                        try await observer.until(Self.isBlocked(key))
                        task.cancel()
                        await #expect(throws: CancellationError.self) { try await task.value }
                        try await pool.expect("SELECT count(*) FROM \(unsafeSQL: schema).mark", toAnswer: 0)
                    }
                    try await release()
                }
            }
        }
    }
}
