import CloudEvents
import Store
import Testing

@testable import liankong

/// What the doctor makes of what it sees.
struct FindingsTests {
    private static let now = Timestamp(microseconds: 1_600_000_000_000_000)

    private static func server(_ change: (inout DatabaseInspection) -> Void = { _ in }) -> DatabaseInspection {
        var server = DatabaseInspection(
            serverVersion: "15.18", serverVersionNumber: 150_018, now: now, synchronousCommit: "on", fsync: "on",
            fullPageWrites: "on", encoding: "UTF8", dataDirectory: nil)
        change(&server)
        return server
    }

    private static func schema(_ change: (inout SchemaInspection) -> Void = { _ in }) -> SchemaInspection {
        var schema = SchemaInspection(
            lastPosition: 100, partitionsUpTo: 20_000_000, stuckTimers: 0, boardDeltas: 3, orphanedRecipients: 0,
            orphanedTimers: 0)
        change(&schema)
        return schema
    }

    private func levels(_ findings: [Finding], _ check: String) -> [Finding.Level] {
        findings.filter { $0.check == check }.map(\.level)
    }

    @Test func aSoundServerHasNoFault() {
        let findings = Findings.server(Self.server(), hostNow: Self.now)
        #expect(findings.allSatisfy { $0.level == .good })
    }

    @Test(arguments: ["off", "local"])
    func answeringBeforeTheDiskHasItIsAFault(value: String) {
        let findings = Findings.server(Self.server { $0.synchronousCommit = value }, hostNow: Self.now)
        #expect(levels(findings, "synchronous_commit") == [.fault])
    }

    @Test func anOldServerIsAFault() {
        let findings = Findings.server(Self.server { $0.serverVersionNumber = 140_012 }, hostNow: Self.now)
        #expect(levels(findings, "version") == [.fault])
    }

    @Test func clocksApartAreAWarning() {
        let findings = Findings.server(Self.server(), hostNow: Self.now.advanced(bySeconds: 6))
        #expect(levels(findings, "clock") == [.warning])
    }

    @Test func readableKeysAreAFault() {
        var file = KeyFile(path: "/nonexistent/keys.json")
        file.mode = 0o640
        file.isSound = true
        #expect(levels(Findings.keys(file, dataDirectory: nil), "keys") == [.fault])
        file.mode = 0o600
        #expect(levels(Findings.keys(file, dataDirectory: nil), "keys") == [.good])
    }

    @Test func keysThatDoNotFitAreAFault() {
        var file = KeyFile(path: "/nonexistent/keys.json")
        #expect(levels(Findings.keys(file, dataDirectory: nil), "keys") == [.warning])
        #expect(levels(Findings.keys(file, dataDirectory: nil, known: [1]), "keys") == [.fault])
        file.mode = 0o600
        file.isSound = true
        file.caseKeyCheck = [1]
        #expect(levels(Findings.keys(file, dataDirectory: nil, known: [1]), "keys") == [.good])
        #expect(levels(Findings.keys(file, dataDirectory: nil, known: [2]), "keys") == [.fault, .good])
    }

    @Test func keysBesideTheDataAreAWarning() {
        var file = KeyFile(path: "/nonexistent/keys.json")
        file.mode = 0o600
        file.isSound = true
        file.device = KeyFile.device(of: "/")
        #expect(levels(Findings.keys(file, dataDirectory: "/"), "keys") == [.good, .warning])
    }

    @Test func soundTablesHaveNoFault() {
        #expect(Findings.schema(Self.schema()).allSatisfy { $0.level == .good })
    }

    @Test func stuckTimersOrphansAndFullPartitionsAreFaults() {
        let findings = Findings.schema(
            Self.schema {
                $0.stuckTimers = 2
                $0.orphanedTimers = 1
                $0.lastPosition = 19_500_000
            })
        #expect(levels(findings, "timers") == [.fault])
        #expect(levels(findings, "references") == [.fault])
        #expect(levels(findings, "partitions") == [.fault])
    }
}
