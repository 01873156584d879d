import Foundation
import TestProcesses
import Testing

@testable import PostgresClient

/// What needs a server that may be stopped, or that asks for passwords. The
/// tests take turns, because each is to find the server running.
@Suite(.ownServer, .serialized) struct ServerTests {
    let database = TestDatabase.current

    private var cluster: TestCluster {
        get throws { try database.cluster.unwrapped }
    }

    private func pool(_ connectionString: String, size: Int = 1) -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(connectionString: connectionString), size: size, logger: .quiet)
    }

    /// The error a pool's query ends with.
    private func failure(_ pool: PostgresPool, _ code: PostgresError.Code = .connectFailed) async throws
        -> PostgresError
    {
        try await postgresError(code) { _ = try await pool.query("SELECT 1") }
    }

    // MARK: Refusals

    @Test(.timeLimit(.minutes(1))) func aWrongPasswordIsToldAtOnce() async throws {
        try await database.withPool(size: 1) { administrator in
            _ = try await administrator.query("CREATE ROLE lk_user LOGIN PASSWORD 'right'")
            let right = pool(try cluster.connectionString(user: "lk_user", password: "right"))
            try await right.expect("SELECT current_user::text", toAnswer: "lk_user")
            await right.close()

            let wrong = pool(try cluster.connectionString(user: "lk_user", password: "secretvalue"), size: 4)
            let start = ContinuousClock.now
            for _ in 0..<5 {
                let error = try await failure(wrong)
                #expect(error.sqlState == .invalidPassword)
                #expect(error.description == "no connection to the database (28P01)")
                #expect(error.message.hasSuffix("FATAL: password authentication failed for user \"lk_user\""))
                #expect(error.isUnavailable && error.wasNeverSent)
                #expect(!error.debugDescription.contains("secretvalue"))
            }
            #expect(ContinuousClock.now - start < .seconds(2))
            await wrong.close()
            _ = try await administrator.query("DROP ROLE lk_user")
        }
    }

    @Test func theSessionAndListenerTellAWrongPasswordToo() async throws {
        let configuration = PostgresConfiguration(
            connectionString: try cluster.connectionString(user: "postgres", password: "wrong"))
        let error = try await postgresError(.connectFailed) {
            _ = try await PostgresScriptSession(configuration: configuration, logger: .quiet)
        }
        #expect(error.sqlState == .invalidPassword)
        // It keeps trying until it is cancelled: its subscribers poll meanwhile.
        let listener = PostgresListener(configuration: configuration, channels: ["c"], logger: .quiet)
        let running = Task { await listener.run() }
        running.cancel()
        await running.value
    }

    @Test func anUnknownDatabaseIsTold() async throws {
        let pool = pool(database.connectionString + " dbname=absent")
        #expect(try await failure(pool).sqlState == SQLState(rawValue: "3D000"))
        await pool.close()
    }

    @Test func aConnectionRefusedIsTold() async throws {
        let pool = pool("host=127.0.0.1 port=\(try TestCluster.freePort())")
        let error = try await failure(pool)
        #expect(error.message.contains("Connection refused"))
        #expect(error.wasNeverSent && error.isUnavailable && error.sqlState == nil)
        await pool.close()
    }

    @Test func aMalformedConnectionStringIsToldWithoutItsText() async throws {
        let pool = pool("host=localhost password=abc secretvalue")
        let error = try await failure(pool)
        #expect(error.message.hasPrefix("the connection string is malformed: missing"))
        #expect(!error.debugDescription.contains("secretvalue"))
        await pool.close()
    }

    @Test func tooManyConnectionsAreNotFatalToThoseThatServe() async throws {
        try await database.withPool(size: 1) { administrator in
            _ = try await administrator.query("CREATE ROLE lk_narrow LOGIN PASSWORD 'p' CONNECTION LIMIT 2")
            let pool = pool(try cluster.connectionString(user: "lk_narrow", password: "p"), size: 8)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 { group.addTask { try await pool.expect("SELECT \(number)", toAnswer: number) } }
                try await group.waitForAll()
            }
            while pool.statistics.connecting > 0 { await Task.yield() }
            #expect((1...2).contains(pool.statistics.open))
            #expect(pool.statistics.failedAttempts > 0)
            await pool.close()
            _ = try await administrator.query("DROP ROLE lk_narrow")
        }
    }

    @Test func aSilentServerIsGivenUpInTime() async throws {
        // It takes connections, and never says a word.
        let silent = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(silent) }
        let folder = try cluster.folder
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(folder)/.s.PGSQL.1".utf8)) }
        let isListening = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(silent, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(silent, 8) == 0
            }
        }
        #expect(isListening)
        var configuration = PostgresConfiguration(connectionString: "host=\(folder) port=1 user=postgres")
        configuration.connectTimeout = .milliseconds(100)
        let pool = PostgresPool(configuration: configuration, size: 1, logger: .quiet)
        let error = try await failure(pool)
        #expect(error.message == "the server at \"\(folder)\", port 1, did not answer in time")
        await pool.close()

        // With a second host behind it, it costs its time only.
        configuration.connectionString =
            "host=\(folder),\(folder) port=1,\(try cluster.port) user=postgres dbname=postgres"
        let second = PostgresPool(configuration: configuration, size: 1, logger: .quiet)
        try await second.expect("SELECT 1", toAnswer: Int32(1))
        await second.close()
    }

    // MARK: Several hosts

    @Test func severalHostsAreTriedInOrder() async throws {
        let folder = try cluster.folder
        let port = try cluster.port
        let strings = [
            "host=/nowhere,\(folder) port=\(port) user=postgres dbname=postgres target_session_attrs=read-write",
            "host=\(folder),/nowhere port=\(port),1 user=postgres dbname=postgres",
            "postgresql://postgres@/postgres?host=/nowhere,\(folder)&port=1,\(port)&target_session_attrs=read-write",
            "host=127.0.0.1,\(folder) port=\(try TestCluster.freePort()),\(port) user=postgres dbname=postgres",
        ]
        for string in strings {
            let pool = pool(string)
            try await pool.expect("SELECT 1", toAnswer: Int32(1))
            await pool.close()
        }
        let nobody = pool("host=/nowhere,/neither port=1 user=postgres")
        let error = try await failure(nobody)
        #expect(error.message.contains("/nowhere") && error.message.contains("/neither"))
        await nobody.close()
    }

    @Test func onlyAServerThatWritesWillDo() async throws {
        let string = database.connectionString + " options='-c default_transaction_read_only=on'"
        let any = pool(string)
        try await any.expect("SHOW transaction_read_only", toAnswer: "on")
        await any.close()
        let writing = pool(string + " target_session_attrs=read-write")
        #expect(try await failure(writing).message.contains("read-only"))
        await writing.close()
    }

    // MARK: The server goes and comes

    @Test(.timeLimit(.minutes(2))) func aServerRestartedUnderLoadIsFoundAgain() async throws {
        let cluster = try cluster
        try await database.withSchema { schema in
            try await database.withPool(size: 4) { pool in
                _ = try await pool.query("CREATE TABLE \(unsafeSQL: schema).mark (n int PRIMARY KEY)")
                // Each writer writes each number until that is known to have
                // happened; nothing may be lost, and nothing refused but a
                // repetition of what had an unknown outcome.
                let writers = (0..<16).map { writer in
                    Task {
                        for number in 0..<200 {
                            try await Self.write(writer * 1000 + number, to: schema, over: pool)
                        }
                    }
                }
                try await pool.until("SELECT count(*) > 100 FROM \(unsafeSQL: schema).mark")
                try await cluster.stop(mode: "immediate")
                let error = try await failure(pool)
                #expect(error.wasNeverSent && error.isUnavailable)
                try await cluster.start()
                for writer in writers { try await writer.value }
                try await pool.expect("SELECT count(*) FROM \(unsafeSQL: schema).mark", toAnswer: 3200)
            }
        }
    }

    private static func write(_ number: Int, to schema: String, over pool: PostgresPool) async throws {
        var isInDoubt = false
        while true {
            do {
                _ = try await pool.query("INSERT INTO \(unsafeSQL: schema).mark VALUES (\(Int32(number)))")
                return
            } catch let error as PostgresError {
                if isInDoubt, error.sqlState == .uniqueViolation { return }
                isInDoubt = isInDoubt || error.isOutcomeUnknown
                guard error.wasNeverSent || error.isOutcomeUnknown else { throw error }
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func aServerCutOffMidStatementIsAnUnknownOutcome() async throws {
        let cluster = try cluster
        try await database.withPool(size: 1) { pool in
            let running = Task { try await pool.query("SELECT pg_sleep(60)") }
            try await database.withPool(size: 1) { observer in
                try await observer.until("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')")
            }
            try await cluster.stop(mode: "immediate")
            let error = try await postgresError(.outcomeUnknown) { _ = try await running.value }
            #expect(!error.wasNeverSent)
            try await cluster.start()
            try await pool.expect("SELECT 1", toAnswer: Int32(1))
        }
    }

    /// A fast shutdown waits for the archiver or a checkpoint; meanwhile the
    /// server answers 57P03. Here recovery takes its time instead.
    @Test(.timeLimit(.minutes(1))) func aServerThatIsNotReadyIsToldAsSuch() async throws {
        let cluster = try cluster
        // A standby without hot standby takes no connections.
        try await cluster.stop(mode: "fast")
        let signal = cluster.folder + "/data/standby.signal"
        #expect(FileManager.default.createFile(atPath: signal, contents: Data()))
        try await cluster.launchWithoutWaiting(options: ["-c hot_standby=off"])
        let pool = pool(database.connectionString)
        var error = try await failure(pool)
        while error.sqlState != .cannotConnectNow { error = try await failure(pool) }
        #expect(error.wasNeverSent && error.isUnavailable)
        try await cluster.stop(mode: "immediate")
        try FileManager.default.removeItem(atPath: signal)
        try await cluster.start()
        try await pool.expect("SELECT 1", toAnswer: Int32(1))
        await pool.close()
    }

    /// Here because the server process is stopped.
    @Test(.timeLimit(.minutes(1))) func aCancelledStatementThatDoesNotEndIsCutOff() async throws {
        try await database.withPool(size: 1) {
            $0.drainTimeout = .milliseconds(100)
        } _: { pool in
            let backend = try await pool.value("SELECT pg_backend_pid()", as: Int32.self)
            let running = Task { try await pool.query("SELECT pg_sleep(60)") }
            try await database.withPool(size: 1) { observer in
                try await observer.until(
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(backend) AND wait_event = 'PgSleep')")
            }
            #expect(kill(backend, SIGSTOP) == 0)
            running.cancel()
            let error = try await postgresError(.outcomeUnknown) { _ = try await running.value }
            #expect(error.message == "a cancelled statement did not end in time")
            try await pool.expect("SELECT 1", toAnswer: Int32(1))
            #expect(kill(backend, SIGCONT) == 0)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aListenerSurvivesARestart() async throws {
        let cluster = try cluster
        let listener = PostgresListener(
            configuration: database.configuration(), channels: ["restart"], logger: .quiet)
        var events = listener.subscribe().makeAsyncIterator()
        let running = Task { await listener.run() }
        #expect(await events.next() == .mayHaveMissedSomething)
        try await cluster.stop(mode: "immediate")
        try await cluster.start()
        #expect(await events.next() == .mayHaveMissedSomething)
        running.cancel()
        await running.value
    }

    /// A connection on which nothing arrives any more, here because its
    /// server process is stopped, is noticed by the missing echo.
    @Test(.timeLimit(.minutes(1))) func aListenerNoticesSilence() async throws {
        var timing = PostgresListener.Timing()
        timing.probeInterval = .milliseconds(20)
        timing.probeTimeout = .milliseconds(200)
        let configuration = database.configuration()
        let listener = PostgresListener(
            configuration: configuration, channels: ["silence"], timing: timing, logger: .quiet)
        var events = listener.subscribe().makeAsyncIterator()
        let running = Task { await listener.run() }
        #expect(await events.next() == .mayHaveMissedSomething)
        try await database.withPool(size: 1) { pool in
            let backend = try await pool.value(
                "SELECT pid FROM pg_stat_activity WHERE application_name = \(configuration.applicationName)",
                as: Int32.self)
            #expect(kill(backend, SIGSTOP) == 0)
            #expect(await events.next() == .mayHaveMissedSomething)
            #expect(kill(backend, SIGCONT) == 0)
            _ = try await pool.query("SELECT pg_notify('silence', 'x')")
            #expect(await events.next() == .notification(PostgresNotification(channel: "silence", payload: "x")))
        }
        running.cancel()
        await running.value
    }
}
