import Foundation
import Hub

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

/// How full a disk is.
struct DiskSpace: Equatable {
    /// What programs without privileges may still use, in percent.
    var freePercent: Int
    var freeGiB: Int

    init(freePercent: Int, freeGiB: Int) {
        self.freePercent = freePercent
        self.freeGiB = freeGiB
    }

    /// The disk a path lies on; nil where that cannot be seen from here.
    init?(path: String?) {
        var status = statvfs()
        guard let path, statvfs(path, &status) == 0, status.f_blocks > 0 else { return nil }
        freePercent = Int(status.f_bavail * 100 / status.f_blocks)
        freeGiB = Int(UInt64(status.f_bavail) * UInt64(status.f_frsize) >> 30)
    }
}

extension Findings {
    /// The key file, and whether who has the data has the keys too.
    ///
    /// - Parameter known: what the database knows its key file by; nil where no
    ///   hub has served yet.
    static func keys(_ file: KeyFile, dataDirectory: String?, known: [UInt8]? = nil) -> [Finding] {
        let restore = ("restore it from the key backup, or name the right file with --keys", "请从密钥备份恢复，或用--keys指明正确的文件")
        guard let mode = file.mode else {
            if known != nil {
                let fault = Keyring.Fault.missing(file.path)
                return [Finding(.fault, "keys", fault.description, fault.messageZh, do: restore.0, restore.1)]
            }
            return [
                Finding(
                    .warning, "keys", "there is no key file at \(file.path); the hub makes one when it starts",
                    "尚无密钥文件，平台启动时生成", do: "back it up, apart from the data, once it is there", "生成后请与数据分开备份")
            ]
        }
        var findings: [Finding] = []
        if !file.isSound {
            findings.append(
                Finding(
                    .fault, "keys", "the key file is damaged or not readable: no hub starts with it",
                    "密钥文件损坏或不可读，平台无法启动", do: restore.0, restore.1))
        }
        if let known, let check = file.caseKeyCheck, check != known {
            let fault = Keyring.Fault.foreign(file.path)
            findings.append(Finding(.fault, "keys", fault.description, fault.messageZh, do: restore.0, restore.1))
        }
        findings.append(
            mode & 0o077 == 0
                ? .good("keys", "only the owner reads the key file", "密钥文件仅属主可读")
                : Finding(
                    .fault, "keys", "others on this host may read the key file, and with it what is sealed",
                    "本机其他用户可读密钥文件，从而可读密封内容", do: "chmod 600 \(file.path)", "执行chmod 600 \(file.path)"))
        if let dataDirectory, let data = KeyFile.device(of: dataDirectory), data == file.device {
            findings.append(
                Finding(
                    .warning, "keys", "keys and data share a file system; one backup of it would hold both",
                    "密钥与数据在同一文件系统，备份会同时包含两者", do: "keep the keys on another file system, and in another backup",
                    "请将密钥放在另一文件系统，并单独备份"))
        }
        return findings
    }

    /// A disk; nothing is said of one that cannot be seen from here.
    static func space(_ space: DiskSpace?, of name: String, _ nameZh: String, limits: DoctorLimits) -> [Finding] {
        guard let space else { return [] }
        let words = (
            "\(space.freePercent) % of \(name) is free, \(space.freeGiB) GiB",
            "\(nameZh)空闲\(space.freePercent)%，\(space.freeGiB)GiB"
        )
        if space.freePercent >= limits.freeSpacePercent { return [.good("disk", words.0, words.1)] }
        return [
            Finding(
                space.freePercent < limits.freeSpacePercent / 3 ? .fault : .warning, "disk",
                words.0 + "; when it is full nothing more is stored", words.1 + "；写满后无法再接收报送",
                do: "add space; look for held log (slots), old backups and server logs", "请扩容，并检查复制槽占用的WAL、旧备份和日志")
        ]
    }
}
