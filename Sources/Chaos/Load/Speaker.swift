import CloudEvents
import Foundation
import HubClient

/// The tokens of everybody who takes part.
struct Tokens: Sendable {
    private let json: JSONValue

    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file),
            case .success(let json) = JSONReader.read(Array(data))
        else { throw ChaosFailure("the token file \(file) cannot be read") }
        self.json = json
    }

    func unit(_ unit: String) throws -> String {
        guard let token = json["tokens"]?[unit]?.stringValue else { throw ChaosFailure("there is no unit \(unit)") }
        return token
    }

    /// An officer of a unit, by his id, or the first.
    func officer(of unit: String, _ id: String? = nil) throws -> (id: String, token: String) {
        let officers = json["officers"]?[unit]?.arrayValue ?? []
        let found = id.map { id in officers.first { $0["id"]?.stringValue == id } } ?? officers.first
        guard let name = found?["id"]?.stringValue, let token = found?["token"]?.stringValue else {
            throw ChaosFailure("there is no officer \(id ?? "") of \(unit)")
        }
        return (name, token)
    }
}

/// One token at all hubs: who has no answer asks the next one, the same again.
struct Speaker: Sendable {
    let clients: [HubClient]
    private let ledger: Ledger
    /// Whether it waits as long as a hub asks it to, or comes again at once.
    var isPatient = true

    /// How long somebody goes on asking; faults last 30 s at the most, and
    /// recovery after them.
    static let patience = Duration.seconds(90)

    /// Precondition: ``close()`` is called at the end.
    init(token: String, hubs: [HubProcess], ledger: Ledger) throws {
        self.ledger = ledger
        clients = try hubs.map { hub in
            var configuration = HubClientConfiguration(url: hub.url, token: token)
            // A hub that hangs is given up for another.
            configuration.connectTimeout = .seconds(1)
            configuration.answerTimeout = .seconds(4)
            configuration.silenceTimeout = .seconds(4)
            configuration.retries = .never
            configuration.feedRetries = .never
            configuration.userAgent = "liankong-chaos/1"
            return try HubClient(configuration: configuration)
        }
    }

    func close() async {
        for client in clients { await client.close() }
    }

    /// Asks until there is an answer that sending again would not change.
    ///
    /// - Parameters:
    ///   - what: the request, as the ledger names it.
    ///   - turn: which hub is asked first; moves on at each failure.
    /// - Throws: the refusal; ``ChaosFailure`` when there is no answer at all.
    func insist<Result>(
        _ what: String, _ turn: inout Int, _ body: (HubClient) async throws -> Result,
    ) async throws -> Result {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let asked = ContinuousClock.now
            do {
                return try await body(clients[turn % clients.count])
            } catch let error as HubClientError where error.isTransient {
                ledger.note(repetition: error, of: what, atHub: turn % clients.count, after: asked.duration(to: .now))
                turn += 1
                guard ContinuousClock.now < deadline else {
                    throw ChaosFailure("no hub answers within \(Self.patience.inSeconds) s: \(error)")
                }
                let pause = isPatient ? error.retryAfter ?? .zero : .zero
                try await Task.sleep(for: max(pause, .milliseconds(.random(in: 20...150))))
            }
        }
    }
}
