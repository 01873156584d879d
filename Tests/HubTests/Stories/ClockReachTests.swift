import CloudEvents
import Coordination
import Hub
import Store
import TestSupport
import Testing

/// How far the clock of a demonstration may be moved.
struct ClockReachTests {
    @Test(arguments: [
        "0001-01-01T00:00:00Z", "1999-12-31T23:59:59.999999+08:00", "2101-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-12:00",
    ])
    func theClockStaysWithinItsYears(instant: String) async throws {
        try await Story.play(from: "2020-10-28T09:00:00+08:00") { story in
            let hub = story.hub
            let moved = try await hub.post("/v1/sandbox/clock", ["now": .string(instant)], as: Story.admin)
            #expect(moved.status == 422 && moved.code == "invalid", "\(moved.text)")
            #expect(moved.faultPaths == ["/now"] && moved.faultCodes == ["out-of-range"])
            #expect(moved.text.contains("2000") && moved.text.contains("2100"))
            for isDryRun in [true, false] {
                let swept = try await hub.post(
                    "/v1/sweeps", ["asOf": .string(instant), "dryRun": .bool(isDryRun)], as: Story.admin)
                #expect(swept.status == 422 && swept.faultPaths == ["/asOf"], "\(swept.text)")
            }
            let county = try hub.county(.sandbox).id
            let beyond = try #require(Timestamp(rfc3339: instant))
            await #expect(throws: StoreError.clockOutOfReach) {
                try await hub.inspection.moveClock(of: county, to: beyond)
            }
        }
    }

    /// A sweep tells of each such duty once, by its id.
    @Test func aDutyThatCannotBeReadIsToldOfOnce() async throws {
        let logs = LogCapture()
        try await TestHub.with(logger: logs.logger) { hub in
            let story = Story(hub: hub)
            try await story.moveClock(to: "2020-10-28T09:00:00+08:00")
            let receipt = try await story.publish(try Sample.report(id: "broken", employer: 1), as: "jm-office")
            let duty = try #require(try receipt.recipient("hrss")["dutyId"]?.stringValue)
            try await hub.database.run(
                "UPDATE hub.duty SET milestones = '[{}]', wording = NULL, clocks = NULL WHERE id = \(duty)")
            for _ in 0..<2 { _ = try await story.sweep(asOf: "2020-12-28T09:00:00+08:00") }
            let told = logs.lines.filter { $0.hasPrefix("error duty unreadable") }
            #expect(told.count == 1 && told.allSatisfy { $0.contains("hub_duty=\(duty)") }, "\(told)")
        }
    }

    @Test(arguments: ["2000-01-01T00:00:00+08:00", "2100-12-31T23:00:00+08:00"])
    func atTheEndsEverythingWorks(instant: String) async throws {
        try await Story.play(from: instant) { story in
            let receipt = try await story.publish(try Sample.report(id: "end", employer: 1), as: "jm-office")
            #expect(receipt["status"] == "routed")
            _ = try await story.sweep()
            let listed = try await story.hub.get("/v1/duties?open=true", as: Story.unit("hrss"))
            #expect(listed.status == 200 && listed.json["items"]?.arrayValue?.count == 1, "\(listed.text)")
        }
    }
}
