import Crypto

/// A token as its holder has it: `lk_` and 256 random bits.
///
/// The prefix lets scanners of source code and mail recognise one that leaked.
package struct BearerToken: Sendable, Hashable {
    package let text: String

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let length = 43

    /// A new token from the system's random source.
    package static func generate() -> BearerToken {
        var random = SystemRandomNumberGenerator()
        var bytes = Array("lk_".utf8)
        // 43 characters of six bits hold 258; the excess is harmless.
        for _ in 0..<length { bytes.append(alphabet[Int.random(in: 0..<64, using: &random)]) }
        return BearerToken(text: String(decoding: bytes, as: UTF8.self))
    }

    /// A token that was sent; nil when it cannot be one.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 3 + Self.length, text.hasPrefix("lk_") else { return nil }
        self.text = String(text)
    }

    private init(text: String) {
        self.text = text
    }

    /// What the database holds of it: SHA-256, 32 bytes.
    package var hash: [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }
}
