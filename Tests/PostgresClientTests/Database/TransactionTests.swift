import Testing

@testable import PostgresClient

extension DatabaseTests {
    @Suite struct TransactionTests {
        let database = TestDatabase.current

        private struct Refusal: Error {}

        /// A pool, and a table `mark (n int)` with the name given.
        private func withTable(
            size: Int = 2, _ body: (PostgresPool, _ table: String) async throws -> Void,
        ) async throws {
            try await database.withSchema { schema in
                try await database.withPool(size: size) { pool in
                    _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).mark (n int PRIMARY KEY)")
                    try await body(pool, schema + ".mark")
                }
            }
        }

        @Test func itCommitsOnReturn() async throws {
            try await withTable { pool, table in
                let count = try await pool.withTransaction { transaction in
                    _ = try await transaction.query("INSERT INTO \(unsafeSQL: table) VALUES (1), (2)")
                    try await pool.expect("SELECT count(*) FROM \(unsafeSQL: table)", toAnswer: 0)
                    return try await transaction.query("SELECT FROM \(unsafeSQL: table)").count
                }
                #expect(count == 2)
                try await pool.expect("SELECT count(*) FROM \(unsafeSQL: table)", toAnswer: 2)
            }
        }

        @Test func itRollsBackOnThrow() async throws {
            try await withTable(size: 1) { pool, table in
                await #expect(throws: Refusal.self) {
                    try await pool.withTransaction { transaction in
                        _ = try await transaction.query("INSERT INTO \(unsafeSQL: table) VALUES (1)")
                        throw Refusal()
                    }
                }
                try await pool.expect("SELECT count(*) FROM \(unsafeSQL: table)", toAnswer: 0)
                #expect(pool.statistics.opened == 1)
            }
        }

        @Test func anEmptyBlockCostsNothing() async throws {
            try await database.withPool(size: 1) { pool in
                try await pool.withTransaction { _ in }
                await #expect(throws: Refusal.self) { try await pool.withTransaction { _ in throw Refusal() } }
                #expect(pool.statistics.leased == 0)
            }
        }

        @Test func errorsKeepThePhasesApart() async throws {
            try await withTable { pool, table in
                let body = try await postgresError(.server) {
                    try await pool.withTransaction { transaction in
                        _ = try await transaction.query("INSERT INTO \(unsafeSQL: table) VALUES (1), (1)")
                    }
                }
                #expect(body.transactionPhase == .body)
                #expect(body.sqlState == .uniqueViolation)
                #expect(body.constraint == "mark_pkey")
                _ = try await pool.query(
                    """
                    CREATE TABLE \(unsafeSQL: table)_child (
                        n int REFERENCES \(unsafeSQL: table) (n) DEFERRABLE INITIALLY DEFERRED)
                    """)
                let commit = try await postgresError(.server) {
                    try await pool.withTransaction { transaction in
                        _ = try await transaction.query("INSERT INTO \(unsafeSQL: table)_child VALUES (77)")
                    }
                }
                #expect(commit.transactionPhase == .commit)
                #expect(commit.sqlState == .foreignKeyViolation)
                // The same outside of a block: judged at the synchronisation.
                let alone = try await postgresError(.server) {
                    _ = try await pool.query("INSERT INTO \(unsafeSQL: table)_child VALUES (77)")
                }
                #expect(alone.sqlState == .foreignKeyViolation)
                #expect(alone.transactionPhase == nil)
            }
        }

        @Test func aSwallowedFailureIsNoCommit() async throws {
            try await withTable(size: 1) { pool, table in
                let error = try await postgresError(.transactionAborted) {
                    try await pool.withTransaction { transaction in
                        _ = try await transaction.query("INSERT INTO \(unsafeSQL: table) VALUES (1)")
                        do { _ = try await transaction.query("SELECT 1/0") } catch is PostgresError {}
                        let second = try await postgresError(.server) { _ = try await transaction.query("SELECT 1") }
                        #expect(second.sqlState == .inFailedTransaction)
                    }
                }
                #expect(error.transactionPhase == .commit)
                try await pool.expect("SELECT count(*) FROM \(unsafeSQL: table)", toAnswer: 0)
                #expect(pool.statistics.opened == 1)
            }
        }

        @Test func transactionsHaveTheirConnectionToThemselves() async throws {
            try await database.withPool(size: 2) { pool in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<40 {
                        group.addTask {
                            try await pool.withTransaction { transaction in
                                _ = try await transaction.query(
                                    "SELECT set_config('lk.mine', \(String(number)), true)")
                                for _ in 0..<3 {
                                    let row = try await transaction.query("SELECT current_setting('lk.mine')").first
                                    #expect(try row?.decode(0, as: String.self) == String(number))
                                }
                            }
                        }
                        group.addTask {
                            let mine = try await pool.value("SELECT current_setting('lk.mine', true)", as: String?.self)
                            #expect(mine ?? "" == "")
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test func isolationAndReadOnlyAreAsAsked() async throws {
            try await withTable { pool, table in
                let error = try await postgresError(.server) {
                    try await pool.withTransaction(isolation: .serializable, isReadOnly: true) { transaction in
                        let level = try await transaction.query("SHOW transaction_isolation").first
                        #expect(try level?.decode(0, as: String.self) == "serializable")
                        _ = try await transaction.query("INSERT INTO \(unsafeSQL: table) VALUES (1)")
                    }
                }
                #expect(error.sqlState == SQLState(rawValue: "25006"))
            }
        }

        @Test func aRepeatableBlockRunsAgainAfterASerializationFailure() async throws {
            try await withTable(size: 4) { pool, table in
                _ = try await pool.query("INSERT INTO \(unsafeSQL: table) VALUES (0)")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            try await pool.withTransaction(isolation: .serializable, isRepeatable: true) {
                                transaction in
                                _ = try await transaction.query("UPDATE \(unsafeSQL: table) SET n = n + 1")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                try await pool.expect("SELECT n FROM \(unsafeSQL: table)", toAnswer: Int32(3))
            }
        }

        @Test func aTransientFailureIsNotRepeatedUnasked() async throws {
            try await database.withPool(size: 1) { pool in
                var runs = 0
                let error = try await postgresError(.server) {
                    try await pool.withTransaction { transaction in
                        runs += 1
                        _ = try await transaction.query(
                            "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'serialization_failure'; END $$")
                    }
                }
                #expect(error.isTransient)
                #expect(runs == 1)
            }
        }

        @Test func losingTheConnectionWithinABlockIsNoUnknownOutcome() async throws {
            try await withTable(size: 1) { pool, table in
                let error = try await postgresError(.connectionLost) {
                    try await pool.withTransaction { transaction in
                        _ = try await transaction.query("INSERT INTO \(unsafeSQL: table) VALUES (1)")
                        _ = try await transaction.query("SELECT pg_terminate_backend(pg_backend_pid())")
                    }
                }
                #expect(error.wasNeverSent && !error.isOutcomeUnknown)
                #expect(error.sqlState == .adminShutdown)
                try await pool.expect("SELECT count(*) FROM \(unsafeSQL: table)", toAnswer: 0)
            }
        }

        @Test func losingTheConnectionAtCommitIsAnUnknownOutcome() async throws {
            try await withTable(size: 1) { pool, table in
                // Runs within COMMIT.
                _ = try await pool.query(
                    """
                    CREATE FUNCTION \(unsafeSQL: table)_die() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$
                    """)
                _ = try await pool.query(
                    """
                    CREATE CONSTRAINT TRIGGER die AFTER INSERT ON \(unsafeSQL: table) DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION \(unsafeSQL: table)_die()
                    """)
                let error = try await postgresError(.outcomeUnknown) {
                    try await pool.withTransaction { transaction in
                        _ = try await transaction.query("INSERT INTO \(unsafeSQL: table) VALUES (1)")
                    }
                }
                #expect(error.isOutcomeUnknown && !error.wasNeverSent)
                #expect(error.transactionPhase == .commit)
                #expect(pool.statistics.leased == 0)
                try await pool.expect("SELECT count(*) FROM \(unsafeSQL: table)", toAnswer: 0)
            }
        }
    }
}
