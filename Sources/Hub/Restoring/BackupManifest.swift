package import CloudEvents
package import Coordination
import Foundation
package import Store

/// What lies beside a dump: whose it is, how far it goes, and which keys it
/// needs. It holds no key and nothing personal.
///
/// It is taken after the dump. So the last position it names was not given out
/// before the dump ended, and everything in the dump lies at or before it.
package struct BackupManifest: Sendable, Hashable {
    /// A county of the installation.
    package struct County: Sendable, Hashable {
        package var key: String
        package var nameZh: String
        package var isSandbox: Bool
        /// The master key of its newest sealed part; nil while it has none.
        package var sealingKey: String?
    }

    /// The newest migration of the schema.
    package var schemaVersion: Int32
    /// Which program's schema it is, by its texts.
    package var release: String
    package var serverVersion: String
    /// By the database's clock.
    package var takenAt: Timestamp
    package var lastPosition: Position
    /// What the key file is known by; nil where no hub has served yet.
    package var caseKeyCheck: [UInt8]?
    package var counties: [County]

    /// Describes the installation a store belongs to.
    package init(of store: Store) async throws {
        let release = try SchemaRelease.current()
        schemaVersion = release.version
        self.release = release.fingerprint
        serverVersion = try await store.inspectDatabase().serverVersion
        takenAt = try await store.databaseNow()
        lastPosition = try await store.lastPosition()
        caseKeyCheck = try await store.caseKeyCheck()
        counties = []
        for county in try await store.counties() {
            counties.append(
                County(
                    key: county.key, nameZh: county.nameZh, isSandbox: county.sandbox,
                    sealingKey: try await store.newestSealingKey(county: county.id)))
        }
    }

    // MARK: - As a file

    /// The form the file has.
    private static let format = "liankong-backup-1"

    package var jsonValue: JSONValue {
        [
            "format": .string(Self.format), "takenAt": .string(takenAt.rfc3339()),
            "schemaVersion": .integer(Int64(schemaVersion)), "release": .string(release),
            "serverVersion": .string(serverVersion), "lastPosition": .string(String(lastPosition.rawValue)),
            "caseKeyCheck": caseKeyCheck.map { .string(Data($0).base64EncodedString()) } ?? .null,
            "counties": .array(
                counties.map { county in
                    [
                        "key": .string(county.key), "nameZh": .string(county.nameZh),
                        "sandbox": .bool(county.isSandbox),
                        "sealingKey": county.sealingKey.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }

    /// Reads a file; nil for one that is no manifest.
    package init?(_ json: JSONValue) {
        guard json["format"]?.stringValue == Self.format,
            let takenAt = json["takenAt"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let version = json["schemaVersion"]?.integerValue.flatMap({ Int32(exactly: $0) }),
            let release = json["release"]?.stringValue, let server = json["serverVersion"]?.stringValue,
            let position = json["lastPosition"]?.stringValue.flatMap({ Int64($0) }), position >= 0,
            let counties = json["counties"]?.arrayValue
        else { return nil }
        (schemaVersion, self.release, serverVersion, self.takenAt) = (version, release, server, takenAt)
        lastPosition = Position(rawValue: position)
        switch json["caseKeyCheck"] {
        case .null?: caseKeyCheck = nil
        case .string(let text)?:
            guard let check = Data(base64Encoded: text) else { return nil }
            caseKeyCheck = Array(check)
        default: return nil
        }
        self.counties = []
        for county in counties {
            guard let key = county["key"]?.stringValue, let nameZh = county["nameZh"]?.stringValue,
                let isSandbox = county["sandbox"]?.boolValue
            else { return nil }
            self.counties.append(
                County(
                    key: key, nameZh: nameZh, isSandbox: isSandbox, sealingKey: county["sealingKey"]?.stringValue))
        }
    }
}

extension Keyring {
    /// Whether these are the keys a backup needs, as far as it can be told
    /// without its data.
    ///
    /// - Returns: the keys' names that are missing; nil for another
    ///   installation's key file.
    package func missing(for manifest: BackupManifest) -> [String]? {
        if let check = manifest.caseKeyCheck, check != caseKeyCheck { return nil }
        return Set(manifest.counties.compactMap(\.sealingKey)).filter { !holds($0) }.sorted()
    }
}
