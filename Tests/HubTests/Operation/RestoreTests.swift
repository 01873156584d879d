import CloudEvents
import Foundation
import Hub
import PostgresClient
import Store
import TestProcesses
import TestSupport
import Testing

/// The recipe of deploy/backup and deploy/restore, as an operator follows it
/// after the loss of a database.
struct RestoreTests {
    @Test func whatFollowsALossIsQuietAndNobodyMissesAnything() async throws {
        try await Recipe.with { recipe in
            let before = try await recipe.serve(recipe.lost) { hub in try await Self.firstHalf(hub, recipe) }
            // A key file of another installation is refused before anything is loaded.
            try await TestDatabase.withEmpty { restored in
                let foreign = recipe.folder + "/foreign.json"
                try await TestDatabase.with { other in
                    try await TestHub.with(database: other, keyFile: foreign) { _ in }
                }
                let refused = try await recipe.restore(before.backup, into: restored, keys: foreign)
                #expect(refused.status == 1 && refused.said.contains("foreign.json"), "\(refused.said)")
                #expect(
                    try await restored.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'hub'") == 0)
                let done = try await recipe.restore(before.backup, into: restored, keys: before.keys)
                try #require(done.status == 0, "\(done.said)")
                // Again it is not empty.
                let again = try await recipe.restore(before.backup, into: restored, keys: before.keys)
                #expect(again.status == 1 && again.said.contains("not empty"), "\(again.said)")
                try await recipe.serve(restored, keys: before.keys) { hub in
                    try await Self.secondHalf(hub, before, recipe)
                }
            }
        }
    }

    /// What is known when the database is lost.
    private struct Before: Sendable {
        var backup: String
        var keys: String
        /// Where a unit's program had read to.
        var cursor: Int64
        var duty: String
        var position: String
    }

