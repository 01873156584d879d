import Foundation
import Logging
import TestProcesses
import Testing

@testable import PostgresClient

/// The server a suite runs against, and what its tests make there.
struct TestDatabase: Sendable {
    @TaskLocal static var current = TestDatabase(connectionString: "", cluster: nil)

    let connectionString: String
    /// Nil when the server is not the suite's own.
    let cluster: TestCluster?

    /// A configuration under an application name of its own, by which its
    /// sessions are found in `pg_stat_activity`.
    func configuration(_ change: (inout PostgresConfiguration) -> Void = { _ in }) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(
            connectionString: connectionString, applicationName: "lk-\(UInt64.random(in: 0...UInt64.max))")
        change(&configuration)
        return configuration
    }

    /// Runs a body with a pool, closes it, and checks that nothing is left of it.
    func withPool<Result>(
        size: Int = 2, limits: PostgresPool.Limits = PostgresPool.Limits(),
        configuration change: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresPool) async throws -> Result,
    ) async throws -> Result {
        let configuration = configuration(change)
        let pool = PostgresPool(configuration: configuration, size: size, limits: limits, logger: .quiet)
        let result: Result
        do {
            result = try await body(pool)
        } catch {
            await pool.close()
            throw error
        }
        #expect(pool.statistics.leased == 0, "a connection is still leased")
        #expect(pool.statistics.underWay == 0, "a query is still under way")
        #expect(pool.statistics.waiting == 0, "a caller still waits")
        await pool.close()
        #expect(pool.statistics.open + pool.statistics.retiring + pool.statistics.connecting == 0)
        return result
    }

    /// Runs a body with a schema of its own, named to it.
    func withSchema<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let schema = "lk_\(UInt64.random(in: 0...UInt64.max))"
        try await run("CREATE SCHEMA \(schema)")
        let result: Result
        do {
            result = try await body(schema)
        } catch {
            try await run("DROP SCHEMA \(schema) CASCADE")
            throw error
        }
        try await run("DROP SCHEMA \(schema) CASCADE")
        return result
    }

    /// Over a session of its own, because a body may restart the server.
    private func run(_ script: String) async throws {
        let session = try await PostgresScriptSession(configuration: configuration(), logger: .quiet)
        try await session.run(script, name: "schema")
        await session.close()
    }
}

extension Logger {
    /// Logs nothing.
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension PostgresPool {
    /// The one value of a statement.
    func value<Value: PostgresDecodable>(_ statement: PostgresStatement, as type: Value.Type) async throws -> Value {
        try await query(statement).first.unwrapped.decode(0, as: type)
    }

    /// Expects a statement to answer with one value.
    func expect<Value: PostgresDecodable & Equatable & Sendable>(
        _ statement: PostgresStatement, toAnswer expected: Value,
        sourceLocation: SourceLocation = #_sourceLocation,
    ) async throws {
        let found = try await value(statement, as: Value.self)
        #expect(found == expected, sourceLocation: sourceLocation)
    }

    /// Returns when no session has this application name any more.
    func untilGone(_ applicationName: String) async throws {
        try await until(
            "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = \(applicationName))")
    }

    /// Returns when a session of this application name waits for an event:
    /// `PgSleep`, for example.
    func untilWaiting(_ applicationName: String, _ event: String) async throws {
        try await until(
            """
            SELECT EXISTS (SELECT FROM pg_stat_activity
                WHERE application_name = \(applicationName) AND wait_event = \(event))
            """)
    }

    /// Returns when a statement, asked again and again, answers true.
    func until(_ statement: PostgresStatement) async throws {
        for _ in 0..<20_000 {
            if try await value(statement, as: Bool.self) { return }
        }
        throw TestCluster.Failure(description: "it never came true: \(statement.sql)")
    }
}

extension Optional {
    /// Itself, or a failed test.
    var unwrapped: Wrapped {
        get throws {
            guard let self else { throw TestCluster.Failure(description: "nothing where something was expected") }
            return self
        }
    }
}

/// The error a body ends with, which must be of this kind.
func postgresError(
    _ code: PostgresError.Code? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void,
) async throws -> PostgresError {
    do {
        try await body()
    } catch let error as PostgresError {
        if let code { #expect(error.code == code, sourceLocation: sourceLocation) }
        return error
    }
    throw TestCluster.Failure(description: "it was expected to fail, line \(sourceLocation.line)")
}

// MARK: Scopes

/// Gives a suite a server: that of `LIANKONG_TEST_DATABASE_URL` if it is set
/// and the suite does not stop it, else one made for the suite.
struct DatabaseTrait: SuiteTrait, TestScoping {
    var isOwn: Bool

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void,
    ) async throws {
        if !isOwn, let given = ProcessInfo.processInfo.environment["LIANKONG_TEST_DATABASE_URL"] {
            return try await TestDatabase.$current.withValue(
                TestDatabase(connectionString: given, cluster: nil), operation: function)
        }
        let cluster = try await TestCluster.start()
        let database = TestDatabase(connectionString: cluster.connectionString, cluster: cluster)
        do {
            try await TestDatabase.$current.withValue(database, operation: function)
        } catch {
            try await cluster.remove()
            throw error
        }
        try await cluster.remove()
    }
}

extension Trait where Self == DatabaseTrait {
    /// A database, shared with other suites.
    static var database: Self { DatabaseTrait(isOwn: false) }
    /// A server the suite may stop.
    static var ownServer: Self { DatabaseTrait(isOwn: true) }
}

/// All suites that need nothing but a database share one server, and take
/// turns, because together they would need more connections than it has.
@Suite(.database, .serialized) struct DatabaseTests {}
