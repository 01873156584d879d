import CloudEvents
import HubClient
import Synchronization

/// Who speaks in a demonstration or a simulation: a client for each unit and officer, as
/// needed.
final class Cast: Sendable {
    private let url: String
    private let tokens: TokenFile
    private let county: String
    private let retries: RetryPolicy
    private let clients = Mutex<[String: HubClient]>([:])

    init(url: String, tokens: TokenFile, county: String, retries: RetryPolicy = RetryPolicy()) {
        self.url = url
        self.tokens = tokens
        self.county = county
        self.retries = retries
    }

    /// The client of a unit's program or of an officer.
    func client(of speaker: String) throws -> HubClient {
        if let known = clients.withLock({ $0[speaker] }) { return known }
        let token = try tokens.token(of: speaker, county: county)
        var configuration = HubClientConfiguration(url: url, token: token)
        configuration.retries = retries
        let client = try HubClient(configuration: configuration)
        clients.withLock { $0[speaker] = client }
        return client
    }

    /// An officer of a unit who holds a token, the first of the file.
    func officer(of unit: String) -> TokenFile.Person? {
        tokens.people(county: county).first { $0.unit == unit }
    }

    /// An officer whose token carries a scope, the first of the file.
    func officer(with scope: String) async throws -> TokenFile.Person {
        for person in tokens.people(county: county) {
            let scopes = try await client(of: person.id).me()["scopes"]?.arrayValue ?? []
            if scopes.contains(.string(scope)) { return person }
        }
        throw CommandFailure(
            .refused, code: "nobody-with-scope", "no officer with a token has the scope \(scope)", "没有具备该权限的经办人")
    }

    /// Closes every connection.
    func leave() async {
        let all = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in all { await client.close() }
    }
}
