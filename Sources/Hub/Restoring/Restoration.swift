import CloudEvents
package import Coordination
package import Store

/// Makes a database that was loaded from a dump fit to be served again.
///
/// What is different from a crash: what was stored after the dump is lost, and
/// the world has seen it. So
///
/// 1. maintenance begins before anything else: nothing is accepted and no step
///    fires until somebody has looked;
/// 2. the keys are tried on the newest event of every master key;
/// 3. positions go on beyond every one that may have been given out, because
///    clients hold them as cursors: a position given out a second time would be
///    skipped by whoever has read the first;
/// 4. partitions are made for them, and statistics gathered.
///
/// Each step may be repeated, and a second run passes over more positions and
/// does no harm otherwise.
package struct Restoration: Sendable {
    /// What was found and done.
    package struct Report: Sendable, Hashable {
        /// The last position from which the log goes on.
        package var lastPosition: Position
        /// The master keys that were tried.
        package var keys: [String] = []
    }

    /// Why the database is not fit to be served.
    package enum Fault: Error, Hashable, CustomStringConvertible {
        /// The key file does not hold these master keys.
        case keysMissing([String])
        /// The key file has a key of this name that does not open what it sealed.
        case keyDoesNotFit(String)
        /// The database has other counties than the manifest.
        case otherInstallation

        package var description: String {
            switch self {
            case .keysMissing(let names):
                "the key file lacks \(names.joined(separator: ", ")); restore it from the key backup / 密钥文件缺少上述密钥，请从密钥备份恢复"
            case .keyDoesNotFit(let name):
                "the key \(name) does not open what it sealed; the key file is another installation's / 密钥\(name)无法打开其密封的内容"
            case .otherInstallation:
                "the database does not hold the counties of this backup / 数据库中的县与备份不符"
            }
        }
    }

    private let store: Store
    private let keyring: Keyring

    package init(store: Store, keyring: Keyring) {
        self.store = store
        self.keyring = keyring
    }

    /// Does all of it.
    ///
    /// - Parameters:
    ///   - skip: how many positions are passed over: more than may have been
    ///     given out between the dump and the failure.
    ///   - reason: what those who are refused meanwhile are told.
    /// - Throws: ``Fault``, or what the database says; maintenance is on then.
    package func finish(_ manifest: BackupManifest, skip: Int64, reason: String) async throws -> Report {
        let counties = try await store.counties()
        guard Set(counties.map(\.key)) == Set(manifest.counties.map(\.key)) else { throw Fault.otherInstallation }
        try await store.beginMaintenance(county: nil, reason: reason)
        let keys = try await tryKeys(of: counties)
        let last = try await store.skipPositions(beyond: manifest.lastPosition, by: skip)
        _ = try await store.makePartitions()
        try await store.analyse()
        return Report(lastPosition: last, keys: keys)
    }

    /// Opens the newest event of every master key.
    private func tryKeys(of counties: [CountyRecord]) async throws -> [String] {
        let sealer = Sealer(keyring: keyring)
        var found: Set<String> = []
        for county in counties {
            let keys = try await store.sealingKeys(county: county.id)
            let missing = keys.keys.filter { !keyring.holds($0) }.sorted()
            guard missing.isEmpty else { throw Fault.keysMissing(missing) }
            for (name, position) in keys {
                guard let key = try await store.event(at: position, county: county.id)?.key else {
                    throw Fault.keyDoesNotFit(name)
                }
                for part in try await store.sealedParts(of: position, county: county.id) where part.kek == name {
                    // Its own key may have been destroyed, as the law asks.
                    if part.wrappedKey.isEmpty { continue }
                    guard (try? sealer.open(part, county: county.id.rawValue, key: key)) != nil else {
                        throw Fault.keyDoesNotFit(name)
                    }
                }
                found.insert(name)
            }
        }
        return found.sorted()
    }
}