    private static func firstHalf(_ hub: TestHub, _ recipe: Recipe) async throws -> Before {
        let early = try await hub.report(1, in: .sandbox)
        try await hub.report(2, in: .sandbox)
        let made = try await hub.send(
            "PUT", "/v1/consumers/intake", as: .unit("hrss", of: .sandbox),
            headers: [("Content-Type", "application/json")], body: Array(#"{"start": "earliest"}"#.utf8))
        try #require(made.status == 201, "\(made.text)")
        let backup = try await recipe.backUp()
        // All of this is lost, and the world has seen it.
        let duty = try early.duty(of: "hrss")
        try await hub.act("sign", on: duty, by: .officer("hrss-01", of: .sandbox))
        try await hub.report(3, in: .sandbox)
        let log = try await hub.log(of: .unit("hrss", of: .sandbox))
        #expect(log.compactMap(\.eventID) == ["report-1", "report-2", "report-3"])
        return Before(
            backup: backup, keys: try recipe.storedKeys(), cursor: try #require(log.last).cursor, duty: duty,
            position: try #require(early["position"]?.stringValue))
    }

    private static func secondHalf(_ hub: TestHub, _ before: Before, _ recipe: Recipe) async throws {
        let unit = TestHub.Speaker.unit("hrss", of: .sandbox)
        let admin = TestHub.Speaker.scopes([.admin, .secretariat], unit: "jm-office", of: .sandbox)
        func fired() async throws -> Int64 {
            try await hub.number("SELECT count(*) FROM hub.step_fired WHERE outcome <> 'collapsed'")
        }
        // Much has fallen due meanwhile, and nothing of it fires.
        let later = try await hub.inspection.databaseNow().advanced(bySeconds: 6 * 86_400)
        _ = try await hub.inspection.moveClock(of: try hub.county(.sandbox).id, to: later)
        try await eventually("the steps are due") {
            try await hub.post("/v1/sweeps", ["dryRun": true], as: admin).json["stepsFired"]?.integerValue ?? 0 > 4
        }
        let lost = try Sample.report(id: "report-3", employer: 3)
        let refused = try await hub.publish(lost, as: .unit("jm-office", of: .sandbox))
        #expect(refused.code == "maintenance" && refused.text.contains("备份恢复"), "\(refused.text)")
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await fired() == 0)
        // A cursor from before the loss lies beyond what was restored, and is known.
        let page = try await hub.feed("after=\(before.cursor)", as: unit)
        #expect(page.json["items"] == [] && page.json["next"]?.stringValue == "\(before.cursor)", "\(page.text)")

        try await hub.inspection.endMaintenance(county: nil, holdingSweepsFor: 3600)
        try await eventually("it takes writes") {
            try await hub.publish(lost, as: .unit("jm-office", of: .sandbox)).status < 300
        }
        try await hub.act("sign", on: before.duty, by: .officer("hrss-01", of: .sandbox))
        let log = FeedItem.items(of: try await hub.feed("after=\(before.cursor)", as: unit).json)
        #expect(log.compactMap(\.eventID) == ["report-3"] && log.compactMap(\.command) == ["sign"])
        #expect(log.allSatisfy { $0.cursor > before.cursor && $0.cursor > 1_000_000 })
        let stream = FeedFollower(hubs: [hub], speaker: unit, mode: .stream, portion: 1000)
        let all = try await stream.follow { $0.command == "sign" }
        #expect(all.compactMap(\.eventID) == ["report-1", "report-2", "report-3"])
        // What was sealed before opens with the keys from their own backup.
        let opened = try await hub.post(
            "/v1/events/\(before.position)/open", ["purpose": "核查"], as: .officer("hrss-01", of: .sandbox))
        #expect(opened.status == 200, "\(opened.text)")
        // Workers get what they had not acknowledged, and what came since.
        let fetched = try await hub.post("/v1/consumers/intake/fetch", ["limit": 10], as: unit)
        let ids = fetched.json["deliveries"]?.arrayValue?.compactMap { $0["event"]?["id"]?.stringValue }
        #expect(ids == ["report-1", "report-2", "report-3"], "\(fetched.text)")

        #expect(try await fired() == 0)
        try await hub.inspection.endMaintenance(county: nil, holdingSweepsFor: nil)
        try await eventually("nothing is due any more") {
            let due = try await hub.post("/v1/sweeps", ["dryRun": true], as: admin).json["stepsFired"]?.integerValue
            let steps = try await fired()
            return due == 0 && steps > 0
        }
        let several = try await hub.number(
            """
            SELECT count(*) FROM (SELECT FROM hub.step_fired WHERE outcome <> 'collapsed'
                GROUP BY duty, kind HAVING count(*) > 1) AS t
            """)
        #expect(several == 0)
        // Who has signed again is not reminded to.
        #expect(
            try await hub.number("SELECT count(*) FROM hub.step_fired WHERE duty = \(before.duty) AND kind = 'sign'")
                == 0)
    }

    @Test func aDamagedBackupIsNotLoaded() async throws {
        try await Recipe.with { recipe in
            let backup = try await recipe.serve(recipe.lost) { hub in
                try await hub.report(1)
                return try await recipe.backUp()
            }
            let dump = backup + "/database.dump"
            let file = try #require(FileHandle(forUpdatingAtPath: dump))
            try file.seek(toOffset: 2000)
            try file.write(contentsOf: Data("nonsense".utf8))
            try file.close()
            try await TestDatabase.withEmpty { restored in
                let refused = try await recipe.restore(backup, into: restored, keys: try recipe.storedKeys())
                #expect(refused.status == 1 && refused.said.contains("damaged"), "\(refused.said)")
                #expect(
                    try await restored.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'hub'") == 0)
            }
        }
    }

    @Test func theOldestBackupsGoAndAFailureTakesNothingAway() async throws {
        try await Recipe.with { recipe in
            let first = try await recipe.serve(recipe.lost) { hub in
                try await hub.report(1)
                return try await recipe.backUp()
            }
            // Names have seconds.
            try await Task.sleep(for: .milliseconds(1100))
            let failed = try await recipe.run("backup", ["--to", recipe.folder + "/backups", "--keep", "1"], of: nil)
            #expect(failed.status == 5, "\(failed.said)")
            let lone = try await recipe.run("backup", ["--keep", "1"], of: recipe.lost)
            #expect(lone.status == 2)
            #expect(recipe.backups() == [first])
            let second = try await recipe.backUp(keep: 1)
            #expect(second != first && recipe.backups() == [second])
            // The same keys are stored once, and only their owner reads them.
            #expect(try recipe.storedKeys().contains("/vault/keys-"))
            let inOne = try await recipe.run(
                "backup", ["--to", recipe.folder + "/backups", "--keys-to", recipe.folder + "/backups/keys"],
                of: recipe.lost)
            #expect(inOne.status == 2, "\(inOne.said)")
        }
    }
}
