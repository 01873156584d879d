import CloudEvents
import Foundation
import Hub
import Store

/// One thing a check found, good or bad.
struct Finding: Equatable {
    /// How bad it is.
    enum Level: String {
        case good, warning, fault

        var mark: String {
            switch self {
            case .good: "✓"
            case .warning: "!"
            case .fault: "✗"
            }
        }
    }

    var level: Level
    /// What was looked at, a word.
    var check: String
    var message: String
    var messageZh: String

    init(_ level: Level, _ check: String, _ message: String, _ messageZh: String) {
        self.level = level
        self.check = check
        self.message = message
        self.messageZh = messageZh
    }

    /// Both texts; a value that is no language's once.
    var text: String { message == messageZh ? message : "\(message) / \(messageZh)" }

    var jsonValue: JSONValue {
        [
            "level": .string(level.rawValue), "check": .string(check), "message": .string(message),
            "messageZh": .string(messageZh),
        ]
    }
}

/// The key file as the file system has it.
struct KeyFile {
    var path: String
    /// The permission bits; nil where there is no file.
    var mode: Int?
    /// Whether its keys can be read.
    var isSound = false
    /// What a database knows the file by; nil where its keys cannot be read.
    var caseKeyCheck: [UInt8]?
    /// The file system it lies on.
    var device: Int?

    init(path: String) {
        self.path = path
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue
        device = Self.device(of: path)
        let keyring = mode == nil ? nil : try? Keyring(file: path)
        isSound = keyring != nil
        caseKeyCheck = keyring?.caseKeyCheck
    }

    /// The number of the file system a path lies on.
    static func device(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_dev) : nil
    }
}

/// The judgements of the doctor: what was found, weighed.
enum Findings {
    /// The database's server and its settings.
    static func server(_ server: DatabaseInspection, hostNow: Timestamp) -> [Finding] {
        var findings: [Finding] = []
        let version = "PostgreSQL \(server.serverVersion)"
        findings.append(
            server.serverVersionNumber >= 150_000
                ? Finding(.good, "version", version, version)
                : Finding(.fault, "version", "\(version) is older than 15", "\(version)低于15"))
        if server.encoding != "UTF8" {
            findings.append(
                Finding(.fault, "encoding", "the database's encoding is \(server.encoding), not UTF8", "数据库编码不是UTF8"))
        }
        let settings = [
            ("synchronous_commit", server.synchronousCommit), ("fsync", server.fsync),
            ("full_page_writes", server.fullPageWrites),
        ]
        for (name, value) in settings {
            // Stricter than on is as good: remote_apply waits for a standby.
            let isGood = value == "on" || value == "remote_apply" || value == "remote_write"
            findings.append(
                isGood
                    ? Finding(.good, name, value, value)
                    : Finding(
                        .fault, name, "\(name) is \(value): what was answered may be lost in a crash",
                        "\(name)为\(value)：已答复的数据可能在故障中丢失"))
        }
        let offset = abs(server.now.microseconds - hostNow.microseconds) / 1_000_000
        findings.append(
            offset < 5
                ? Finding(.good, "clock", "database and host agree", "数据库与本机时钟一致")
                : Finding(
                    .warning, "clock", "database and host differ by \(offset) s; deadlines follow the database",
                    "数据库与本机时钟相差\(offset)秒，时限以数据库为准"))
        return findings
    }

    /// The key file, and whether who has the data has the keys too.
    ///
    /// - Parameter known: what the database knows its key file by; nil where no
    ///   hub has served yet.
    static func keys(_ file: KeyFile, dataDirectory: String?, known: [UInt8]? = nil) -> [Finding] {
        guard let mode = file.mode else {
            if known != nil {
                let fault = Keyring.Fault.missing(file.path)
                return [Finding(.fault, "keys", fault.description, fault.messageZh)]
            }
            return [
                Finding(
                    .warning, "keys", "there is no key file at \(file.path); the hub makes one when it starts",
                    "尚无密钥文件，平台启动时生成")
            ]
        }
        var findings: [Finding] = []
        if !file.isSound {
            findings.append(
                Finding(
                    .fault, "keys", "the key file is damaged or not readable; restore it from its backup",
                    "密钥文件损坏或不可读，请从备份恢复"))
        }
        if let known, let check = file.caseKeyCheck, check != known {
            let fault = Keyring.Fault.foreign(file.path)
            findings.append(Finding(.fault, "keys", fault.description, fault.messageZh))
        }
        findings.append(
            mode & 0o077 == 0
                ? Finding(.good, "keys", "only the owner reads the key file", "密钥文件仅属主可读")
                : Finding(
                    .fault, "keys", "others may read the key file; chmod 600 \(file.path)",
                    "他人可读密钥文件，请执行chmod 600"))
        if let dataDirectory, let data = KeyFile.device(of: dataDirectory), data == file.device {
            findings.append(
                Finding(
                    .warning, "keys",
                    "keys and data share a file system; one backup would hold both. Keep the keys apart",
                    "密钥与数据在同一文件系统，备份会同时包含两者，请分开存放"))
        }
        return findings
    }

    /// The hub's own tables.
    static func schema(_ schema: SchemaInspection) -> [Finding] {
        var findings: [Finding] = []
        let ahead = schema.partitionsUpTo - schema.lastPosition
        findings.append(
            ahead > 1_000_000
                ? Finding(.good, "partitions", "there is room for \(ahead) positions", "分区余量\(ahead)")
                : Finding(
                    .fault, "partitions",
                    "there is room for \(max(0, ahead)) positions only; a running hub makes more, so none has run lately",
                    "分区余量不足，平台可能久未运行"))
        findings.append(
            schema.stuckTimers == 0
                ? Finding(.good, "timers", "nothing is overdue for a sweep", "没有滞留的时限")
                : Finding(
                    .fault, "timers", "\(schema.stuckTimers) steps should have fired; is a hub running?",
                    "\(schema.stuckTimers)个步骤应触发而未触发，平台是否在运行？"))
        findings.append(
            schema.boardDeltas < 100_000
                ? Finding(.good, "board", "\(schema.boardDeltas) counts wait to be folded", "待汇总\(schema.boardDeltas)条")
                : Finding(
                    .warning, "board", "\(schema.boardDeltas) counts wait to be folded; maintenance lags",
                    "待汇总\(schema.boardDeltas)条，维护滞后"))
        let orphans = schema.orphanedRecipients + schema.orphanedTimers
        findings.append(
            orphans == 0
                ? Finding(.good, "references", "deliveries and timers refer to what exists", "引用完整")
                : Finding(
                    .fault, "references",
                    "\(schema.orphanedRecipients) deliveries without event, \(schema.orphanedTimers) timers without duty",
                    "存在缺失引用"))
        return findings
    }

    /// The counties.
    static func counties(_ counties: [CountyRecord]) -> [Finding] {
        guard !counties.isEmpty else {
            return [
                Finding(.fault, "counties", "no county is loaded; run 'liankong county load'", "尚未加载县级配置")
            ]
        }
        return counties.map { county in
            Finding(
                .good, "counties", county.key + (county.sandbox ? " (demonstration)" : ""),
                county.nameZh + (county.sandbox ? "（演示）" : ""))
        }
    }
}
