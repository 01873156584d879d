import ArgumentParser
import ChineseIdentifiers
import CloudEvents
import Store
import Testing

@testable import liankong

/// What the doctor makes of what it sees.
struct FindingsTests {
    private static let now = Timestamp(microseconds: 1_600_000_000_000_000)
    private static let sound = [
        "synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "data_checksums": "on",
        "autovacuum": "on", "track_counts": "on", "shared_buffers": "32768", "max_wal_size": "2048",
        "log_timezone": "Asia/Shanghai", "log_statement": "none", "log_min_duration_statement": "-1",
        "log_min_duration_sample": "-1", "log_parameter_max_length": "-1", "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
    ]

    private static func limits() throws -> DoctorLimits { try DoctorLimits.parse([]) }

    private static func server(_ change: (inout DatabaseInspection) -> Void = { _ in }) -> DatabaseInspection {
        var server = DatabaseInspection(
            serverVersion: "15.18", serverVersionNumber: 150_018, now: now, encoding: "UTF8", dataDirectory: nil,
            settings: sound)
        change(&server)
        return server
    }

    private func levels(_ findings: [Finding], _ check: String) -> [Finding.Level] {
        findings.filter { $0.check == check }.map(\.level)
    }

    /// What is not good says what to do, in both languages; of what is good nothing is to be done.
    private func expectAdvice(_ findings: [Finding]) {
        for finding in findings {
            #expect(finding.advice.isEmpty == (finding.level == .good), "\(finding.check)")
            #expect(finding.adviceZh.isEmpty == finding.advice.isEmpty, "\(finding.check)")
        }
    }

    // MARK: - Server

    @Test func aSoundServerHasNoFault() {
        #expect(Findings.server(Self.server()).allSatisfy { $0.level == .good })
        #expect(Findings.settings(Self.sound).allSatisfy { $0.level == .good })
        #expect(Findings.clock(Self.now, hostNow: Self.now).map(\.level) == [.good])
    }

    @Test(arguments: [
        ("synchronous_commit", "off", Finding.Level.fault), ("synchronous_commit", "local", .fault),
        ("fsync", "off", .fault), ("full_page_writes", "off", .fault), ("autovacuum", "off", .fault),
        ("track_counts", "off", .fault), ("data_checksums", "off", .warning), ("shared_buffers", "16384", .note),
        ("max_wal_size", "512", .note), ("log_error_verbosity", "default", .note), ("log_timezone", "UTC", .note),
        ("log_parameter_max_length_on_error", "-1", .warning),
    ])
    func aSettingThatDoesHarmIsFound(name: String, value: String, level: Finding.Level) {
        let findings = Findings.settings(Self.sound.merging([name: value]) { $1 })
        #expect(levels(findings, name) == [level])
        #expect(findings.filter { $0.level != .good }.count == 1)
        expectAdvice(findings)
    }

    @Test func parametersLeakOnlyWhereStatementsAreLogged() {
        let logged = Findings.settings(Self.sound.merging(["log_min_duration_statement": "1000"]) { $1 })
        #expect(levels(logged, "log_parameter_max_length") == [.warning])
        let without = ["log_min_duration_statement": "1000", "log_parameter_max_length": "0"]
        #expect(Findings.settings(Self.sound.merging(without) { $1 }).allSatisfy { $0.level == .good })
    }

    @Test func aServerThatIsOldOrAStandbyOrInTheClearIsFound() {
        let findings = Findings.server(
            Self.server {
                $0.serverVersionNumber = 140_012
                $0.isStandby = true
                $0.isRemote = true
                $0.encoding = "SQL_ASCII"
                $0.frozenAge = 500_000_000
            })
        #expect(levels(findings, "version") == [.fault])
        #expect(levels(findings, "standby") == [.fault])
        #expect(levels(findings, "tls") == [.warning])
        #expect(levels(findings, "encoding") == [.fault])
        #expect(levels(findings, "wraparound") == [.warning])
        expectAdvice(findings)
    }

