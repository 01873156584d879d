import CloudEvents
import Foundation
import Synchronization
import TestSupport
import Testing

/// Workers of one consumer who acknowledge, give back, hold on and forget, as it
/// comes, and a ledger of every lease they were given.
final class ConsumerWorkers: Sendable {
    /// A lease from beginning to end, in microseconds: the beginning and the end
    /// by the database's clock, what was said by this machine's.
    struct Entry: Sendable {
        var delivery: Int64
        var attempt: Int64
        var begin: Int64
        /// The latest instant at which it is known to have been held; earlier
        /// where it was given back or acknowledged.
        var end: Int64
        var acknowledgedAt: Int64?
        var isGivenBack = false
        var result: String?
    }

    private struct State {
        var entries: [Entry] = []
        var settled: Set<Int64> = []
        var unexpected: [String] = []
        var isOver = false
    }

    private let hubs: [TestHub]
    private let name: String
    private let leaseSeconds: Int64
    private let survivesFaults: Bool
    private let state = Mutex(State())

    /// - Parameter survivesFaults: whether a hub may be gone for a while.
    init(of name: String, hubs: [TestHub], leaseSeconds: Int64, survivesFaults: Bool = false) {
        self.name = name
        self.hubs = hubs
        self.leaseSeconds = leaseSeconds
        self.survivesFaults = survivesFaults
    }

    /// Every lease, in the order of its deliveries, then of its attempts.
    var entries: [Entry] {
        state.withLock { $0.entries }.sorted { ($0.delivery, $0.attempt) < ($1.delivery, $1.attempt) }
    }

    /// Deliveries that are known to be done.
    var settled: Set<Int64> { state.withLock { $0.settled } }
    /// Answers that nobody should have had.
    var unexpected: [String] { state.withLock { $0.unexpected } }

    func stop() { state.withLock { $0.isOver = true } }

    private var isOver: Bool { state.withLock { $0.isOver } }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

    /// Works until ``stop()``.
    func work(_ number: Int) async throws {
        let hub = hubs[number % hubs.count]
        while !isOver {
            do {
                try await round(hub)
            } catch  where survivesFaults && !(error is CancellationError) {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func round(_ hub: TestHub) async throws {
        let answer = try await hub.fetch(
            name, ["limit": .integer(.random(in: 1...8)), "wait": .string(Bool.random() ? "PT1S" : "PT0S")])
        guard answer.status == 200 else {
            if !survivesFaults { state.withLock { $0.unexpected.append(answer.text) } }
            return try await Task.sleep(for: .milliseconds(50))
        }
        for delivery in answer.json.list("deliveries") {
            guard let id = delivery.text("deliveryId").flatMap({ Int64($0) }),
                let until = delivery.text("leaseUntil").flatMap({ Timestamp(rfc3339: $0)?.microseconds }),
                let attempt = delivery["attempt"]?.integerValue
            else {
                state.withLock { $0.unexpected.append("\(delivery)") }
                continue
            }
            let entry = Entry(
                delivery: id, attempt: attempt, begin: until - leaseSeconds * 1_000_000, end: until)
            let index = state.withLock { state in
                state.entries.append(entry)
                return state.entries.count - 1
            }
            try await handle(Lease(delivery), at: index, hub)
        }
    }

    private func handle(_ lease: Lease, at index: Int, _ hub: TestHub) async throws {
        switch Int.random(in: 0..<20) {
        case 0..<3: try await settle("nack", lease, at: index, hub)
        case 3..<6:
            try await settle("extend", lease, at: index, hub)
            try await settle("ack", lease, at: index, hub)
        case 6..<8: break
        case 8:
            // Too late, or just in time.
            try await Task.sleep(for: .milliseconds(.random(in: 900...1300)))
            try await settle("ack", lease, at: index, hub)
        default: try await settle("ack", lease, at: index, hub)
        }
    }

    private func settle(_ act: String, _ lease: Lease, at index: Int, _ hub: TestHub) async throws {
        let sent = Self.now
        state.withLock { state in
            if act == "ack" { state.entries[index].acknowledgedAt = sent }
            // Where the answer may be lost, what was asked may have been done.
            if act == "nack", survivesFaults { state.entries[index].isGivenBack = true }
        }
        let result = try await hub.settle(act, name, [lease]).first
        state.withLock { state in
            state.entries[index].result = result
            switch (act, result) {
            // Who was too late may find that another is done with it.
            case ("ack", "acked"), (_, "already-acked"): state.settled.insert(state.entries[index].delivery)
            case ("nack", "nacked"): state.entries[index].isGivenBack = true
            case ("extend", "extended"): state.entries[index].end = sent + leaseSeconds * 1_000_000
            case (_, "stale"): break
            // Whose hub died may be told late, or not at all.
            case (_, nil) where survivesFaults: break
            default: state.unexpected.append("\(act): \(result ?? "nothing")")
            }
        }
    }
}

extension ConsumerWorkers {
    /// That nobody was given what somebody else still held.
    func expectNoTwoHands() {
        let entries = entries
        for (earlier, later) in zip(entries, entries.dropFirst()) where earlier.delivery == later.delivery {
            #expect(later.attempt > earlier.attempt, "\(later)")
            guard !earlier.isGivenBack else { continue }
            #expect(later.begin >= earlier.end, "\(earlier)\n\(later)")
        }
    }

    /// That of each case nothing was handed out before what comes earlier was
    /// acknowledged.
    func expectOrder(_ cases: [Int64: Int64]) {
        let byDelivery = Dictionary(grouping: entries, by: \.delivery)
        let inOrder = Dictionary(grouping: cases.keys.sorted(), by: { cases[$0] })
        for deliveries in inOrder.values {
            for (earlier, later) in zip(deliveries, deliveries.dropFirst()) {
                let acknowledged = byDelivery[earlier]?.filter { $0.result == "acked" }
                guard let done = acknowledged?.compactMap(\.acknowledgedAt).max(),
                    let begun = byDelivery[later]?.map(\.begin).min()
                else {
                    Issue.record("\(earlier) or \(later) was never handed out")
                    continue
                }
                #expect(begun >= done, "\(later) began before \(earlier) was done")
            }
        }
    }
}
