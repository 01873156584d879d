extension StringProtocol {
    /// Whether it is a name for programs, such as `hrss-01` or `mengjin`: 1 to 63
    /// lower-case letters, digits and dashes, the first no dash.
    package var isPlainName: Bool {
        (1...63).contains(utf8.count) && utf8.first != UInt8(ascii: "-")
            && utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            }
    }
}

extension OfficerID {
    /// Whether it may be registered: a plain name, and no citizen ID number, which
    /// is 17 digits and one digit or X.
    package var isRegistrable: Bool {
        rawValue.isPlainName && !rawValue.isDigits(count: 18) && !rawValue.dropLast().isDigits(count: 17)
    }
}
