import CloudEvents
import Synchronization
import TestSupport
import Testing

/// Clients that send the same again until they are answered, as the API tells
/// them to, and remember what they were answered. Where a hub does not answer
/// they go to the next.
final class PersistentClients: Sendable {
    /// What the hub has said it stored.
    struct Answers: Sendable {
        /// Event ids with their positions.
        var positions: [String: Int64] = [:]
        /// Duties with the officer whose signature was confirmed.
        var signatures: [String: String] = [:]
        /// How often something was sent again.
        var retries = 0
        /// Codes of the refusals that asked to try again.
        var refusals: [String: Int] = [:]
        /// Refusals of that kind that did not say when.
        var withoutRetryAfter = 0
    }

    private let hubs: [TestHub]
    private let state = Mutex((answers: Answers(), isOver: false))

    convenience init(of hub: TestHub) {
        self.init(of: [hub])
    }

    init(of hubs: [TestHub]) {
        self.hubs = hubs
    }

    var answers: Answers { state.withLock { $0.answers } }

    /// Lets every client end once it has its answer.
    func stop() {
        state.withLock { $0.isOver = true }
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    /// Works until ``stop()``: some publish one by one, some in batches, and
    /// each signs what it has caused.
    func work(clients: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var number = 0
                    while !self.isOver {
                        try await self.round(number, of: client, size: client.isMultiple(of: 2) ? 1 : 5)
                        number += 1
                        // The load is bounded; faults are to be survived, not hurried.
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Publishes one report until it is answered.
    func publish(id: String, employer: Int) async throws {
        let event = try Sample.report(id: id, employer: employer)
        let answer = try await send { try await $0.publish(event, as: .unit("jm-office")) }
        try #require(answer.status == 201 || answer.status == 200, "\(answer.text)")
        try keep(answer.json, of: id)
    }

    private func keep(_ receipt: JSONValue, of id: String) throws {
        let position = try #require((receipt["position"]?.stringValue).flatMap { Int64($0) })
        state.withLock { $0.answers.positions[id] = position }
    }

    /// Publishes, and signs the duties that came of it.
    private func round(_ number: Int, of client: Int, size: Int) async throws {
        let ids = (0..<size).map { "c\(client)-\(number)-\($0)" }
        // Every fourth round names the employer of the one before: one case,
        // and no second duty from the same rule.
        let employer = (client * 100_000 + (number.isMultiple(of: 4) ? max(0, number - 1) : number)) * 10
        let events = try ids.enumerated().map { try Sample.report(id: $1, employer: employer + $0) }
        let receipts: [JSONValue]
        if size == 1 {
            let answer = try await send { try await $0.publish(events[0], as: .unit("jm-office")) }
            try #require(answer.status == 201 || answer.status == 200, "\(answer.text)")
            receipts = [answer.json]
        } else {
            let answer = try await send { try await $0.publish(batch: events, as: .unit("jm-office")) }
            try #require(answer.status == 200, "\(answer.text)")
            receipts = (answer.json["results"]?.arrayValue ?? []).compactMap { $0["receipt"] }
        }
        try #require(receipts.count == size)
        for (id, receipt) in zip(ids, receipts) {
            try keep(receipt, of: id)
            try await sign(receipt, withKey: number.isMultiple(of: 2))
        }
    }

    private func sign(_ receipt: JSONValue, withKey: Bool) async throws {
        for unit in ["hrss", "market-reg"] {
            let recipient = receipt["recipients"]?.arrayValue?.first { $0["unit"]?.stringValue == unit }
            let duty = try #require(recipient?["dutyId"]?.stringValue)
            // A joined duty was signed in the round before.
            guard recipient?["joined"] == false else { continue }
            let officer = "\(unit)-01"
            let headers = withKey ? [("Idempotency-Key", "sign-\(duty)")] : []
            let answer = try await send {
                try await $0.post("/v1/duties/\(duty)/sign", [:], as: .officer(officer), headers: headers)
            }
            try #require(answer.status == 200, "\(answer.text)")
            #expect(answer.json["signedBy"]?.stringValue == officer)
            state.withLock { $0.answers.signatures[duty] = officer }
        }
    }

    /// Sends until the answer is not to be had by sending again. An answer of
    /// a batch of which some are to be sent again is none.
    private func send(_ request: (TestHub) async throws -> TestAnswer) async throws -> TestAnswer {
        let deadline = ContinuousClock.now + .seconds(60)
        var turn = Int.random(in: hubs.indices)
        while true {
            do {
                let answer = try await request(hubs[turn])
                let inner = (answer.json["results"]?.arrayValue ?? []).compactMap {
                    $0["problem"]?["code"]?.stringValue
                }
                if answer.status < 500, inner.isEmpty { return answer }
                note(answer, inner)
            } catch let error where !(error is CancellationError) {
                // No answer at all: the hub is down, or went down.
                state.withLock { $0.answers.retries += 1 }
            }
            guard ContinuousClock.now < deadline else { throw NeverTrue(description: "the hub answers") }
            turn = (turn + 1) % hubs.count
            try await Task.sleep(for: .milliseconds(.random(in: 20...100)))
        }
    }

    private func note(_ answer: TestAnswer, _ inner: [String]) {
        state.withLock { state in
            state.answers.retries += 1
            for code in answer.code.map({ [$0] }) ?? inner { state.answers.refusals[code, default: 0] += 1 }
            if answer.status >= 500, answer.header("retry-after") == nil { state.answers.withoutRetryAfter += 1 }
        }
    }
}
