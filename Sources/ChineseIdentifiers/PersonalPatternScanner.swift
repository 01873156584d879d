/// Finds numbers of persons in free text, so that a field that everybody may
/// read can refuse it. It says what kinds it found, never where or which.
///
/// It rather finds too much than too little: an ID number need not pass its
/// checksum when it stands alone, because a mistyped one still names somebody.
/// Inside longer rows of digits (card numbers, serial numbers) the checksum
/// has to fit. One pass over the UTF-8 bytes.
public enum PersonalPatternScanner {
    /// A kind of number that names a person.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A citizen ID number, present or of 15 digits, alone or inside a
        /// student or disability card number.
        case citizenID = "citizen-id"
        /// A mobile phone number.
        case mobilePhone = "mobile-phone"
    }

    /// The kinds of numbers in a text; empty for a clean one.
    public static func kinds(in text: String) -> Set<Kind> {
        var text = text
        return text.withUTF8 { kinds(in: $0) }
    }

    private static func kinds(in bytes: UnsafeBufferPointer<UInt8>) -> Set<Kind> {
        var found: Set<Kind> = []
        var chain = Chain()
        var index = 0
        while index < bytes.count {
            let (byte, length) = plainByte(bytes, index)
            index += length
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                chain.append(byte)
            case UInt8(ascii: "X"), UInt8(ascii: "x"):
                chain.appendX()
            case UInt8(ascii: " "), UInt8(ascii: "-"):
                if !chain.separate() { chain.finish(&found) }
            default:
                chain.finish(&found)
            }
        }
        chain.finish(&found)
        return found
    }

    /// The byte at an index, a full-width digit, letter, hyphen or space as the
    /// plain one, and how many bytes it took.
    private static func plainByte(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> (UInt8, Int) {
        guard bytes[index] >= 0x80 else { return (bytes[index], 1) }
        guard index + 2 < bytes.count else { return (bytes[index], 1) }
        switch (bytes[index], bytes[index + 1], bytes[index + 2]) {
        // U+FF01 to U+FF3F and U+FF40 to U+FF5E.
        case (0xEF, 0xBC, let low) where low >= 0x81: return (low - 0x60, 3)
        case (0xEF, 0xBD, let low) where low <= 0x9E: return (low - 0x20, 3)
        case (0xE3, 0x80, 0x80): return (UInt8(ascii: " "), 3)
        default: return (bytes[index], 1)
        }
    }
}

extension PersonalPatternScanner {
    /// Groups of digits with single blanks or hyphens between them: people
    /// write `138 0000 0000`.
    private struct Chain {
        private var digits: [UInt8] = []
        private var groups: [Range<Int>] = []
        private var start = 0

        mutating func append(_ digit: UInt8) {
            // After an X the number is over.
            if digits.last == UInt8(ascii: "X"), start < digits.count { endGroup() }
            digits.append(digit)
        }

        mutating func appendX() {
            if digits.count > start {
                digits.append(UInt8(ascii: "X"))
            }
        }

        /// Ends a group; false where there is none to end.
        mutating func separate() -> Bool {
            guard digits.count > start else { return false }
            endGroup()
            return true
        }

        mutating func finish(_ found: inout Set<Kind>) {
            guard !digits.isEmpty else { return }
            endGroup()
            for group in groups {
                search(digits[group], &found)
            }
            if groups.count > 1 { searchAcross(&found) }
            digits.removeAll(keepingCapacity: true)
            groups.removeAll(keepingCapacity: true)
            start = 0
        }

        private mutating func endGroup() {
            if digits.count > start { groups.append(start..<digits.count) }
            start = digits.count
        }

        private func search(_ group: ArraySlice<UInt8>, _ found: inout Set<Kind>) {
            switch group.count {
            case 11 where Phone.isMobile(group):
                found.insert(.mobilePhone)
            case 13 where group.starts(with: "86".utf8) && Phone.isMobile(group.dropFirst(2)),
                15 where group.starts(with: "0086".utf8) && Phone.isMobile(group.dropFirst(4)):
                found.insert(.mobilePhone)
            case 15 where isOldID(group), 18 where isID(group, checked: false):
                found.insert(.citizenID)
            case 19...:
                let isFound = (group.startIndex...group.endIndex - 18).contains { first in
                    isID(group[first..<first + 18], checked: true)
                }
                if isFound { found.insert(.citizenID) }
            default:
                break
            }
        }

        /// The same across separators: 3-4-4 digits, and ID numbers whose
        /// checksum fits.
        private func searchAcross(_ found: inout Set<Kind>) {
            for first in groups.indices {
                var end = first
                while end < groups.count, groups[end].upperBound - groups[first].lowerBound < 18 { end += 1 }
                if end < groups.count, end > first {
                    let joined = digits[groups[first].lowerBound..<groups[end].upperBound]
                    if joined.count == 18, isID(joined, checked: true) { found.insert(.citizenID) }
                }
                guard first + 2 < groups.count,
                    groups[first...first + 2].map(\.count) == [3, 4, 4]
                else { continue }
                if Phone.isMobile(digits[groups[first].lowerBound..<groups[first + 2].upperBound]) {
                    found.insert(.mobilePhone)
                }
            }
        }

        private func isID(_ number: ArraySlice<UInt8>, checked: Bool) -> Bool {
            guard let check = CitizenID.checkByte(for: number.dropLast()), Province.isKnown(number.prefix(2)) else {
                return false
            }
            let digits = number[number.startIndex + 6..<number.startIndex + 14]
            // A bound on the year keeps credit codes of digits only out: their
            // region reaches into the place of the year.
            guard let date = Decimal.birthDate(digits, today: nil), date.year < 2100 else { return false }
            return !checked || number.last == check
        }

        private func isOldID(_ number: ArraySlice<UInt8>) -> Bool {
            guard Province.isKnown(number.prefix(2)) else { return false }
            let date = Array("19".utf8) + number[number.startIndex + 6..<number.startIndex + 12]
            return Decimal.date(date[...]) != nil
        }
    }
}
