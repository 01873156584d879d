/// A property that did not hold.
struct Finding: Error {
    /// Which property, in a word that counts by.
    var property: String
    /// What was seen instead.
    var detail: String

    init(_ property: String, _ detail: String) {
        self.property = property
        self.detail = detail
    }
}

/// A finding with the case that shows it, made as small as could be.
struct ReportedFinding {
    var area: FuzzArea
    var seed: UInt64
    var number: Int
    var finding: Finding
    /// What was sent or read; all of it is made up.
    var input: [UInt8]

    var text: String {
        """
        FINDING \(finding.property)
          again: deploy/fuzz --only \(area.rawValue) --seed \(seed) --case \(number)
          seen: \(finding.detail)
          input (\(input.count) bytes): \(ByteText.quoted(input, upTo: 4000))
        """
    }
}

/// Bytes as text for people.
enum ByteText {
    /// Printable ASCII as it is, everything else as `\\xHH`, cut off in the middle.
    static func quoted(_ bytes: [UInt8], upTo limit: Int) -> String {
        guard bytes.count > limit else { return quoted(bytes[...]) }
        let half = limit / 2
        return quoted(bytes.prefix(half)) + " …\(bytes.count - 2 * half) bytes… " + quoted(bytes.suffix(half))
    }

    private static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): text += "\\\\"
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x0A: text += "\\n"
            case 0x0D: text += "\\r"
            default:
                let digits = String(byte, radix: 16)
                text += "\\x" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return text
    }
}
