import ArgumentParser
import CloudEvents
import Coordination
import Hub
import Store

/// What deploy/backup and deploy/restore need beside a dump.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Describe a backup, try its keys, and finish a restore. 备份与恢复。",
        discussion: """
            deploy/backup and deploy/restore do all of it; these are their parts. deploy/operation.md has the recipe. \
            备份与恢复请用deploy/backup和deploy/restore。
            """,
        subcommands: [Describe.self, CheckKeys.self, Restored.self],
    )

    /// Describes the installation.
    struct Describe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "describe",
            abstract: "Write the manifest of a dump that has just been taken, as JSON. 生成备份清单。",
            discussion: """
                It names counties, keys and the last position, and holds neither keys nor data.

                  liankong backup describe > manifest.json
                """)

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let manifest = try await database.withStore { store in
                guard try await store.schemaIsCurrent() else { throw HubCore.Fault.schemaNotCurrent }
                return try await BackupManifest(of: store)
            }
            Output.json(manifest.jsonValue)
        }
    }

    /// Whether the key file is the one a backup needs.
    struct CheckKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check-keys",
            abstract: "Tell whether the key file is the one a backup needs. 核对密钥文件。",
            discussion: """
                  liankong backup check-keys manifest.json --keys /etc/liankong/keys.json

                Exit status: 0 it is; 1 keys are missing, or it is another installation's; 2 a file cannot be read.
                """)

        @Argument(help: "The manifest of the backup. 备份清单。")
        var manifest: String

        @OptionGroup var keys: KeyOptions

        func run() async throws {
            let manifest = try ManifestFile.read(self.manifest)
            try ManifestFile.check(try Keyring(file: keys.path), for: manifest, path: keys.path)
            print("the keys fit 密钥相符")
        }
    }

    /// Finishes a restore.
    struct Restored: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restored",
            abstract: "Make a database that was loaded from a dump fit to be served. 恢复后处理。",
            discussion: """
                Begins maintenance, so that nothing is accepted and nobody reminded until you have looked; tries the \
                keys on the newest event of each; lets positions go on beyond every one that clients may hold as a \
                cursor; makes partitions and gathers statistics.

                  liankong backup restored manifest.json --keys /etc/liankong/keys.json
                  liankong maintenance off --hold-sweeps 4h
                """)

        @Argument(help: "The manifest of the backup. 备份清单。")
        var manifest: String

        @Option(
            help: ArgumentHelp(
                "How many positions are passed over; 1000000. 跳过的位置数。",
                discussion: """
                    More than were given out between the backup and the failure; an event takes some eight. \
                    应大于备份至故障之间发出的位置数，每件约占8个。
                    """))
        var skip: Int64 = 1_000_000

        @Option(help: "What those who are refused are told; else that and from when the data was restored. 原因。")
        var reason: String?

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var keys: KeyOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            // A hundred partitions of each log are made at once: many more would
            // take all the locks that a server of the usual settings has.
            guard (1...1_000_000_000).contains(skip) else {
                throw ValidationError("--skip is 1 to 1000000000 / 应在1至1000000000之间")
            }
            if let reason, let fault = MaintenanceReason.fault(of: reason) {
                throw ValidationError("--reason: \(fault.en) / \(fault.zh)")
            }
        }

        func run() async throws {
            let manifest = try ManifestFile.read(self.manifest)
            let keyring = try Keyring(file: keys.path)
            try ManifestFile.check(keyring, for: manifest, path: keys.path)
            let at = manifest.takenAt.beijingText
            let reason = reason ?? "已从\(at)的备份恢复，正在核对 restored from the backup of \(at), being checked"
            let report = try await database.withStore { store in
                guard try await store.schemaIsCurrent() else { throw HubCore.Fault.schemaNotCurrent }
                do {
                    return try await Restoration(store: store, keyring: keyring)
                        .finish(manifest, skip: skip, reason: reason)
                } catch let fault as Restoration.Fault {
                    throw CommandFailure(.refused, code: "not-restored", bilingual: "\(fault)")
                }
            }
            guard !output.isJSON else {
                return Output.json([
                    "lastPosition": .string(String(report.lastPosition.rawValue)),
                    "keys": .array(report.keys.map { .string($0) }),
                ])
            }
            print("keys tried 已验证密钥: \(report.keys.isEmpty ? "—" : report.keys.joined(separator: ", "))")
            print("positions go on after 位置接续自 \(report.lastPosition.rawValue)")
            print("maintenance is on; look, then 已进入维护模式，核对后执行: liankong maintenance off --hold-sweeps 4h")
        }
    }
}

/// The manifest of a backup as a file.
private enum ManifestFile {
    static func read(_ path: String) throws -> BackupManifest {
        let bytes = try Output.file(path)
        guard case .success(let json) = JSONReader.read(bytes), let manifest = BackupManifest(json) else {
            throw CommandFailure(
                .unreadable, code: "no-manifest", "\(path) is no manifest of a backup", "\(path)不是备份清单")
        }
        return manifest
    }

    static func check(_ keyring: Keyring, for manifest: BackupManifest, path: String) throws {
        let hint = "name the installation's own with --keys, from the key backup 请用--keys指明本系统的密钥文件"
        guard let missing = keyring.missing(for: manifest) else {
            let fault = Keyring.Fault.foreign(path)
            throw CommandFailure(.refused, code: "keys", fault.description, fault.messageZh, hints: [hint])
        }
        guard missing.isEmpty else {
            throw CommandFailure(
                .refused, code: "keys", bilingual: "\(Restoration.Fault.keysMissing(missing))", hints: [hint])
        }
    }
}

extension CommandFailure {
    fileprivate init(_ status: ExitStatus, code: String, bilingual: String, hints: [String]) {
        self.init(status, code: code, bilingual: bilingual)
        self.hints = hints
    }
}
