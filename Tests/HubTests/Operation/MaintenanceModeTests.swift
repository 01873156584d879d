import CloudEvents
import Coordination
import Foundation
import Hub
import HubAPI
import Store
import TestSupport
import Testing

/// What goes on while an operator has asked for quiet, and what waits.
struct MaintenanceModeTests {
    private static let reason = "数据库升级 database upgrade"

    /// Looks often, so that no test waits for the two seconds.
    @Sendable private static func lookOften(_ configuration: inout HubServerConfiguration) {
        configuration.hub.refreshEvery = .milliseconds(50)
    }

    private static func begin(_ hub: TestHub, _ county: TestCounty? = nil) async throws {
        let id = try county.map { try hub.county($0).id }
        try await hub.inspection.beginMaintenance(county: id, reason: reason)
        try await eventually("the hub knows") { try await hub.metric("hub_counties_read_only") == (id == nil ? 2 : 1) }
    }

    private static func end(_ hub: TestHub, holdingSweepsFor seconds: Int64? = nil) async throws {
        try await hub.inspection.endMaintenance(county: nil, holdingSweepsFor: seconds)
        try await eventually("the hub knows") { try await hub.metric("hub_counties_read_only") == 0 }
    }

    @Test func whatWritesIsRefusedAndTellsWhy() async throws {
        try await TestHub.with(configure: Self.lookOften) { hub in
            let duty = try await hub.report(1).duty(of: "hrss")
            try await Self.begin(hub)
            let event = try Sample.report(id: "report-2", employer: 2)
            for (language, words) in [("zh-CN", "请在Retry-After之后"), ("en", "when Retry-After has passed")] {
                let answer = try await hub.publish(
                    event, as: .unit("jm-office"), headers: [("Accept-Language", language)])
                #expect(answer.status == 503 && answer.code == "maintenance", "\(answer.text)")
                #expect(answer.header("retry-after") == "10")
                let detail = answer.json["detail"]?.stringValue ?? ""
                #expect(detail.hasPrefix(Self.reason) && detail.contains(words), "\(detail)")
                #expect(answer.json["reason"]?.stringValue == Self.reason)
                #expect(answer.json["since"]?.stringValue != nil)
            }
            let writes: [(method: String, path: String, speaker: TestHub.Speaker)] = [
                ("POST", "/v1/events", .unit("jm-office")), ("POST", "/v1/duties/\(duty)/sign", .officer("hrss-01")),
                ("POST", "/v1/duties/sign", .officer("hrss-01")), ("POST", "/v1/events/1/open", .officer("hrss-01")),
                ("PUT", "/v1/consumers/intake", .unit("hrss")), ("DELETE", "/v1/consumers/intake", .unit("hrss")),
                ("POST", "/v1/consumers/intake/fetch", .unit("hrss")),
                ("PUT", "/v1/officers", .scopes([.admin], unit: "jm-office", of: .mengjin)),
                ("POST", "/v1/sweeps", .scopes([.admin], unit: "jm-office", of: .mengjin)),
            ]
            for write in writes {
                let answer = try await hub.send(
                    write.method, write.path, as: write.speaker, headers: [("Content-Type", "application/json")],
                    body: Array("{}".utf8))
                #expect(answer.code == "maintenance", "\(write.method) \(write.path): \(answer.text)")
            }
            // Who has no token learns nothing of it.
            #expect(try await hub.publish(event, as: .nobody).status == 401)
            #expect(try await hub.number("SELECT count(*) FROM hub.event") == 1)
            #expect(try await hub.number("SELECT count(*) FROM hub.access_log") == 0)
            try await Self.end(hub)
            #expect(try await hub.publish(event, as: .unit("jm-office")).status == 201)
            try await hub.act("sign", on: duty, by: .officer("hrss-01"))
        }
    }

