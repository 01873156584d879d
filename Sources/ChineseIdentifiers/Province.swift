/// The two digits of GB/T 2260 that begin every region code.
enum Province {
    /// Whether a province, municipality or region ever had this code.
    static func isKnown(_ code: Int) -> Bool {
        switch code {
        case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81...83: true
        default: false
        }
    }

    /// The same for two ASCII digits.
    static func isKnown(_ bytes: some Collection<UInt8>) -> Bool {
        guard let code = Decimal.value(bytes) else { return false }
        return isKnown(code)
    }
}

/// Numbers in ASCII digits.
enum Decimal {
    /// The value of digits; nil where anything else is among them, or nothing.
    static func value(_ bytes: some Collection<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return nil }
        var value = 0
        for byte in bytes {
            guard IdentifierText.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// The day that eight digits write as `20100315`; nil for no such day.
    static func date(_ bytes: ArraySlice<UInt8>) -> CivilDate? {
        guard bytes.count == 8, let value = value(bytes) else { return nil }
        return CivilDate(year: value / 10_000, month: value / 100 % 100, day: value % 100)
    }

    /// The same, for a person: not before 1900, not after today.
    static func birthDate(_ bytes: ArraySlice<UInt8>, today: CivilDate?) -> CivilDate? {
        guard let date = date(bytes), date.year >= 1900 else { return nil }
        if let today, date > today { return nil }
        return date
    }
}
