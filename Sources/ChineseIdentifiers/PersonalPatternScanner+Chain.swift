extension PersonalPatternScanner {
    /// Groups of digits with single blanks, hyphens or dots between them:
    /// people write `138 0000 0000` and `138.0000.0000`.
    struct Chain {
        /// Whether only what has 18 digits and a fitting checksum is an ID number.
        let certainOnly: Bool
        private var digits: [UInt8] = []
        private var groups: [Range<Int>] = []
        private var start = 0

        init(certainOnly: Bool) {
            self.certainOnly = certainOnly
        }

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
            if isPhone(group) { found.insert(.mobilePhone) }
            switch group.count {
            case 15 where !certainOnly && isOldID(group), 18 where isID(group, checked: certainOnly):
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

        /// An X belongs to no phone number: there it is a letter behind it.
        private func isPhone(_ group: ArraySlice<UInt8>) -> Bool {
            var number = group
            while number.last == UInt8(ascii: "X") { number.removeLast() }
            switch number.count {
            case 11: return Phone.isMobile(number)
            case 13: return number.starts(with: "86".utf8) && Phone.isMobile(number.dropFirst(2))
            case 15: return number.starts(with: "0086".utf8) && Phone.isMobile(number.dropFirst(4))
            default: return false
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
