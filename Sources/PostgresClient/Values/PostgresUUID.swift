/// Sixteen bytes: a `uuid`, whose version bits nobody looks at.
package struct PostgresUUID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Bytes 0 to 7, the first the most significant.
    package let high: UInt64
    /// Bytes 8 to 15.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// From its bytes.
    ///
    /// - Precondition: there are exactly 16.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == 16, "a uuid has 16 bytes")
        self = bytes.withUnsafeBytes { source in
            PostgresUUID(high: source.integer() ?? 0, low: source.integer(at: 8) ?? 0)
        }
    }

    /// A random one (version 4).
    package static func random() -> PostgresUUID {
        var generator = SystemRandomNumberGenerator()
        return PostgresUUID(
            high: generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000,
        )
    }

    /// From its usual text, in either case; nil for any other form.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if [8, 13, 18, 23].contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.digit(byte) else { return nil }
            if digits < 16 { halves.0 = halves.0 << 4 | digit } else { halves.1 = halves.1 << 4 | digit }
            digits += 1
        }
        self.init(high: halves.0, low: halves.1)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Its 16 bytes.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            let target = UnsafeMutableRawBufferPointer(buffer)
            target.storeBytes(of: high.bigEndian, as: UInt64.self)
            target.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            count = 16
        }
    }

    /// The usual text, in lower case.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// In the server's order.
    package static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension PostgresUUID: PostgresScalar {
    package static var postgresType: PostgresType { .uuid }
    package static var postgresArrayType: PostgresType { .uuidArray }

    package var scalarLength: Int { 16 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(high)
        target.store(low, at: 8)
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .uuid }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> PostgresUUID? {
        guard bytes.count == 16, let high = bytes.integer(UInt64.self), let low = bytes.integer(UInt64.self, at: 8)
        else { return nil }
        return PostgresUUID(high: high, low: low)
    }
}
