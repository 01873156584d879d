import AsyncHTTPClient
package import CloudEvents
import Coordination
import Foundation
package import Hub
package import HubAPI
package import Logging
import NIOCore
import NIOHTTP1
package import Store
import Synchronization

/// A hub that serves on a real socket, over a database of the test's own.
package final class TestHub: Sendable {
    package let database: TestDatabase
    package let port: Int
    package let keyFile: String
    private let tokens = Mutex<[Speaker: String]>([:])
    private let store: Store
    private let registry: CountyRegistry
    /// Streams and long polls hold a connection each, and what fails is told at
    /// once: whether to try again is the test's to say.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 512
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Who speaks in a request.
    package enum Speaker: Hashable, Sendable {
        /// A unit's program.
        case unit(String, of: TestCounty)
        /// A registered officer.
        case officer(String, of: TestCounty)
        /// A token with exactly these scopes, for a unit; its officer is the unit's first.
        case scopes([Scope], unit: String, of: TestCounty)
        /// A token as it stands.
        case token(String)
        /// Nobody.
        case nobody

        /// A unit's program in the county as shipped.
        package static func unit(_ unit: String) -> Speaker { .unit(unit, of: .mengjin) }
        /// An officer of the county as shipped.
        package static func officer(_ officer: String) -> Speaker { .officer(officer, of: .mengjin) }
    }

    /// Runs a body against a hub that is stopped afterwards, gracefully.
    package static func with<Result: Sendable>(
        logger: Logger = TestDatabase.logger,
        configure: @Sendable @escaping (inout HubServerConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestHub) async throws -> Result
    ) async throws -> Result {
        try await TestDatabase.with { database in
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            return try await with(database: database, keyFile: keyFile, logger: logger, configure: configure, body)
        }
    }

    /// Runs a body against one more hub on a database.
    package static func with<Result: Sendable>(
        database: TestDatabase, keyFile: String, logger: Logger = TestDatabase.logger,
        configure: @Sendable @escaping (inout HubServerConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TestHub) async throws -> Result
    ) async throws -> Result {
        var configuration = HubServerConfiguration(hub: HubConfiguration(databaseURL: database.url, keyFile: keyFile))
        configuration.port = 0
        configuration.defaultRate = 1_000_000
        configuration.hub.sweepEvery = .seconds(3600)
        configure(&configuration)
        let server = HubHTTPServer(configuration: configuration, logger: logger)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await server.run()
                return nil
            }
            let port = try await server.port()
            let hub = try await TestHub(database: database, port: port, keyFile: keyFile)
            let result: Swift.Result<Result, any Error>
            do {
                result = .success(try await body(hub))
            } catch {
                result = .failure(error)
            }
            await server.shutDown()
            await hub.store.close()
            while try await group.next() != nil {}
            return try result.get()
        }
    }

    /// Runs a body against a hub that another process serves on loopback.
    package static func with<Result: Sendable>(
        port: Int, of database: TestDatabase, keyFile: String,
        _ body: @escaping @Sendable (TestHub) async throws -> Result
    ) async throws -> Result {
        let hub = try await TestHub(database: database, port: port, keyFile: keyFile)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(hub))
        } catch {
            result = .failure(error)
        }
        await hub.store.close()
        return try result.get()
    }

    private init(database: TestDatabase, port: Int, keyFile: String) async throws {
        self.database = database
        self.port = port
        self.keyFile = keyFile
        store = Store(configuration: database.configuration, readers: 2, logger: TestDatabase.logger)
        registry = CountyRegistry(
            store: store, clock: HubClock(databaseNow: try await store.databaseNow()), logger: TestDatabase.logger)
        try await registry.refresh()
    }

    /// A look at the database beside the hub.
    package var inspection: Store { store }

    /// A county as the hub has it.
    package func county(_ county: TestCounty) throws -> CountyRuntime {
        guard let runtime = registry.county(key: county.rawValue) else { throw HubError("internal") }
        return runtime
    }

    // MARK: - Tokens

    /// The token of a speaker; issued when first asked for.
    package func token(_ speaker: Speaker) async throws -> String? {
        if let known = tokens.withLock({ $0[speaker] }) { return known }
        let issuer = TokenIssuer(store: store)
        let token: String
        switch speaker {
        case .nobody: return nil
        case .token(let text): return text
        case .unit(let unit, let county):
            token = try await issuer.issue(unit: UnitID(unit), county: try self.county(county)).token.text
        case .officer(let officer, let county):
            token = try await issuer.issue(officer: OfficerID(officer), county: try self.county(county)).token.text
        case .scopes(let scopes, let unit, let county):
            let runtime = try self.county(county)
            let fresh = BearerToken.generate()
            let isProgram = Set(scopes).isSubset(of: Scope.ofUnits)
            let officer = runtime.directory.officers.first { $0.unit == UnitID(unit) }?.id
            _ = try await store.issueToken(
                hash: fresh.hash, county: runtime.id, unit: UnitID(unit), officer: isProgram ? nil : officer,
                scopes: scopes.map(\.rawValue), label: "test",
                expiresAt: try await store.databaseNow().advanced(bySeconds: 3600))
            token = fresh.text
        }
        tokens.withLock { $0[speaker] = token }
        return token
    }

    // MARK: - Requests

    /// Sends a request and reads the whole answer.
    package func send(
        _ method: String, _ path: String, as speaker: Speaker, headers: [(String, String)] = [], body: [UInt8]? = nil,
        timeout: Int64 = 60
    ) async throws -> TestAnswer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token = try await token(speaker) { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await Self.client.execute(request, timeout: .seconds(timeout))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return TestAnswer(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name.lowercased(), $0.value) },
            body: Array(bytes.readableBytesView))
    }

    /// Reads a resource.
    package func get(
        _ path: String, as speaker: Speaker, headers: [(String, String)] = []
    ) async throws -> TestAnswer {
        try await send("GET", path, as: speaker, headers: headers)
    }

    /// Posts JSON.
    package func post(
        _ path: String, _ body: JSONValue, as speaker: Speaker, type: String = "application/json",
        headers: [(String, String)] = []
    ) async throws -> TestAnswer {
        try await send(
            "POST", path, as: speaker, headers: headers + [("Content-Type", type)], body: body.encodedBytes())
    }

    /// Publishes a CloudEvent in structured form.
    package func publish(
        _ event: JSONValue, as speaker: Speaker, headers: [(String, String)] = []
    ) async throws -> TestAnswer {
        try await post("/v1/events", event, as: speaker, type: "application/cloudevents+json", headers: headers)
    }

    /// Publishes several CloudEvents at once.
    package func publish(batch events: [JSONValue], as speaker: Speaker, query: String = "") async throws -> TestAnswer
    {
        try await post(
            "/v1/events" + query, .array(events), as: speaker, type: "application/cloudevents-batch+json")
    }

    /// Opens a stream of server-sent events and hands its lines to a body,
    /// which says when it has seen enough.
    package func stream(
        _ path: String, as speaker: Speaker, headers: [(String, String)] = [], seconds: Int64 = 60,
        _ line: (String) async throws -> Bool
    ) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.headers.add(name: "Accept", value: "text/event-stream")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let token = try await token(speaker) { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await Self.client.execute(request, timeout: .seconds(seconds))
        var pending: [UInt8] = []
        for try await buffer in response.body {
            for byte in buffer.readableBytesView {
                guard byte == 0x0A else {
                    pending.append(byte)
                    continue
                }
                let text = String(decoding: pending, as: UTF8.self)
                pending = []
                if try await !line(text) { return }
            }
        }
    }
}

/// An answer, read whole.
package struct TestAnswer: Sendable {
    package let status: Int
    /// Names in lower case.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON; null when it is none.
    package var json: JSONValue {
        if case .success(let value) = JSONReader.read(body) { value } else { .null }
    }

    /// The problem's code; nil for an answer that is no problem.
    package var code: String? { json["code"]?.stringValue }

    /// The codes of all faults, in order.
    package var faultCodes: [String] { (json["errors"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue } }

    /// The paths of all faults, in order.
    package var faultPaths: [String] { (json["errors"]?.arrayValue ?? []).compactMap { $0["path"]?.stringValue } }

    /// A header; of several, the first.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