    @Test(arguments: [(4, Finding.Level.good), (6, .warning), (301, .fault)])
    func clocksApartAreFound(seconds: Int, level: Finding.Level) {
        for sign in [1, -1] {
            let findings = Findings.clock(Self.now, hostNow: Self.now.advanced(bySeconds: Int64(sign * seconds)))
            #expect(findings.map(\.level) == [level])
            expectAdvice(findings)
        }
    }

    // MARK: - Sessions

    @Test func severalReleasesAndFewConnectionsAreWarnings() throws {
        var sessions = SessionInspection()
        sessions.hubs = 3
        sessions.releases = ["a", "b"]
        sessions.sessions = 81
        sessions.sessionLimit = 100
        let findings = Findings.sessions(sessions, limits: try Self.limits())
        #expect(levels(findings, "hubs") == [.warning])
        #expect(levels(findings, "connections") == [.warning])
        #expect(levels(findings, "transactions") == [.good])
        sessions.releases = ["a"]
        #expect(levels(Findings.sessions(sessions, limits: try Self.limits()), "hubs") == [.good])
        sessions.releases = []
        #expect(levels(Findings.sessions(sessions, limits: try Self.limits()), "hubs") == [.warning])
        expectAdvice(findings)
    }

    @Test func whatHoldsLogAndDeadRowsIsFound() throws {
        var sessions = SessionInspection()
        sessions.transactions = [
            SessionInspection.Transaction(processID: 7, application: "psql", age: 400, isIdle: true),
            SessionInspection.Transaction(processID: 8, application: "pg_dump", age: 4000, isIdle: false),
        ]
        sessions.prepared = 1
        sessions.oldestPrepared = 301
        sessions.slots = [
            SessionInspection.Slot(name: "a", isActive: true, held: 1 << 20),
            SessionInspection.Slot(name: "b", isActive: false, held: 1 << 20),
            SessionInspection.Slot(name: "c", isActive: true, held: 11 << 30),
        ]
        let findings = Findings.sessions(sessions, limits: try Self.limits())
        #expect(levels(findings, "transactions") == [.warning, .fault, .fault])
        #expect(levels(findings, "slots") == [.warning, .fault])
        expectAdvice(findings)
    }

    @Test(arguments: [(50, Finding.Level.good), (14, .warning), (4, .fault)])
    func aFullDiskIsFound(free: Int, level: Finding.Level) throws {
        let space = DiskSpace(freePercent: free, freeGiB: 3)
        let findings = Findings.space(space, of: "the disk", "磁盘", limits: try Self.limits())
        #expect(findings.map(\.level) == [level])
        expectAdvice(findings)
        #expect(DiskSpace(path: "/nonexistent") == nil && DiskSpace(path: "/") != nil)
    }

    // MARK: - Keys

    @Test func readableKeysAreAFault() {
        var file = KeyFile(path: "/nonexistent/keys.json")
        file.mode = 0o640
        file.isSound = true
        let findings = Findings.keys(file, dataDirectory: nil)
        #expect(levels(findings, "keys") == [.fault])
        expectAdvice(findings)
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
        let findings = Findings.keys(file, dataDirectory: "/")
        #expect(levels(findings, "keys") == [.good, .warning])
        expectAdvice(findings)
    }

    // MARK: - Counties

    @Test(arguments: [
        ("2026-10-01", Finding.Level.good), ("2026-11-25", .warning), ("2026-12-31", .warning), ("2027-01-01", .fault),
    ])
    func holidaysOfTheNextYearAreMissed(day: String, level: Finding.Level) throws {
        let horizon = try #require(CivilDate("2026-12-31"))
        let findings = Findings.calendar(
            horizon, on: try #require(CivilDate(day)), of: "mengjin", limits: try Self.limits())
        #expect(findings.map(\.level) == [level])
        expectAdvice(findings)
    }
}
