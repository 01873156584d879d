/// Numbers as ECMAScript writes them (ECMA-262, Number::toString), which is
/// what RFC 8785, section 3.2.2.3, asks for.
enum NumberText {
    /// The shortest text that reads back as the same double. Numbers that JSON
    /// cannot say are `null`, as ECMAScript writes them.
    static func ecmaScript(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        // Minus zero too.
        if number == 0 { return "0" }
        let text = text(Decimal(number.magnitude))
        return number < 0 ? "-" + text : text
    }

    /// The significant digits of a number and the place of its point, counted
    /// from before the first digit.
    private struct Decimal {
        var digits: [UInt8] = []
        var point = 0

        /// Takes apart the description of a positive number, which has the
        /// shortest digits that read back, in one form or another.
        init(_ number: Double) {
            var exponent = 0
            var pointSeen = false
            let parts = number.description.utf8.split(separator: UInt8(ascii: "e"))
            if parts.count > 1 { exponent = Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 }
            for byte in parts[0] {
                if byte == UInt8(ascii: ".") {
                    pointSeen = true
                } else if digits.isEmpty, byte == UInt8(ascii: "0") {
                    if pointSeen { point -= 1 }
                } else {
                    digits.append(byte)
                    if !pointSeen { point += 1 }
                }
            }
            point += exponent
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        }
    }

    private static func text(_ decimal: Decimal) -> String {
        let (digits, point) = (decimal.digits, decimal.point)
        var text: [UInt8] = []
        switch point {
        case digits.count...21:
            text = digits + zeros(point - digits.count)
        case 1...21:
            text = digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
        case -5...0:
            text = Array("0.".utf8) + zeros(-point) + digits
        default:
            text = Array(digits[..<1])
            if digits.count > 1 { text += [UInt8(ascii: ".")] + digits[1...] }
            text += Array((point > 0 ? "e+" : "e-").utf8) + Array(String(abs(point - 1)).utf8)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func zeros(_ count: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(ascii: "0"), count: count)
    }
}
