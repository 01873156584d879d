import ArgumentParser
import CloudEvents
import Foundation
import Hub
import Store

/// Looks an installation over.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look an installation over: database, settings, keys, clocks, tables, counties. 体检。",
        discussion: """
              liankong doctor --database-url postgresql:///liankong \\
                --keys /etc/liankong/keys.json

            Only reads. Marks: ✓ good, · could be better, ! will be wrong if nobody looks, ✗ wrong now; what is not \
            good comes with what to do. 只读。✓正常，·可改进，!须留意，✗有问题，并附处理办法。

            Exit status: 0 no fault, warnings allowed; 1 a fault; 5 no database.
            """,
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var keys: KeyOptions
    @OptionGroup var limits: DoctorLimits
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let findings = try await database.withStore { store in
            try await Examination(store: store, keyFile: keys.path, limits: limits).findings()
        }
        if output.isJSON {
            Output.json(["findings": .array(findings.map(\.jsonValue))])
        } else {
            for finding in findings { print(finding.text) }
        }
        let faults = findings.filter { $0.level == .fault }.count
        if faults > 0 {
            throw CommandFailure(
                .refused, code: "faults-found", "\(Words.count(faults, "fault", "faults")) found", "发现\(faults)处问题")
        }
    }
}

/// A look at everything, in the order in which it is told.
struct Examination {
    let store: Store
    let keyFile: String
    let limits: DoctorLimits

    func findings() async throws -> [Finding] {
        let server = try await store.inspectDatabase()
        var findings = Findings.server(server)
        findings += Findings.settings(server.settings)
        findings += Findings.clock(server.now, hostNow: Date().timestamp)
        let sessions = try await store.inspectSessions(openFor: Double(limits.transactionMinutes) * 60)
        findings += Findings.sessions(sessions, limits: limits)
        findings += Findings.space(
            DiskSpace(path: server.dataDirectory), of: "the database's disk", "数据库所在磁盘", limits: limits)
        let isCurrent = try await store.schemaIsCurrent()
        findings += Findings.keys(
            KeyFile(path: keyFile), dataDirectory: server.dataDirectory,
            known: isCurrent ? try await store.caseKeyCheck() : nil)
        guard isCurrent else {
            return findings + [
                Finding(
                    .fault, "schema", "the schema is not this program's, so hubs of its version do not start",
                    "数据库结构与本程序不符，本版本平台无法启动", do: "run 'liankong migrate'; see \"Upgrade\" in deploy/operation.md",
                    "运行liankong migrate，见deploy/operation.md“升级”")
            ]
        }
        findings.append(.good("schema", "the schema is current", "数据库结构是最新"))
        findings += Findings.schema(try await store.inspectSchema())
        findings += Findings.tables(try await store.inspectTables(), limits: limits)
        findings += Findings.references(try await store.inspectReferences())
        findings += Findings.figures(try await store.databaseFigures())
        return findings + (try await countyFindings(at: server.now))
    }

    private func countyFindings(at now: Timestamp) async throws -> [Finding] {
        let records = try await store.counties()
        guard !records.isEmpty else {
            return [
                Finding(
                    .fault, "counties", "no county is loaded, so no hub starts", "尚未加载县级配置，平台无法启动",
                    do: "run 'liankong county load FOLDER --key KEY'", "运行liankong county load")
            ]
        }
        let registry = CountyRegistry(store: store, clock: HubClock(databaseNow: now), logger: Logs.quiet)
        try await registry.refresh()
        let latest = Dictionary(
            try await store.latestBundles(except: [:]).map { ($0.county, $0) }, uniquingKeysWith: { first, _ in first })
        let people = try await store.inspectCounties(tokensEndingWithin: Int32(limits.tokenDays))
        let figures = try await store.countyFigures()
        return records.flatMap { record in
            let look = CountyLook(
                record: record, now: now.advanced(byMicroseconds: record.clockOffset),
                runtime: registry.all.first { $0.id == record.id }, bundle: latest[record.id],
                people: people.first { $0.county == record.id }, figures: figures.first { $0.county == record.id })
            return Findings.county(look, limits: limits)
        }
    }
}

extension Date {
    /// The instant.
    fileprivate var timestamp: Timestamp { Timestamp(microseconds: Int64(timeIntervalSince1970 * 1_000_000)) }
}
