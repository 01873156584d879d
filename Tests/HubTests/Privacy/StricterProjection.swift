import CloudEvents
import Foundation
import Hub
import TestSupport
import Testing

extension TestHub {
    /// Loads the county again with a matrix that masks names for hrss, and waits
    /// until the hub works by it.
    func loadStricterProjection() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).county").path
        try FileManager.default.copyItem(atPath: TestCounty.folder, toPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/policy/projection.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let version = "version: 2020-10-22.1"
        let row = "  hrss: {\"N\": ✔/✔/✗"
        try #require(text.contains(version) && text.contains("  hrss:\n    {\"N\": ✔/✔/✗") || text.contains(row))
        let changed = text.replacing(version, with: "version: 2099-01-01.1")
            .replacing("  hrss:\n    {\"N\": ✔/✔/✗", with: "  hrss:\n    {\"N\": ◐/✔/✗")
            .replacing(row, with: "  hrss: {\"N\": ◐/✔/✗")
        try changed.write(toFile: file, atomically: true, encoding: .utf8)
        // The matrix is part of the policy.
        let policy = folder + "/policy/policy.yaml"
        try String(contentsOfFile: policy, encoding: .utf8).replacing(version, with: "version: 2020-10-22.2")
            .write(toFile: policy, atomically: true, encoding: .utf8)
        let loaded = try await CountyLoader(store: inspection, logger: TestDatabase.logger)
            .load(folder: folder, key: TestCounty.mengjin.rawValue, sandbox: false)
        #expect(loaded.isNew)
        try await untilCountyVersion(loaded.version)
    }

    /// The hub looks for new versions every two seconds; what it stamps on an
    /// event tells which it works by.
    private func untilCountyVersion(_ version: Int32) async throws {
        let report = try ShippedSample.internetCafe.event()
        for attempt in 0..<200 {
            let published = try await publishAsSender(report.with(["id": .string("probe-\(attempt)")]))
            let stamped = try await database.texts(
                "SELECT projection FROM hub.recipient WHERE position = \(published.position) LIMIT 1")
            if stamped == ["2099-01-01.1"] { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the hub did not take version \(version) up")
    }
}
