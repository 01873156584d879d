import Testing

@testable import PostgresClient

extension DatabaseTests {
    @Suite struct PoolQueryTests {
        let database = TestDatabase.current

        @Test func rowsAreReadByNameAndIndex() async throws {
            try await database.withPool { pool in
                let rows = try await pool.query("SELECT 7 AS seven, 'x' AS letter UNION ALL SELECT 8, NULL ORDER BY 1")
                #expect(rows.count == 2)
                #expect(rows.columnNames == ["seven", "letter"])
                #expect(try rows.map { try $0.decode("seven", as: Int32.self) } == [7, 8])
                #expect(try rows.map { try $0.decode(1, as: String?.self) } == ["x", nil])
                #expect(rows.commandTag == "SELECT 2")
            }
        }

        @Test func connectionsAreMadeWhenNeeded() async throws {
            try await database.withPool(size: 4) { pool in
                #expect(pool.statistics.open == 0)
                for _ in 0..<20 { _ = try await pool.query("SELECT 1") }
                #expect(pool.statistics.open == 1)
            }
        }

        @Test func manyCallersShareAFewConnections() async throws {
            try await database.withPool(size: 4) { pool in
                let backends = try await withThrowingTaskGroup(of: [Int32].self) { group in
                    for caller in 0..<64 {
                        group.addTask {
                            var backends: [Int32] = []
                            for round in 0..<50 {
                                let row = try await pool.query(
                                    "SELECT \(caller * 1000 + round) AS mine, pg_backend_pid() AS backend"
                                ).first
                                #expect(try row?.decode("mine", as: Int.self) == caller * 1000 + round)
                                backends.append(try row.unwrapped.decode("backend", as: Int32.self))
                            }
                            return backends
                        }
                    }
                    return try await group.reduce(into: Set<Int32>()) { $0.formUnion($1) }
                }
                #expect(backends.count == 4)
                #expect(pool.statistics.opened == 4)
            }
        }

