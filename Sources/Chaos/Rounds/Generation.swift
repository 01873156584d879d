import CloudEvents
import Foundation
import HubClient
import Synchronization

/// The rounds over one database: its hubs, its ledger, and everybody who speaks
/// to them.
struct Generation: Sendable {
    let field: Field
    let database: String
    let ledger: Ledger
    let sample: JSONValue
    let publisher: Speaker
    let officers: [String: (id: String, speaker: Speaker)]
    let workers: [String: Speaker]
    let followers: [String: Speaker]
    let sweeper: Speaker
    let queue = SignatureQueue()

    /// Makes a database and starts the hubs over it.
    static func make(_ field: Field, number: Int, sample: JSONValue) async throws -> Generation {
        let database = "chaos_\(number)"
        try await field.makeDatabase(database)
        for hub in field.hubs { hub.run(over: database) }
        let missing = await field.awaitHubs(within: .seconds(60))
        guard missing.isEmpty else { throw ChaosFailure("hubs \(missing) do not start; see \(field.places.state)") }
        let ledger = try Ledger(file: field.places.state + "/ledger-\(number).jsonl")
        func speaker(_ token: String) throws -> Speaker {
            try Speaker(token: token, hubs: field.hubs, ledger: ledger)
        }
        var officers: [String: (id: String, speaker: Speaker)] = [:]
        for unit in SignatureQueue.units {
            let officer = try field.tokens.officer(of: unit)
            officers[unit] = (officer.id, try speaker(officer.token))
        }
        var workers: [String: Speaker] = [:]
        for consumer in SharedConsumer.all { workers[consumer.name] = try speaker(field.tokens.unit(consumer.unit)) }
        var followers: [String: Speaker] = [:]
        for unit in Follower.units { followers[unit] = try speaker(field.tokens.unit(unit)) }
        return Generation(
            field: field, database: database, ledger: ledger, sample: sample,
            publisher: try speaker(field.tokens.unit(Publisher.unit)), officers: officers, workers: workers,
            followers: followers,
            sweeper: try speaker(field.tokens.officer(of: SweepCaller.unit, SweepCaller.officer).token))
    }

    /// Makes the consumers.
    private func setUp() async throws {
        for consumer in SharedConsumer.all {
            var turn = 0
            _ = try await workers[consumer.name]?.insist("set a consumer", &turn) {
                try await $0.setConsumer(consumer.name, consumer.settings)
            }
        }
    }

    /// Runs rounds while others follow the logs; closes every connection, also
    /// when it fails.
    func run<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            try await setUp()
            let result = try await whileFollowing(body)
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }

    private func close() async {
        for speaker in [publisher, sweeper] + officers.values.map(\.speaker) + workers.values + followers.values {
            await speaker.close()
        }
    }

    /// Follows the logs while the body runs.
    private func whileFollowing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (unit, speaker) in followers {
                for mode in Follower.Mode.allCases {
                    let follower = Follower(unit: unit, mode: mode, speaker: speaker, ledger: ledger)
                    group.addTask { await follower.follow() }
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Stops the hubs, as an operator does, and drops the database.
    ///
    /// - Returns: what was wrong with that.
    func end() async -> [String] {
        for hub in field.hubs { hub.takeDown(SIGTERM) }
        var findings: [String] = []
        for hub in field.hubs where !(await hub.awaitEnd(within: .seconds(30))) {
            findings.append("hub \(hub.index) did not stop within 30 s of SIGTERM")
        }
        try? await field.dropDatabase(database)
        return findings
    }
}

/// Tells many tasks that it is over.
final class Switch: Sendable {
    private let isOver = Mutex(false)

    var isOff: Bool { isOver.withLock { $0 } }

    func turnOff() { isOver.withLock { $0 = true } }
}
