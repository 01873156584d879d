import CloudEvents
import HubClient

/// Publishes reports of child labour at a steady pace, each until it is
/// answered, and now and then one that was answered already.
struct Publisher: Sendable {
    static let unit = "jm-office"

    let name: String
    let speaker: Speaker
    let ledger: Ledger
    let sample: JSONValue
    /// Takes the duties that wait for a signature.
    let queue: SignatureQueue
    /// Events a second.
    let pace: Double
    private var generator: SeededGenerator
    private var turn: Int
    private var number = 0
    private var events: [(id: String, event: JSONValue)] = []

    init(
        name: String, speaker: Speaker, ledger: Ledger, sample: JSONValue, queue: SignatureQueue, pace: Double,
        generator: SeededGenerator,
    ) {
        self.name = name
        self.speaker = speaker
        self.ledger = ledger
        self.sample = sample
        self.queue = queue
        self.pace = pace
        self.generator = generator
        turn = self.generator.number(0...99)
    }

    /// Works until it is told to stop; what was sent by then is seen through.
    mutating func work(until isOver: @Sendable () -> Bool) async {
        var next = ContinuousClock.now
        while !isOver(), !Task.isCancelled {
            let size = generator.once(in: 3) ? generator.number(2...8) : 1
            do {
                try await publish(size)
                if generator.once(in: 12) { try await repeatOne() }
            } catch {
                if Task.isCancelled { return }
                ledger.find("\(name): \(error)")
                return
            }
            // The load is steady, not hurried: after a fault nothing is made up for.
            next = max(next + .seconds(Double(size) / pace), .now)
            try? await Task.sleep(until: next)
        }
    }

    private mutating func publish(_ size: Int) async throws {
        var fresh: [(id: String, event: JSONValue)] = []
        for _ in 0..<size {
            number += 1
            let id = "\(name)-\(number)"
            // Every fourth names an employer of before: one case, and no second
            // duty from the same rule.
            let employer = generator.once(in: 4) ? generator.number(1...number) : number
            fresh.append((id, Self.report(sample, id: id, employer: "\(name)-\(employer)")))
        }
        let batch = fresh
        ledger.isSending(batch.map(\.id))
        if size == 1 {
            let body = batch[0].event.encodedBytes()
            let receipt = try await speaker.insist("publish", &turn) { try await $0.publish(structured: body) }
            try keep(receipt, of: batch[0].id)
        } else {
            let body = JSONValue.array(batch.map(\.event)).encodedBytes()
            let answer = try await speaker.insist("publish a batch", &turn) { client in
                let answer = try await client.publish(batch: body)
                // One of whose events some are to be sent again is no answer.
                for case .refused(let problem) in answer.results where problem.status >= 500 {
                    throw HubClientError(code: problem.code, status: problem.status, message: "in a batch")
                }
                return answer
            }
            for (sent, result) in zip(batch, answer.results) {
                switch result {
                case .stored(let receipt): try keep(receipt, of: sent.id)
                case .refused(let problem): throw ChaosFailure("\(sent.id) was refused: \(problem.code)")
                }
            }
        }
        ledger.rate.count(size)
        events = Array((events + batch).suffix(20))
    }

    /// What was answered is sent again, to another hub: the first receipt.
    private mutating func repeatOne() async throws {
        let (id, event) = events[generator.number(0...(events.count - 1))]
        turn += 1
        let receipt = try await speaker.insist("publish again", &turn) {
            try await $0.publish(structured: event.encodedBytes())
        }
        guard receipt.isDuplicate else {
            return ledger.find("event \(id) was answered and is stored again, at \(receipt.position)")
        }
        try keep(receipt, of: id)
    }

    private func keep(_ receipt: HubReceipt, of id: String) throws {
        guard let position = Int64(receipt.position), receipt.id == id else {
            throw ChaosFailure("the receipt of \(id) is of \(receipt.id) at \(receipt.position)")
        }
        var duties: [String: Int64?] = [:]
        for recipient in receipt.recipients {
            if duties.updateValue(recipient.dutyID.flatMap { Int64($0) }, forKey: recipient.unit) != nil {
                ledger.find("event \(id) names \(recipient.unit) twice")
            }
        }
        ledger.keep(Ledger.Stored(position: position, duties: duties), of: id)
        for recipient in receipt.recipients where !recipient.isJoined {
            if let duty = recipient.dutyID { queue.add(duty, of: recipient.unit) }
        }
    }

    /// The sample with an id and an employer of its own; no child is in danger.
    private static func report(_ sample: JSONValue, id: String, employer: String) -> JSONValue {
        guard case .object(var event) = sample, case .object(var data)? = event["data"] else { return sample }
        event["id"] = .string(id)
        data["uscc"] = nil
        data["employerName"] = .string("演示加工厂\(employer)号")
        data["hazardFlags"] = nil
        data["calledBefore"] = nil
        data["children"] = data["children"]?.arrayValue.map { .array($0.suffix(1)) }
        data["childrenCount"] = 1
        event["data"] = .object(data)
        return .object(event)
    }
}
