import CloudEvents
import HubClient
import Synchronization

/// Duties that wait for their signature.
final class SignatureQueue: Sendable {
    /// The units whose officers take part.
    static let units = ["hrss", "market-reg", "edu-sports"]

    private struct State {
        var waiting: [(duty: String, unit: String)] = []
        var seen: Set<String> = []
    }

    private let state = Mutex(State())

    func add(_ duty: String, of unit: String) {
        guard Self.units.contains(unit) else { return }
        state.withLock { state in
            guard state.seen.insert(duty).inserted else { return }
            state.waiting.append((duty, unit))
        }
    }

    /// One of them; the oldest go first.
    func take() -> (duty: String, unit: String)? {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }
}

/// Signs what was caused, each duty until the signature is answered. Some are
/// left to the ladders.
struct Signer: Sendable {
    let name: String
    let officers: [String: (id: String, speaker: Speaker)]
    let ledger: Ledger
    let queue: SignatureQueue
    private var generator: SeededGenerator
    private var turn = 0

    init(
        name: String, officers: [String: (id: String, speaker: Speaker)], ledger: Ledger, queue: SignatureQueue,
        generator: SeededGenerator,
    ) {
        self.name = name
        self.officers = officers
        self.ledger = ledger
        self.queue = queue
        self.generator = generator
        turn = self.generator.number(0...99)
    }

    /// Works until it is told to stop; a signature under way is seen through.
    mutating func work(until isOver: @Sendable () -> Bool) async {
        while !isOver(), !Task.isCancelled {
            guard let (duty, unit) = queue.take() else {
                try? await Task.sleep(for: .milliseconds(20))
                continue
            }
            if generator.once(in: 3) { continue }
            do {
                try await sign(duty, of: unit)
            } catch {
                if Task.isCancelled { return }
                ledger.find("\(name): duty \(duty) of \(unit): \(error)")
            }
            try? await Task.sleep(for: generator.milliseconds(5...30))
        }
    }

    private mutating func sign(_ id: String, of unit: String) async throws {
        guard let officer = officers[unit], let number = Int64(id) else { return }
        let key = "sign-\(id)"
        let duty = try await officer.speaker.insist("sign", &turn) {
            try await $0.command("sign", duty: id, key: key)
        }
        ledger.keep(signature: number, by: officer.id)
        try check(duty, officer.id)
        if generator.once(in: 10) {
            // Said once more, elsewhere: the same answer, and no second signature.
            turn += 1
            let again = try await officer.speaker.insist("sign", &turn) {
                try await $0.command("sign", duty: id, key: key)
            }
            try check(again, officer.id)
        }
    }

    private func check(_ duty: HubDuty, _ officer: String) throws {
        let signatures = duty.history.filter { $0["command"]?.stringValue == "sign" }
        guard duty.json["signedBy"]?.stringValue == officer, signatures.count == 1 else {
            throw ChaosFailure("answered with \(signatures.count) signatures")
        }
    }
}
