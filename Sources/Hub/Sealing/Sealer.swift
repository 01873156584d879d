import Crypto
import Foundation
package import PostgresClient
package import Store

/// Encrypts the parts of an event that only some may read, and what persons
/// write into notes.
///
/// Each part has a random key of its own, wrapped by the master key; both
/// encryptions are AES-256-GCM, bound to county, event and audience, so that a
/// part cannot be moved to another event or audience unnoticed. They are bound
/// to the event's key rather than its position because the position is drawn
/// in the lane, after sealing; the two name the same event.
package struct Sealer: Sendable {
    package let keyring: Keyring

    package init(keyring: Keyring) {
        self.keyring = keyring
    }

    /// Why a sealed part cannot be read.
    package enum Fault: Error, Hashable, CustomStringConvertible {
        /// The part's own key was destroyed; nobody will read it again.
        case erased
        /// The master key is not in this host's key file.
        case keyNotHeld
        /// The bytes were altered or belong elsewhere.
        case notAuthentic

        package var description: String {
            switch self {
            case .erased: "the key of this part was destroyed"
            case .keyNotHeld: "the master key of this part is not in this hub's key file"
            case .notAuthentic: "this part was altered or belongs to another event"
            }
        }

        /// The API's answer where the part was asked for.
        package var hubError: HubError {
            switch self {
            case .erased: HubError("erased")
            case .keyNotHeld: HubError("key-not-held", retryAfter: 60)
            case .notAuthentic: HubError("sealed-part-altered")
            }
        }
    }

    /// The sealed parts of an event and the fingerprint of its content.
    ///
    /// - Parameters:
    ///   - parts: canonical JSON by audience; must hold `personal`, possibly
    ///     empty, whose key also keys the content hash.
    ///   - attributes: canonical JSON of the attributes as sent.
    ///   - data: canonical JSON of the data as sent.
    package func seal(
        parts: [(audience: String, body: [UInt8])], county: Int16, key: PostgresUUID, attributes: [UInt8],
        data: [UInt8],
    ) throws -> (parts: [AdmissionRow.SealedPart], contentHash: [UInt8]) {
        var sealed: [AdmissionRow.SealedPart] = []
        var hash: [UInt8] = []
        var random = RandomBytes(count: parts.count * Self.randomLength)
        for part in parts {
            let dataKey = SymmetricKey(data: random.take(32))
            let binding = Self.binding(county: county, key: key, audience: part.audience)
            sealed.append(
                AdmissionRow.SealedPart(
                    audience: part.audience,
                    kek: keyring.activeName,
                    wrappedKey: try Self.box(
                        dataKey.withUnsafeBytes { Array($0) }, keyring.active, binding, &random),
                    body: try Self.box(part.body, dataKey, binding, &random),
                ))
            if part.audience == "personal" {
                hash = Self.contentHash(attributes: attributes, data: data, dataKey: dataKey)
            }
        }
        precondition(!hash.isEmpty, "an event has a personal part, if an empty one")
        return (sealed, hash)
    }

    /// The content of a sealed part.
    package func open(_ part: AdmissionRow.SealedPart, county: Int16, key: PostgresUUID) throws(Fault) -> [UInt8] {
        let binding = Self.binding(county: county, key: key, audience: part.audience)
        return try Self.unbox(part.body, try dataKey(of: part, binding: binding), binding)
    }

    /// Whether content that was sent again is what was stored.
    ///
    /// - Throws: ``Fault/erased`` once the part is: then nothing can be said.
    package func matches(
        hash: [UInt8], attributes: [UInt8], data: [UInt8], personal: AdmissionRow.SealedPart, county: Int16,
        key: PostgresUUID,
    ) throws(Fault) -> Bool {
        let binding = Self.binding(county: county, key: key, audience: personal.audience)
        let dataKey = try dataKey(of: personal, binding: binding)
        return Self.contentHash(attributes: attributes, data: data, dataKey: dataKey) == hash
    }

    /// What a person wrote, as one self-contained value for a column.
    package func sealNote(_ text: [UInt8], county: Int16, context: String) throws -> [UInt8] {
        var random = RandomBytes(count: Self.randomLength)
        let dataKey = SymmetricKey(data: random.take(32))
        let binding = Array("liankong/note/\(county)/\(context)".utf8)
        let wrapped = try Self.box(dataKey.withUnsafeBytes { Array($0) }, keyring.active, binding, &random)
        let name = Array(keyring.activeName.utf8)
        return [UInt8(name.count)] + name + wrapped + (try Self.box(text, dataKey, binding, &random))
    }

    /// Reads what ``sealNote(_:county:context:)`` made.
    package func openNote(_ bytes: [UInt8], county: Int16, context: String) throws(Fault) -> [UInt8] {
        guard let first = bytes.first, bytes.count > 1 + Int(first) + Self.wrappedLength else {
            throw .notAuthentic
        }
        let binding = Array("liankong/note/\(county)/\(context)".utf8)
        let name = String(decoding: bytes[1..<(1 + Int(first))], as: UTF8.self)
        guard let master = keyring.master(name) else { throw .keyNotHeld }
        let wrapped = Array(bytes[(1 + Int(first))..<(1 + Int(first) + Self.wrappedLength)])
        let key = SymmetricKey(data: try Self.unbox(wrapped, master, binding))
        return try Self.unbox(Array(bytes[(1 + Int(first) + Self.wrappedLength)...]), key, binding)
    }

    /// The hash by which events of one natural key find their case.
    package func caseKey(county: Int16, kind: String, naturalKey: String) -> [UInt8] {
        let text = Array("\(county)/\(kind)/\(naturalKey)".utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: text, using: keyring.caseKey))
    }

    // MARK: - Cipher

    /// What one part takes of chance: a key, and the nonces of key and body.
    private static let randomLength = 32 + 12 + 12
    /// Nonce, key and tag of a wrapped 32-byte key.
    private static let wrappedLength = 12 + 32 + 16

    private func dataKey(of part: AdmissionRow.SealedPart, binding: [UInt8]) throws(Fault) -> SymmetricKey {
        guard !part.wrappedKey.isEmpty else { throw .erased }
        guard let master = keyring.master(part.kek) else { throw .keyNotHeld }
        return SymmetricKey(data: try Self.unbox(part.wrappedKey, master, binding))
    }

    private static func binding(county: Int16, key: PostgresUUID, audience: String) -> [UInt8] {
        Array("liankong/event/\(county)/\(audience)/".utf8) + key.bytes
    }

    private static func contentHash(attributes: [UInt8], data: [UInt8], dataKey: SymmetricKey) -> [UInt8] {
        let contentKey = SymmetricKey(
            data: HMAC<SHA256>.authenticationCode(for: Array("liankong/content".utf8), using: dataKey))
        var hash = SHA256()
        hash.update(data: attributes)
        hash.update(data: Array(HMAC<SHA256>.authenticationCode(for: data, using: contentKey)))
        return Array(hash.finalize())
    }

    private static func box(
        _ bytes: [UInt8], _ key: SymmetricKey, _ binding: [UInt8], _ random: inout RandomBytes,
    ) throws -> [UInt8] {
        let nonce = try AES.GCM.Nonce(data: random.take(12))
        let box = try AES.GCM.seal(bytes, using: key, nonce: nonce, authenticating: binding)
        var sealed: [UInt8] = []
        sealed.reserveCapacity(bytes.count + 28)
        sealed.append(contentsOf: box.nonce)
        sealed.append(contentsOf: box.ciphertext)
        sealed.append(contentsOf: box.tag)
        return sealed
    }

    private static func unbox(_ bytes: [UInt8], _ key: SymmetricKey, _ binding: [UInt8]) throws(Fault) -> [UInt8] {
        do {
            let box = try AES.GCM.SealedBox(combined: bytes)
            return Array(try AES.GCM.open(box, using: key, authenticating: binding))
        } catch {
            throw .notAuthentic
        }
    }
}
