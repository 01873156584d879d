import CloudEvents
import Foundation
import Hub
import Store
import TestSupport
import Testing

/// A database is served with its own key file alone: under other keys the same
/// child would get a second case.
struct KeyFileTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    /// Runs a body with the paths of two files that are not there, and are gone
    /// afterwards.
    private static func withFiles(_ body: (_ file: String, _ other: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder + "/keys.json", folder + "/other.json")
    }

    /// Why no hub starts; nil when one does.
    private static func fault(
        _ database: TestDatabase, keyFile: String, takesNewKeys: Bool = false,
    ) async throws -> Keyring.Fault? {
        var configuration = HubConfiguration(databaseURL: database.url, keyFile: keyFile)
        configuration.takesNewKeys = takesNewKeys
        do {
            try await HubCore.open(configuration, logger: TestDatabase.logger).close()
            return nil
        } catch let fault as Keyring.Fault {
            return fault
        }
    }

    @Test func aMissingFileIsNotMadeAnew() async throws {
        try await TestDatabase.with { database in
            try await Self.withFiles { file, _ in
                #expect(try await Self.fault(database, keyFile: file) == nil)
                #expect(try await Self.fault(database, keyFile: file) == nil)
                try FileManager.default.removeItem(atPath: file)
                #expect(try await Self.fault(database, keyFile: file) == .missing(file))
                #expect(!FileManager.default.fileExists(atPath: file))
            }
        }
    }

    @Test func anotherInstallationsFileIsRefused() async throws {
        try await TestDatabase.with { database in
            try await Self.withFiles { own, other in
                _ = try Keyring.loadOrCreate(file: other)
                #expect(try await Self.fault(database, keyFile: own) == nil)
                #expect(try await Self.fault(database, keyFile: other) == .foreign(other))
                #expect(try await Self.fault(database, keyFile: own) == nil)
                #expect(try await database.number("SELECT count(*) FROM hub.installation") == 1)
            }
        }
    }

    @Test func newKeysTakeThePlaceOfLostOnes() async throws {
        try await TestDatabase.with { database in
            try await Self.withFiles { file, lost in
                let first = try await Self.fault(database, keyFile: lost)
                #expect(first == nil)
                for isExplicit in [true, true, false] {
                    #expect(try await Self.fault(database, keyFile: file, takesNewKeys: isExplicit) == nil)
                }
                #expect(try await Self.fault(database, keyFile: lost) == .foreign(lost))
            }
        }
    }

    /// As a database that an older hub has served, which kept nothing of its keys.
    @Test func anOlderDatabaseTellsByWhatWasSealed() async throws {
        try await TestHub.with { hub in
            let first = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            #expect(first.status == 201, "\(first.text)")
            try await hub.database.run("DELETE FROM hub.installation")
            try await Self.withFiles { file, _ in
                #expect(try await Self.fault(hub.database, keyFile: file) == .missing(file))
                _ = try Keyring.loadOrCreate(file: file)
                #expect(try await Self.fault(hub.database, keyFile: file) == .foreign(file))
            }
            #expect(try await hub.database.number("SELECT count(*) FROM hub.installation") == 0)
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let second = try await other.publish(try Sample.report(id: "LB-2", employer: 1), as: Self.office)
                #expect(second.status == 201 && second.json["caseId"] == first.json["caseId"], "\(second.text)")
            }
            #expect(try await hub.database.number("SELECT count(*) FROM hub.installation") == 1)
        }
    }

    @Test func severalHubsMayBeginAtOnce() async throws {
        try await TestDatabase.with { database in
            try await Self.withFiles { file, _ in
                let faults = try await withThrowingTaskGroup(of: Keyring.Fault?.self) { group in
                    for _ in 0..<4 { group.addTask { try await Self.fault(database, keyFile: file) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(faults == [nil, nil, nil, nil])
            }
        }
    }
}
