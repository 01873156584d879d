import CloudEvents
import Coordination
import Foundation
import TestSupport
import Testing

/// Signing leaves every index of the duty alone.
struct HotUpdateTests {
    @Test func aSignatureIsAHotUpdate() async throws {
        try await TestDatabase.with { database in
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            try await TestHub.with(database: database, keyFile: keyFile) { hub in
                let duties = try await Self.duties(1_000, hub)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for part in 0..<16 {
                        group.addTask {
                            for index in stride(from: part, to: duties.count, by: 16) {
                                let path = "/v1/duties/\(duties[index])/sign"
                                let answer = try await hub.post(path, [:], as: .officer("hrss-01"))
                                try #require(answer.status == 200, "\(answer.text)")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            // The hub's sessions have ended, and left their counts.
            let counts = try await database.texts(
                "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'duty'")
            let numbers = counts.flatMap { $0.split(separator: " ").compactMap { Int($0) } }
            try #require(numbers.count == 2)
            #expect(numbers[0] == 1_000)
            #expect(numbers[1] >= 950, "only \(numbers[1]) of \(numbers[0]) were")
        }
    }

    /// Duties of hrss, each from an event of its own.
    private static func duties(_ count: Int, _ hub: TestHub) async throws -> [String] {
        let report = try ShippedSample.childLabour.event()
        guard case .object(var data)? = report["data"] else { return [] }
        data["uscc"] = nil
        var duties: [String] = []
        for first in stride(from: 0, to: count, by: 250) {
            let batch = (first..<first + 250).map { number -> JSONValue in
                data["employerName"] = .string("演示加工厂\(number)号")
                return report.with(["id": .string("hot-\(number)"), "data": .object(data)])
            }
            let answer = try await hub.publish(batch: batch, as: .unit("jm-office"))
            for result in answer.json["results"]?.arrayValue ?? [] {
                let recipients = result["receipt"]?["recipients"]?.arrayValue ?? []
                let duty = recipients.first { $0["unit"] == "hrss" }?["dutyId"]?.stringValue
                duties.append(try #require(duty, "\(result)"))
            }
        }
        return duties
    }
}
