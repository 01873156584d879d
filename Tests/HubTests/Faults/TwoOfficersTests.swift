import CloudEvents
import TestSupport
import Testing

/// Two officers of a unit who act on the same duty at the same time, each
/// through another hub.
struct TwoOfficersTests {
    private static let officers = ["hrss-01", "hrss-02"]
    private static let attempts = 50

    private struct Attempt: Sendable {
        let officer: String
        let answer: TestAnswer
    }

    /// Fifty at once; every third names the version it has seen.
    private static func storm(
        _ command: String, on duty: String, version: Int, in hubs: [TestHub],
        fields: @escaping @Sendable (String) -> JSONValue = { _ in [:] }
    ) async throws -> [Attempt] {
        try await withThrowingTaskGroup(of: Attempt.self) { group in
            for number in 0..<attempts {
                group.addTask {
                    let officer = officers[number / 2 % 2]
                    let headers = number.isMultiple(of: 3) ? [("If-Match", "\"\(version)\"")] : []
                    let answer = try await hubs[number % 2].post(
                        "/v1/duties/\(duty)/\(command)", fields(officer), as: .officer(officer), headers: headers)
                    return Attempt(officer: officer, answer: answer)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func exactlyOneWinsEachStep() async throws {
        try await TestHub.with { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let duty = try await hub.report(1).duty(of: "hrss")
                var winners: [String] = []
                for (step, command) in ["sign", "accept", "start", "complete"].enumerated() {
                    let attempts = try await Self.storm(
                        command, on: duty, version: step + 1, in: [hub, other]
                    ) { officer in
                        switch command {
                        case "start": ["note": .string("\(officer)去现场")]
                        case "complete": ["outcome": officer == "hrss-01" ? "unfounded" : "employer-not-found"]
                        default: [:]
                        }
                    }
                    let won = attempts.filter { $0.answer.status == 200 }
                    let winner = try #require(won.first?.officer)
                    winners.append(winner)
                    // The winner's own repetitions are answered alike.
                    #expect(won.allSatisfy { $0.officer == winner }, "\(command)")
                    #expect(won.allSatisfy { $0.answer.json["version"] == .integer(Int64(step + 2)) }, "\(command)")
                    let lost = attempts.filter { $0.answer.status != 200 }
                    #expect(lost.contains { $0.officer != winner })
                    for attempt in lost {
                        let (status, code) = (attempt.answer.status, attempt.answer.code)
                        #expect(
                            (status == 409 && code == "illegal-transition")
                                || (status == 412 && code == "stale-version"),
                            "\(command): \(attempt.answer.text)")
                    }
                }
                let sheet = try await hub.get("/v1/duties/\(duty)", as: .officer("hrss-01")).json
                let history = sheet["history"]?.arrayValue ?? []
                #expect(history.compactMap { $0["command"]?.stringValue } == ["sign", "accept", "start", "complete"])
                #expect(history.compactMap { $0["officer"]?.stringValue } == winners)
                #expect(sheet["signedBy"]?.stringValue == winners[0])
                #expect(sheet["completedBy"]?.stringValue == winners[3])
                #expect(sheet["outcome"] == (winners[3] == "hrss-01" ? "unfounded" : "employer-not-found"))
                try await StoredFacts(hub: hub).expectWhole()
            }
        }
    }

    /// All steps at once, in no order: what is stored is one way through the
    /// duty's life.
    @Test func aStormOfCommandsLeavesOneHistory() async throws {
        try await TestHub.with { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let duty = try await hub.report(1).duty(of: "hrss")
                let commands: [(String, JSONValue)] = [
                    ("sign", [:]), ("accept", [:]), ("start", ["note": "去现场"]), ("note", ["note": "谈话"]),
                    ("complete", ["outcome": "unfounded"]),
                ]
                let granted = try await withThrowingTaskGroup(of: String?.self) { group in
                    for number in 0..<100 {
                        group.addTask {
                            let (command, fields) = commands[number % commands.count]
                            let answer = try await [hub, other][number / 2 % 2].post(
                                "/v1/duties/\(duty)/\(command)", fields, as: .officer(Self.officers[number % 2]))
                            #expect([200, 409].contains(answer.status), "\(command): \(answer.text)")
                            return answer.status == 200 ? command : nil
                        }
                    }
                    return try await group.reduce(into: Set<String>()) { all, command in
                        if let command { all.insert(command) }
                    }
                }
                let sheet = try await hub.get("/v1/duties/\(duty)", as: .officer("hrss-01")).json
                let history = (sheet["history"]?.arrayValue ?? []).compactMap { $0["command"]?.stringValue }
                // Who was told it is done finds it in the history, and the other way round.
                #expect(Set(history) == granted)
                let steps = history.filter { $0 != "note" }
                #expect(steps == commands.map(\.0).filter(steps.contains))
                #expect(sheet["version"] == .integer(Int64(history.count + 1)))
                try await StoredFacts(hub: hub).expectWhole()
            }
        }
    }
}
