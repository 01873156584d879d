import Foundation
import Hub
package import Logging
package import PostgresClient
import Store
import Synchronization

/// A database of one test's own, cloned from a template that is made once a run.
///
/// The server is named by `LIANKONG_TEST_DATABASE_URL`, which `deploy/test`
/// sets: a superuser of a cluster that holds nothing of value.
package struct TestDatabase: Sendable {
    package let name: String
    /// What a hub or a store connects with.
    package let url: String

    /// A database that a test has made itself.
    package init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    package var configuration: PostgresConfiguration { PostgresConfiguration(connectionString: url) }

    /// Says nothing unless a test is looked into.
    package static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Runs a body with a database that is gone afterwards.
    package static func with<Result>(
        _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        try await with(template: try await TestTemplate.shared.name(), body)
    }

    /// Runs a body with a database that holds nothing yet, and is gone afterwards.
    package static func withEmpty<Result>(
        _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        try await with(template: "template0", body)
    }

    /// Tests run side by side, as many as there are; their hubs would take
    /// more connections than a server has, and more time than a signal may.
    private static let turnstile = Turnstile(width: 4)

    private static func with<Result>(
        template: String, _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        try await turnstile.pass { try await admitted(template: template, body) }
    }

    private static func admitted<Result>(
        template: String, _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let server = try TestServer.url()
        let name = "lk_\(ProcessInfo.processInfo.processIdentifier)_\(counter.withLock { $0 += 1; return $0 })"
        try await TestServer.run("CREATE DATABASE \(name) TEMPLATE \(template)")
        let database = TestDatabase(name: name, url: TestServer.url(server, database: name))
        let result: Result
        do {
            result = try await body(database)
        } catch {
            try? await TestServer.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
            throw error
        }
        try await TestServer.run("DROP DATABASE \(name) WITH (FORCE)")
        return result
    }

    /// Makes an empty database ready for a hub: migrated, with the county of
    /// `deploy/mengjin` loaded as itself and as a sandbox.
    package func fill() async throws {
        let store = Store(configuration: configuration, logger: TestDatabase.logger)
        do {
            _ = try await store.migrate()
            let loader = CountyLoader(store: store, logger: TestDatabase.logger)
            for county in TestCounty.allCases {
                _ = try await loader.load(
                    folder: TestCounty.folder, key: county.rawValue, sandbox: county == .sandbox)
            }
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }

    private static let counter = Mutex(0)
}

/// The server that tests use.
package enum TestServer {
    /// There is no server to test against.
    package struct Missing: Error, CustomStringConvertible {
        package var description: String {
            "LIANKONG_TEST_DATABASE_URL is not set; run the tests with deploy/test"
        }
    }

    static func url() throws -> String {
        guard let url = ProcessInfo.processInfo.environment["LIANKONG_TEST_DATABASE_URL"] else { throw Missing() }
        return url
    }

    /// The same server, another database: what comes later wins in both forms.
    static func url(_ url: String, database: String) -> String {
        guard url.hasPrefix("postgres") else { return url + " dbname=\(database)" }
        return url + (url.contains("?") ? "&" : "?") + "dbname=\(database)"
    }

    /// Runs statements on the maintenance database.
    package static func run(_ script: String) async throws {
        let session = try await PostgresScriptSession(
            configuration: PostgresConfiguration(connectionString: try url()), logger: TestDatabase.logger)
        do {
            try await session.run(script, name: "test")
            await session.close()
        } catch {
            await session.close()
            throw error
        }
    }
}

/// The database that all others are cloned from.
private actor TestTemplate {
    static let shared = TestTemplate()
    private var making: Task<String, any Error>?

    func name() async throws -> String {
        // One unstructured task, because whoever asks first must not take it
        // along when it is cancelled.
        let task = making ?? Task { try await Self.make() }
        making = task
        return try await task.value
    }

    private static func make() async throws -> String {
        let name = "lk_\(ProcessInfo.processInfo.processIdentifier)_template"
        try await TestServer.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try await TestServer.run("CREATE DATABASE \(name)")
        try await TestDatabase(name: name, url: TestServer.url(try TestServer.url(), database: name)).fill()
        return name
    }
}

/// The counties of the template.
package enum TestCounty: String, CaseIterable, Sendable {
    /// Mengjin as it is shipped.
    case mengjin
    /// The same as a demonstration whose clock may be moved.
    case sandbox = "mengjin-demo"

    /// The folder both are loaded from.
    package static var folder: String { Repository.file("deploy/mengjin") }
}

/// The checkout that the tests were built from.
package enum Repository {
    /// The absolute path of a file of the checkout.
    package static func file(_ path: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(path).path
    }

    /// The text of a file of the checkout.
    package static func text(_ path: String) throws -> String {
        try String(contentsOfFile: file(path), encoding: .utf8)
    }
}
