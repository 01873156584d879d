import Foundation
import TestSupport
import Testing

/// The units of `deploy/systemd` call the command as it is.
struct UnitFileTests {
    private static func units() throws -> [(name: String, lines: [String])] {
        let folder = "deploy/systemd"
        return try FileManager.default.contentsOfDirectory(atPath: Repository.file(folder)).sorted().map { name in
            (name, try Repository.text("\(folder)/\(name)").split(separator: "\n").map(String.init))
        }
    }

    @Test func commandsAndOptionsAreThere() async throws {
        var calls = 0
        for unit in try Self.units() {
            for line in unit.lines where line.hasPrefix("ExecStart=/usr/local/bin/liankong ") {
                calls += 1
                let words = line.split(separator: " ").dropFirst().map(String.init)
                let command = words.prefix { !$0.hasPrefix("-") }
                let help = try await CommandRun.liankong(command + ["--help"])
                #expect(help.status == 0, "\(unit.name): \(line)")
                for option in words where option.hasPrefix("--") {
                    #expect(help.output.contains(option), "\(unit.name): \(option)")
                }
            }
        }
        #expect(calls >= 3)
    }

    @Test func theBackupIsCalledAsItIs() throws {
        let script = try Repository.text("deploy/backup")
        let lines = try Self.units().flatMap(\.lines).filter {
            $0.hasPrefix("ExecStart=") && $0.contains("deploy/backup ")
        }
        #expect(lines.count == 1)
        for option in lines[0].split(separator: " ") where option.hasPrefix("--") {
            #expect(script.contains(option), "\(option)")
        }
    }

    @Test func everyServiceRunsWithoutPrivileges() throws {
        for unit in try Self.units() where unit.name.hasSuffix(".service") {
            for line in ["User=liankong", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="] {
                #expect(unit.lines.contains(line), "\(unit.name): \(line)")
            }
            // Everybody on the host can read a command line.
            #expect(!unit.lines.contains { $0.hasPrefix("Exec") && $0.contains("--database-url") }, "\(unit.name)")
        }
    }

    @Test func keysMakeNeverReplacesAFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lk \(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/keys.json"
        let made = try await CommandRun.liankong(["keys", "make", "--keys", file])
        #expect(made.status == 0)
        let bytes = FileManager.default.contents(atPath: file)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(bytes?.isEmpty == false && mode?.intValue == 0o600)
        let again = try await CommandRun.liankong(["keys", "make", "--keys", file])
        #expect(again.status == 1)
        #expect(FileManager.default.contents(atPath: file) == bytes)
    }
}