    @Test func readsGoOn() async throws {
        try await TestHub.with(configure: Self.lookOften) { hub in
            let receipt = try await hub.report(1)
            let duty = try receipt.duty(of: "hrss")
            let position = try #require(receipt["position"]?.stringValue)
            try await Self.begin(hub)
            for (path, speaker) in [
                ("/v1/me", .unit("hrss")), ("/v1/feed", .unit("hrss")), ("/v1/duties", .unit("hrss")),
                ("/v1/duties/\(duty)", .unit("hrss")), ("/v1/duties/count", .unit("hrss")),
                ("/v1/events/\(position)", .unit("hrss")), ("/v1/events?publisher=me", .unit("jm-office")),
                ("/v1/board", .officer("jm-office-01")), ("/v1/contracts", .unit("hrss")), ("/healthz", .nobody),
            ] as [(String, TestHub.Speaker)] {
                let answer = try await hub.get(path, as: speaker)
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
            let ready = try await hub.get("/readyz", as: .nobody)
            #expect(ready.status == 200 && ready.json["mode"] == "read-only", "\(ready.text)")
            #expect(try await hub.metric("hub_counties_sweeps_held") == 2)
            // What asks and stores nothing.
            let event = try Sample.report(id: "report-2", employer: 2)
            let asked = try await hub.post(
                "/v1/events/dry-run", event, as: .unit("jm-office"), type: "application/cloudevents+json")
            #expect(asked.status == 200 && asked.json["wouldBe"] == 201, "\(asked.text)")
            let sweep = try await hub.post("/v1/sweeps", ["dryRun": true], as: .officer("jm-office-01"))
            #expect(sweep.status == 200, "\(sweep.text)")
        }
    }

    /// A stream that is open when maintenance begins brings what comes after it.
    @Test func streamsGoOnThroughIt() async throws {
        try await TestHub.with(configure: Self.lookOften) { hub in
            try await hub.report(1)
            let follower = FeedFollower(hubs: [hub], speaker: .unit("hrss"), mode: .stream, portion: 1000)
            async let followed = follower.follow { $0.eventID == "report-2" }
            try await eventually("the stream is open") { try await hub.metric("hub_streams_open") == 1 }
            try await Self.begin(hub)
            #expect(try await hub.metric("hub_streams_open") == 1)
            try await Self.end(hub)
            try await hub.report(2)
            #expect(try await followed.map(\.eventID) == ["report-1", "report-2"])
        }
    }

    @Test func oneCountyAloneMayRest() async throws {
        try await TestHub.with(configure: Self.lookOften) { hub in
            try await Self.begin(hub, .mengjin)
            let event = try Sample.report(id: "report-1", employer: 1)
            #expect(try await hub.publish(event, as: .unit("jm-office")).code == "maintenance")
            #expect(try await hub.publish(event, as: .unit("jm-office", of: .sandbox)).status == 201)
            #expect(try await hub.get("/readyz", as: .nobody).json["mode"] == "partly-read-only")
            // What ends it for all ends it for this one.
            try await Self.end(hub)
            #expect(try await hub.publish(event, as: .unit("jm-office")).status == 201)
            #expect(try await hub.get("/readyz", as: .nobody).json["mode"] == "read-write")
        }
    }

    /// Two hubs that sweep all the time fire nothing while it lasts, nor while
    /// sweeps are held, and afterwards each duty's highest step once.
    @Test func stepsWaitAndThenFireOnce() async throws {
        let configure: @Sendable (inout HubServerConfiguration) -> Void = {
            Self.lookOften(&$0)
            $0.hub.sweepEvery = .milliseconds(50)
        }
        try await TestHub.with(configure: configure) { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile, configure: configure) { other in
                let county = try hub.county(.sandbox).id
                let duty = try await hub.report(1, in: .sandbox).duty(of: "hrss")
                try await hub.report(2, in: .sandbox)
                try await Self.begin(hub)
                try await eventually("the other knows") { try await other.metric("hub_counties_read_only") == 2 }
                // Days pass: several steps of each duty fall due.
                let later = try await hub.inspection.databaseNow().advanced(bySeconds: 6 * 86_400)
                _ = try await hub.inspection.moveClock(of: county, to: later)
                let admin = TestHub.Speaker.scopes([.admin, .secretariat], unit: "jm-office", of: .sandbox)
                var told: Int64 = 0
                try await eventually("the steps are due") {
                    told =
                        try await hub.post("/v1/sweeps", ["dryRun": true], as: admin).json["stepsFired"]?
                        .integerValue ?? 0
                    return told > 4
                }
                // Both would sweep several times meanwhile.
                try await Task.sleep(for: .milliseconds(500))
                #expect(try await hub.number("SELECT count(*) FROM hub.step_fired") == 0)
                try await Self.end(hub, holdingSweepsFor: 3600)
                // What units do meanwhile counts.
                try await hub.act("sign", on: duty, by: .officer("hrss-01", of: .sandbox))
                let held = try await hub.post("/v1/sweeps", [:], as: admin)
                #expect(held.status == 409 && held.code == "sweeps-held", "\(held.text)")
                #expect(held.json["heldUntil"]?.stringValue != nil)
                #expect(try await hub.number("SELECT count(*) FROM hub.step_fired") == 0)
                try await Self.end(hub)
                try await eventually("nothing is due any more") {
                    let due = try await hub.post("/v1/sweeps", ["dryRun": true], as: admin).json["stepsFired"]
                    let fired = try await hub.number("SELECT count(*) FROM hub.step_fired WHERE outcome <> 'collapsed'")
                    return due == 0 && fired >= told - 1
                }
                try await Self.expectOnce(hub, signed: duty)
            }
        }
    }

    private static func expectOnce(_ hub: TestHub, signed duty: String) async throws {
        let several = try await hub.number(
            """
            SELECT count(*) FROM (SELECT FROM hub.step_fired WHERE outcome <> 'collapsed'
                GROUP BY duty, kind HAVING count(*) > 1) AS t
            """)
        #expect(several == 0)
        #expect(try await hub.number("SELECT count(*) FROM hub.step_fired WHERE outcome = 'collapsed'") > 0)
        #expect(
            try await hub.number("SELECT count(*) FROM hub.step_fired WHERE outcome <> 'collapsed'")
                == hub.number("SELECT count(*) FROM hub.duty_change WHERE by_unit = 'hub'"))
        #expect(
            try await hub.number("SELECT count(*) FROM hub.step_fired WHERE duty = \(duty) AND kind = 'sign'") == 0)
    }

    @Test(arguments: [
        ("升级 upgrade", true), ("", true), ("call 13800138000", false), ("two\nlines", false),
        (String(repeating: "长", count: 201), false),
    ])
    func aReasonHoldsNothingPersonal(_ text: String, _ isGood: Bool) {
        #expect((MaintenanceReason.fault(of: text) == nil) == isGood)
    }
}
