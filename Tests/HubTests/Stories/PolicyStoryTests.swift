import CloudEvents
import TestSupport
import Testing

/// A policy that was loaded ahead of its day.
struct PolicyStoryTests {
    private static let office = Story.unit("jm-office")

    @Test func aPolicyWaitsForItsDay() async throws {
        try await Story.play(from: "2020-11-30T09:00:00+08:00") { story in
            let hub = story.hub
            try await Self.loadPolicy(of: "2020-12-01", into: hub)
            try await eventually("the new policy is known") {
                try await Self.dryRun(at: "2020-12-01T00:00:00%2B08:00", hub).text("policyVersion") == "2020-12-01.1"
            }
            let before = try await story.publish(try Sample.report(id: "before", employer: 1), as: "jm-office")
            #expect(before["policyVersion"] == "2020-10-22.1")
            #expect(try await Self.version(hub) == "2020-10-22.1")
            // A hub that starts meanwhile finds the policy of the day too.
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let version = try await Self.version(other)
                #expect(version == "2020-10-22.1")
            }
            try await story.moveClock(to: "2020-12-01T00:00:00+08:00")
            try await eventually("the new policy is in force") { try await Self.version(hub) == "2020-12-01.1" }
            let after = try await story.publish(try Sample.report(id: "after", employer: 2), as: "jm-office")
            #expect(after["policyVersion"] == "2020-12-01.1")
        }
    }

    /// What replaces files that wait takes their place.
    @Test func aLaterLoadReplacesWhatWaits() async throws {
        try await Story.play(from: "2020-11-30T09:00:00+08:00") { story in
            try await Self.loadPolicy(of: "2020-12-01", into: story.hub)
            try await Self.loadPolicy(of: "2020-11-01", into: story.hub)
            try await eventually("the last files are in force") {
                try await Self.version(story.hub) == "2020-11-01.1"
            }
            try await story.moveClock(to: "2020-12-02T00:00:00+08:00")
            let later = try await Self.dryRun(at: "2020-12-03T00:00:00%2B08:00", story.hub)
            #expect(later.text("policyVersion") == "2020-11-01.1")
            #expect(try await Self.version(story.hub) == "2020-11-01.1")
        }
    }

    private static func version(_ hub: TestHub) async throws -> String? {
        try await hub.get("/v1/policy", as: office).json.text("version")
    }

    private static func dryRun(at instant: String, _ hub: TestHub) async throws -> JSONValue {
        try await hub.post(
            "/v1/events/dry-run?at=\(instant)", try Sample.report(id: "dry", employer: 3), as: office,
            type: "application/cloudevents+json"
        ).json
    }

    private static func loadPolicy(of day: String, into hub: TestHub) async throws {
        try await EditedCounty.with { county in
            try county.replace("version: 2020-10-22.1", with: "version: \(day).1", in: "policy/policy.yaml")
            try county.replace("effectiveFrom: 2020-10-22", with: "effectiveFrom: \(day)", in: "policy/policy.yaml")
            try await county.load(as: TestCounty.sandbox.rawValue, sandbox: true, into: hub)
        }
    }
}
