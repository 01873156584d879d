package import Crypto
import Foundation

/// The keys that are not in the database: master keys that wrap the key of
/// each sealed part, and the key under which natural keys of cases are hashed.
///
/// Stored as one JSON file with mode 0600, apart from the data: whoever has a
/// dump or a backup of the database cannot read what it seals.
package struct Keyring: Sendable {
    /// The name of the master key that new parts are wrapped with.
    package let activeName: String
    private let masters: [String: SymmetricKey]
    /// Keys the hashes of natural keys; never rotates, or cases would no
    /// longer be found.
    package let caseKey: SymmetricKey

    private struct File: Codable {
        var active: String
        var masters: [String: String]
        var cases: String
    }

    /// What can be wrong with a key file.
    package enum Fault: Error, Hashable, CustomStringConvertible {
        case unreadable(String)
        case malformed(String)
        /// There is no key file, and the database has one of its own.
        case missing(String)
        /// The keys are another installation's.
        case foreign(String)

        package var description: String {
            switch self {
            case .unreadable(let path): "cannot read the key file \(path); check that it exists and who owns it"
            case .malformed(let path): "the key file \(path) is damaged; restore it from the key backup"
            case .missing(let path): "the key file \(path) is missing; this database was served with one before"
            case .foreign(let path): "the key file \(path) is not the one this database was served with"
            }
        }

        /// The same in Chinese.
        package var messageZh: String {
            switch self {
            case .unreadable(let path): "无法读取密钥文件\(path)，请检查文件是否存在及其属主"
            case .malformed(let path): "密钥文件\(path)已损坏，请从密钥备份恢复"
            case .missing(let path): "密钥文件\(path)不存在，而此数据库已有对应的密钥文件"
            case .foreign(let path): "密钥文件\(path)与此数据库不符"
            }
        }
    }

    /// A keyring with one fresh master key, for tests and first starts.
    ///
    /// The key's name is its own: what another file's key has sealed is told
    /// from what was altered.
    package static func generate() -> Keyring {
        let name = "k" + String(UInt64.random(in: 0 ... .max), radix: 16)
        return Keyring(
            activeName: name, masters: [name: SymmetricKey(size: .bits256)], caseKey: SymmetricKey(size: .bits256))
    }

    private init(activeName: String, masters: [String: SymmetricKey], caseKey: SymmetricKey) {
        self.activeName = activeName
        self.masters = masters
        self.caseKey = caseKey
    }

    /// Reads a key file.
    package init(file path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw Fault.unreadable(path) }
        guard let file = try? JSONDecoder().decode(File.self, from: data) else { throw Fault.malformed(path) }
        var masters: [String: SymmetricKey] = [:]
        for (name, text) in file.masters {
            guard let bytes = Data(base64Encoded: text), bytes.count == 32 else { throw Fault.malformed(path) }
            masters[name] = SymmetricKey(data: bytes)
        }
        guard masters[file.active] != nil, let cases = Data(base64Encoded: file.cases), cases.count == 32 else {
            throw Fault.malformed(path)
        }
        self.init(activeName: file.active, masters: masters, caseKey: SymmetricKey(data: cases))
    }

    /// Reads a key file, or makes one when there is none.
    ///
    /// Two processes that start at once agree: the file appears by one rename
    /// that fails where it exists.
    package static func loadOrCreate(file path: String) throws -> Keyring {
        if FileManager.default.fileExists(atPath: path) { return try Keyring(file: path) }
        let fresh = Keyring.generate()
        let file = File(
            active: fresh.activeName, masters: fresh.masters.mapValues { $0.bytes.base64EncodedString() },
            cases: fresh.caseKey.bytes.base64EncodedString())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let draft = path + ".\(UInt64.random(in: 0 ... .max))"
        guard
            FileManager.default.createFile(
                atPath: draft, contents: try encoder.encode(file), attributes: [.posixPermissions: 0o600])
        else { throw Fault.unreadable(path) }
        defer { try? FileManager.default.removeItem(atPath: draft) }
        // link(2) fails where the name exists, so the first writer wins whole.
        _ = link(draft, path)
        return try Keyring(file: path)
    }

    /// The names of the master keys that are here.
    package var names: [String] { masters.keys.sorted() }

    /// Whether a master key of this name is here.
    package func holds(_ name: String) -> Bool { masters[name] != nil }

    /// A master key by name; nil when this keyring does not hold it.
    func master(_ name: String) -> SymmetricKey? { masters[name] }

    var active: SymmetricKey {
        guard let key = masters[activeName] else {
            preconditionFailure("a keyring is made with its active key")
        }
        return key
    }
}

extension SymmetricKey {
    fileprivate var bytes: Data { withUnsafeBytes { Data($0) } }
}
