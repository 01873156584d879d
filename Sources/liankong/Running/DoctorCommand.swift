import ArgumentParser
import CloudEvents
import Foundation
import Hub
import Store

/// Looks an installation over.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look an installation over: database, settings, keys, clocks, tables. 体检。",
        discussion: """
              liankong doctor --database-url postgresql:///liankong \\
                --keys /etc/liankong/keys.json

            Exit status: 0 no fault, warnings allowed; 1 a fault; 5 no database.
            """,
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var keys: KeyOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let findings = try await database.withStore { store in
            let server = try await store.inspectDatabase()
            var findings = Findings.server(server, hostNow: Date().timestamp)
            let isCurrent = try await store.schemaIsCurrent()
            findings += Findings.keys(
                KeyFile(path: keys.path), dataDirectory: server.dataDirectory,
                known: isCurrent ? try await store.caseKeyCheck() : nil)
            if isCurrent {
                findings.append(Finding(.good, "schema", "the schema is current", "数据库结构是最新"))
                findings += Findings.schema(try await store.inspectSchema())
                findings += Findings.counties(try await store.counties())
            } else {
                findings.append(
                    Finding(
                        .fault, "schema", "the schema is not this program's; run 'liankong migrate'",
                        "数据库结构不是最新，请运行 liankong migrate"))
            }
            return findings
        }
        if output.isJSON {
            Output.json(["findings": .array(findings.map(\.jsonValue))])
        } else {
            for finding in findings {
                print("\(finding.level.mark) \(finding.check): \(finding.text)")
            }
        }
        let faults = findings.filter { $0.level == .fault }.count
        if faults > 0 {
            throw CommandFailure(
                .refused, code: "faults-found", "\(Words.count(faults, "fault", "faults")) found", "发现\(faults)处问题")
        }
    }
}

extension Date {
    /// The instant.
    fileprivate var timestamp: Timestamp { Timestamp(microseconds: Int64(timeIntervalSince1970 * 1_000_000)) }
}
