import Crypto
import Foundation
import Logging
import Store

extension Keyring {
    /// What a database remembers of the key of its cases: it tells this key
    /// from others, and nothing else.
    package var caseKeyCheck: [UInt8] {
        // Hashes of natural keys begin with a county's number.
        Array(HMAC<SHA256>.authenticationCode(for: Array("liankong/case-key".utf8), using: caseKey))
    }

    /// The keyring with which a hub serves a database.
    ///
    /// Under another key the same child would not be found and would get a second
    /// case, so a key file must be the database's own. A new one is made where
    /// nothing was ever sealed.
    ///
    /// - Parameter takesNewKeys: the old key file is lost for good: go on with
    ///   the one that is there, or a new one.
    /// - Throws: ``Fault``, or what the database says.
    static func serving(
        _ store: Store, file path: String, takesNewKeys: Bool, logger: Logger,
    ) async throws -> Keyring {
        let known = try await store.caseKeyCheck()
        if takesNewKeys {
            let keyring = try loadOrCreate(file: path)
            guard keyring.caseKeyCheck != known else { return keyring }
            try await store.replaceCaseKeyCheck(keyring.caseKeyCheck)
            logger.warning("the hub goes on with new keys; what was sealed before stays sealed")
            return keyring
        }
        if let known {
            guard FileManager.default.fileExists(atPath: path) else { throw Fault.missing(path) }
            let keyring = try Keyring(file: path)
            guard keyring.caseKeyCheck == known else { throw Fault.foreign(path) }
            return keyring
        }
        // A database that older hubs have served tells by what they sealed.
        let names = try await store.newestSealingKeys()
        guard names.isEmpty || FileManager.default.fileExists(atPath: path) else { throw Fault.missing(path) }
        let keyring = try loadOrCreate(file: path)
        guard names.isEmpty || names.contains(where: keyring.holds) else { throw Fault.foreign(path) }
        try await store.keepCaseKeyCheck(keyring.caseKeyCheck)
        // Another hub may have begun at the same time, with another file.
        guard try await store.caseKeyCheck() == keyring.caseKeyCheck else { throw Fault.foreign(path) }
        return keyring
    }
}

extension Store {
    /// The names of the master keys of each county's newest events.
    fileprivate func newestSealingKeys() async throws -> [String] {
        var names: [String] = []
        for county in try await counties() {
            if let name = try await newestSealingKey(county: county.id) { names.append(name) }
        }
        return names
    }
}
