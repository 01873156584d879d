import HubClient
import Store
import Synchronization

/// Who speaks in a demonstration: a client for each unit and officer, as
/// needed.
final class Cast: Sendable {
    private let url: String
    private let tokens: TokenFile
    private let county: String
    private let officers: [OfficerRecord]
    private let clients = Mutex<[String: HubClient]>([:])

    init(url: String, tokens: TokenFile, county: String, officers: [OfficerRecord]) {
        self.url = url
        self.tokens = tokens
        self.county = county
        self.officers = officers
    }

    /// The client of a unit's program or of an officer.
    func client(of speaker: String) throws -> HubClient {
        if let known = clients.withLock({ $0[speaker] }) { return known }
        let token = try tokens.token(of: speaker, county: county)
        let client = try HubClient(configuration: HubClientConfiguration(url: url, token: token))
        clients.withLock { $0[speaker] = client }
        return client
    }

    /// An officer of a unit who holds a token, the first by id.
    func officer(of unit: String) -> OfficerRecord? { officer { $0.unit.rawValue == unit } }

    /// An officer with a scope who holds a token, the first by id.
    func officer(with scope: String) -> OfficerRecord? { officer { $0.scopes.contains(scope) } }

    private func officer(where fits: (OfficerRecord) -> Bool) -> OfficerRecord? {
        officers.sorted { $0.id.rawValue < $1.id.rawValue }.first {
            fits($0) && (try? tokens.token(of: $0.id.rawValue, county: county)) != nil
        }
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
