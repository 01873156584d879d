/// Hexadecimal digits.
enum Hexadecimal {
    /// The value of a digit in either case; nil for other bytes.
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Both digits of a byte, letters in the case asked for.
    static func digits(_ byte: UInt8, uppercase: Bool) -> (UInt8, UInt8) {
        func digit(_ value: UInt8) -> UInt8 {
            if value < 10 { return UInt8(ascii: "0") + value }
            return (uppercase ? UInt8(ascii: "A") : UInt8(ascii: "a")) + value - 10
        }
        return (digit(byte >> 4), digit(byte & 0x0F))
    }
}