        @Test func oneConnectionPipelines() async throws {
            // Each statement takes its time within one transaction of its own;
            // their answers come in the order of their sending.
            try await database.withPool(size: 1) { pool in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<64 {
                        group.addTask {
                            try await pool.expect("SELECT \(number)", toAnswer: number)
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(pool.statistics.opened == 1)
            }
        }

        @Test func aFailureLeavesItsNeighboursAlone() async throws {
            try await database.withPool(size: 1) { pool in
                let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<60 {
                        group.addTask {
                            do {
                                let value = try await pool.value("SELECT 6 / (\(number) % 3)::int", as: Int32.self)
                                #expect(number % 3 == 1 ? value == 6 : value == 3)
                                return false
                            } catch let error as PostgresError {
                                #expect(number % 3 == 0)
                                #expect(error.sqlState == SQLState(rawValue: "22012"))
                                return true
                            }
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(failures == 20)
                #expect(pool.statistics.discarded == 0)
            }
        }

        @Test func aFailedPreparationIsTriedAgain() async throws {
            try await database.withSchema { schema in
                try await database.withPool(size: 1) { pool in
                    let read: PostgresStatement = "SELECT a FROM \(unsafeSQL: schema).late"
                    let error = try await postgresError(.server) { _ = try await pool.query(read) }
                    #expect(error.sqlState == .undefinedTable)
                    _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).late AS SELECT 5 AS a")
                    try await pool.expect(read, toAnswer: Int32(5))
                }
            }
        }

        @Test func aStalePlanIsMadeAnew() async throws {
            try await database.withSchema { schema in
                try await database.withPool(size: 1) { pool in
                    let read: PostgresStatement = "SELECT * FROM \(unsafeSQL: schema).grows"
                    _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).grows AS SELECT 1 AS a")
                    #expect(try await pool.query(read).columnNames == ["a"])
                    _ = try await pool.query("ALTER TABLE \(unsafeSQL: schema).grows ADD COLUMN b int")
                    #expect(try await pool.query(read).columnNames == ["a", "b"])
                    _ = try await pool.query("DEALLOCATE ALL")
                    #expect(try await pool.query(read).columnNames == ["a", "b"])
                }
            }
        }

        @Test func statementsShowTheirNames() async throws {
            try await database.withPool { pool in
                let statement = PostgresStatement(
                    name: "who_am_i", sql: "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()")
                let text = try await pool.value(statement, as: String.self)
                #expect(text.hasPrefix("-- name: who_am_i\n"))
            }
        }

        @Test func aStatementThatTakesTooLongIsEndedByTheServer() async throws {
            try await database.withPool(size: 1) {
                $0.statementTimeout = .milliseconds(50)
            } _: { pool in
                let error = try await postgresError(.server) { _ = try await pool.query("SELECT pg_sleep(60)") }
                #expect(error.sqlState == .queryCanceled)
                #expect(error.isUnavailable && !error.wasNeverSent && !error.refusesData)
                _ = try await pool.query("SELECT 1")
                #expect(pool.statistics.opened == 1, "the connection is fine")
            }
        }

        @Test func sessionsHaveTheirSettings() async throws {
            try await database.withPool {
                $0.searchPath = "\"a b\", \"c\\d\""
                $0.idleInTransactionTimeout = .seconds(7)
            } _: { pool in
                try await pool.expect("SELECT current_setting('search_path')", toAnswer: "\"a b\", \"c\\d\"")
                try await pool.expect("SELECT current_setting('statement_timeout')", toAnswer: "30s")
                try await pool.expect("SELECT current_setting('idle_in_transaction_session_timeout')", toAnswer: "7s")
                try await pool.expect("SELECT current_setting('application_name') LIKE 'lk-%'", toAnswer: true)
            }
        }

        @Test func aTransactionLeftOpenCostsTheConnection() async throws {
            try await database.withPool(size: 1) { pool in
                let first = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
                _ = try await pool.query("BEGIN")
                #expect(try await pool.value("SELECT pg_backend_pid()", as: Int32.self) != first)
                #expect(pool.statistics.discarded == 1)
            }
        }

        @Test func copyCostsTheConnectionOnly() async throws {
            try await database.withPool(size: 1) { pool in
                _ = try await postgresError { _ = try await pool.query("COPY (SELECT 1) TO STDOUT") }
                try await pool.expect("SELECT 1", toAnswer: Int32(1))
            }
        }

        @Test func aClosedPoolRefuses() async throws {
            let pool = PostgresPool(configuration: database.configuration(), size: 1, logger: .quiet)
            _ = try await pool.query("SELECT 1")
            await pool.close()
            await pool.close()
            let error = try await postgresError(.closed) { _ = try await pool.query("SELECT 1") }
            #expect(error.isUnavailable && !error.wasNeverSent)
        }

        @Test func closingAnswersWhatIsOnTheWire() async throws {
            let configuration = database.configuration()
            let pool = PostgresPool(configuration: configuration, size: 1, logger: .quiet)
            try await database.withPool { observer in
                async let slow = pool.value("SELECT count(*) FROM pg_sleep(1)", as: Int.self)
                try await observer.untilWaiting(configuration.applicationName, "PgSleep")
                await pool.close()
                let answer = try await slow
                #expect(answer == 1)
                try await observer.untilGone(configuration.applicationName)
            }
        }

        @Test func theLastReferenceClosesThePool() async throws {
            let configuration = database.configuration()
            var pool: PostgresPool? = PostgresPool(configuration: configuration, size: 2, logger: .quiet)
            _ = try await pool?.query("SELECT 1")
            try await database.withPool(size: 1) { observer in
                try await observer.expect(
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name = \(configuration.applicationName)",
                    toAnswer: 1)
                pool = nil
                try await observer.untilGone(configuration.applicationName)
            }
        }
    }
}
