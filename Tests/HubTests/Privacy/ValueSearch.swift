import Foundation

/// Looks for values in bytes, in every form in which a program might write them.
struct ValueSearch: Sendable {
    /// A way to write text down.
    enum Form: String, CaseIterable, Sendable {
        case plain
        /// As `pg_dump` writes `bytea`.
        case hexadecimal
        case capitalHexadecimal
        /// In base64 text, wherever the value begins in it.
        case base64
        case base64ForAddresses
        /// `\u674e`, as JSON may.
        case escaped
        case capitalEscaped
        case percent
        case smallPercent

        /// The bytes to look for; several where they depend on what stands before.
        func spellings(of text: String) -> [[UInt8]] {
            let bytes = Array(text.utf8)
            let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            switch self {
            case .plain: return [bytes]
            case .hexadecimal: return [Array(hex.joined().utf8)]
            case .capitalHexadecimal: return [Array(hex.joined().uppercased().utf8)]
            case .base64: return (0..<3).map { Self.base64(bytes, after: $0) }
            case .base64ForAddresses:
                return (0..<3).map { offset in
                    Self.base64(bytes, after: offset).map { byte in
                        switch byte {
                        case UInt8(ascii: "+"): UInt8(ascii: "-")
                        case UInt8(ascii: "/"): UInt8(ascii: "_")
                        default: byte
                        }
                    }
                }
            case .escaped: return [Self.escaped(text, uppercase: false)]
            case .capitalEscaped: return [Self.escaped(text, uppercase: true)]
            case .percent: return [Array(hex.map { "%" + $0.uppercased() }.joined().utf8)]
            case .smallPercent: return [Array(hex.map { "%" + $0 }.joined().utf8)]
            }
        }

        /// The characters that are the same whatever stands around the bytes.
        private static func base64(_ bytes: [UInt8], after offset: Int) -> [UInt8] {
            let encoded = Array(Data([UInt8](repeating: 0, count: offset) + bytes).base64EncodedString().utf8)
            let first = [0, 2, 3][offset]
            let last = (offset + bytes.count) * 8 / 6
            return Array(encoded[first..<last])
        }

        private static func escaped(_ text: String, uppercase: Bool) -> [UInt8] {
            let units = text.utf16.map { unit -> String in
                guard unit > 127 else { return String(UnicodeScalar(UInt8(unit))) }
                let hex = String(unit, radix: 16, uppercase: uppercase)
                return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
            return Array(units.joined().utf8)
        }
    }

    private struct Needle: Sendable {
        var value: String
        var form: Form
        var bytes: [UInt8]
    }

    private let needles: [Needle]
    /// The needles by a hash of their first eight bytes.
    private let table: [[Int]]

    /// Precondition: no value is shorter than three characters of Chinese, or
    /// eight others.
    init(_ values: [String]) {
        needles = values.flatMap { value in
            Form.allCases.flatMap { form in
                form.spellings(of: value).map { Needle(value: value, form: form, bytes: $0) }
            }
        }
        var table = [[Int]](repeating: [], count: 1 << 16)
        for (index, needle) in needles.enumerated() {
            precondition(needle.bytes.count >= 8, "too short to be told from chance")
            table[needle.bytes.withUnsafeBytes { Self.hash($0.loadUnaligned(as: UInt64.self)) }].append(index)
        }
        self.table = table
    }

    private static func hash(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 48)
    }

    /// What was found, as `value, form`, for a person to read.
    func found(in bytes: [UInt8]) -> [String] {
        guard bytes.count >= 8 else { return [] }
        var found: Set<Int> = []
        bytes.withUnsafeBytes { haystack in
            for start in 0...haystack.count - 8 {
                let word = haystack.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                for index in table[Self.hash(word)] where haystack[start...].starts(with: needles[index].bytes) {
                    found.insert(index)
                }
            }
        }
        return found.sorted().map { "\(needles[$0].value), \(needles[$0].form.rawValue)" }
    }
}
