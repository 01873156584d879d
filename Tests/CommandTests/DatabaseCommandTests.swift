import CloudEvents
import Foundation
import TestSupport
import Testing

/// The commands that work on the database.
struct DatabaseCommandTests {
    /// A folder that is gone afterwards; its name has a space.
    private static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lk \(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private static func json(_ run: CommandRun) throws -> JSONValue {
        try JSONReader.read(Array(run.output.utf8)).get()
    }

    @Test func migratingTwiceChangesNothing() async throws {
        try await TestDatabase.with { database in
            let run = try await CommandRun.liankong(["migrate", "--database-url", database.url, "--json"])
            #expect(run.status == 0)
            let report = try Self.json(run)
            for name in ["applied", "functions", "dropped", "kept"] { #expect(report[name] == [], "\(run.output)") }
            #expect(report["otherHubs"] == 0)
        }
    }

    @Test func countyCheckTellsEveryFaultWithFileAndLine() async throws {
        try await Self.withFolder { folder in
            let source = Repository.file("deploy/mengjin")
            let county = folder + "/county"
            try FileManager.default.copyItem(atPath: source, toPath: county)
            var units = try String(contentsOfFile: county + "/units.yaml", encoding: .utf8)
            units += "\n  twice: {nonsense: 1}\n"
            try units.write(toFile: county + "/units.yaml", atomically: true, encoding: .utf8)
            try "officers:\n  x: {unit: nowhere}\n".write(
                toFile: county + "/officers.yaml", atomically: true, encoding: .utf8)
            let run = try await CommandRun.liankong(["county", "check", county])
            #expect(run.status == 1)
            #expect(run.errors.contains("units.yaml:"))
            #expect(run.errors.contains("officers.yaml:"))
            let json = try await CommandRun.liankong(["county", "check", county, "--json"])
            let faults = try JSONReader.read(Array(json.errors.utf8)).get()["faults"]?.arrayValue ?? []
            #expect(faults.count > 1)
            #expect(faults.allSatisfy { $0["messageZh"]?.stringValue?.isEmpty == false })
        }
    }

    @Test func theShippedCountyHasNoFault() async throws {
        let run = try await CommandRun.liankong(["county", "check", Repository.file("deploy/mengjin")])
        #expect(run.status == 0)
    }

    @Test func loadingTheSameFilesChangesNothing() async throws {
        try await TestDatabase.with { database in
            let run = try await CommandRun.liankong([
                "county", "load", Repository.file("deploy/mengjin"), "--key", "mengjin", "--database-url", database.url,
                "--json",
            ])
            #expect(try Self.json(run)["changed"] == false)
        }
    }

    @Test func issuesListsAndRevokesTokens() async throws {
        try await TestDatabase.with { database in
            let common = ["--database-url", database.url, "--json"]
            let issued = try await CommandRun.liankong(
                ["token", "issue", "--county", "mengjin", "--unit", "hrss", "--label", "t"] + common)
            #expect(issued.status == 0)
            let id = try Self.json(issued)["id"]?.stringValue ?? ""
            #expect(try Self.json(issued)["token"]?.stringValue?.hasPrefix("lk_") == true)
            let list = try await CommandRun.liankong(["token", "list", "--county", "mengjin"] + common)
            #expect(list.output.contains(id) && !list.output.contains("lk_"))
            let revoked = try await CommandRun.liankong(["token", "revoke", id] + common)
            #expect(revoked.status == 0)
            let twice = try await CommandRun.liankong(["token", "revoke", id] + common)
            #expect(twice.status == 1)
            let unknown = try await CommandRun.liankong(
                ["token", "issue", "--county", "mengjin", "--unit", "nobody"] + common)
            #expect(unknown.status == 1)
        }
    }

    @Test func provisionsTokensOnceAndReadableByTheOwnerOnly() async throws {
        try await TestDatabase.with { database in
            try await Self.withFolder { folder in
                let file = folder + "/tokens.json"
                let arguments = [
                    "token", "provision", "--county", "mengjin-demo", "--county", "mengjin", "--into", file,
                    "--database-url", database.url, "--url", "http://127.0.0.1:9", "--json",
                ]
                let first = try await CommandRun.liankong(arguments)
                #expect(try Self.json(first)["issued"] == true)
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
                #expect(mode?.intValue == 0o600)
                let text = try String(contentsOfFile: file, encoding: .utf8)
                let json = try JSONReader.read(Array(text.utf8)).get()
                #expect(json["url"] == "http://127.0.0.1:9")
                #expect(json["tokens"]?["hrss"]?.stringValue?.hasPrefix("lk_") == true)
                #expect(json["officers"]?["hrss"]?.arrayValue?.count == 2)
                #expect(json["demonstration"] == true)
                #expect(json["counties"]?["mengjin"]?["tokens"]?["hrss"] != json["tokens"]?["hrss"])
                let second = try await CommandRun.liankong(arguments)
                #expect(try Self.json(second)["issued"] == false)
                #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
                let shown = try await CommandRun.liankong(
                    ["token", "show", "--as", "hrss-01"], environment: ["LIANKONG_TOKENS": file])
                #expect(shown.output.hasPrefix("lk_") && text.contains(shown.lastLine))
                let elsewhere = try await CommandRun.liankong(arguments.map { $0 == file ? folder + "/b.json" : $0 })
                let revoked = try Self.json(elsewhere)["revoked"]?.integerValue ?? 0
                #expect(revoked > 0, "the tokens of the first file work no longer")
            }
        }
    }

    @Test func maintenanceBeginsAndEnds() async throws {
        try await TestDatabase.with { database in
            let common = ["--database-url", database.url]
            let on = try await CommandRun.liankong(
                ["maintenance", "on", "--county", "mengjin", "--reason", "换盘 new disk"] + common)
            #expect(on.status == 0 && on.output.contains("mengjin: reads only") && on.output.contains("换盘"))
            let status = try await CommandRun.liankong(["maintenance", "status", "--json"] + common)
            let item = try Self.json(status)["items"]?.arrayValue?.first
            #expect(item?["county"] == "mengjin" && item?["readOnly"] == true, "\(status.output)")
            let off = try await CommandRun.liankong(["maintenance", "off", "--hold-sweeps", "4h"] + common)
            #expect(off.status == 0 && off.output.contains("sweeps held"))
            let over = try await CommandRun.liankong(["maintenance", "off"] + common)
            #expect(over.output.contains("no maintenance"))
            let personal = try await CommandRun.liankong(
                ["maintenance", "on", "--reason", "ask 13800138000"] + common)
            #expect(personal.status == 2 && personal.errors.contains("personal numbers"))
            let unknown = try await CommandRun.liankong(["maintenance", "on", "--county", "nowhere"] + common)
            #expect(unknown.status == 2)
            #expect(try await database.number("SELECT count(*) FROM hub.maintenance") == 0)
        }
    }

    @Test func onlyASandboxHasAClockToMove() async throws {
        try await TestDatabase.with { database in
            let common = ["--database-url", database.url]
            let real = try await CommandRun.liankong(
                ["sandbox", "clock", "--county", "mengjin", "--by", "3d"] + common)
            #expect(real.status == 1)
            let clock = ["sandbox", "clock", "--county", "mengjin-demo"]
            let moved = try await CommandRun.liankong(clock + ["--by", "3d"] + common)
            #expect(moved.status == 0)
            let back = try await CommandRun.liankong(clock + ["--to", "2020-10-28T18:00:00+08:00"] + common)
            #expect(back.status == 1 && back.errors.contains("ahead only"))
            let reset = try await CommandRun.liankong(clock + ["--reset"] + common)
            #expect(reset.status == 0)
        }
    }

    @Test func theDoctorLooksAtARealInstallation() async throws {
        try await TestDatabase.with { database in
            try await Self.withFolder { folder in
                let run = try await CommandRun.liankong([
                    "doctor", "--database-url", database.url, "--keys", folder + "/keys.json", "--json",
                ])
                // The cluster of the tests runs without fsync, which is a fault.
                let findings = try Self.json(run)["findings"]?.arrayValue ?? []
                let checks = findings.compactMap { $0["check"]?.stringValue }
                for check in ["version", "fsync", "schema", "partitions", "timers", "board", "references", "counties"] {
                    #expect(checks.contains(check), "\(check) is missing")
                }
                let fsync = findings.first { $0["check"] == "fsync" }
                #expect((fsync?["level"] == "fault") == (run.status == 1))
            }
        }
    }
}
