extension Timestamp {
    private static let secondsOfDay: Int64 = 86_400

    /// Reads a time of RFC 3339, such as `2020-10-22T09:12:00+08:00`.
    ///
    /// The offset is required; `T` and `Z` may be lower case. A fraction is cut
    /// off after the microsecond. A leap second counts as the second after it.
    /// Nil for any other text, also for days that the calendar does not have.
    public init?(rfc3339 text: String) {
        var digits = TimeDigits(text)
        guard let year = digits.number(4), digits.take("-"), let month = digits.number(2), digits.take("-"),
            let day = digits.number(2), digits.take("T"), let hour = digits.number(2), digits.take(":"),
            let minute = digits.number(2), digits.take(":"), let second = digits.number(2),
            let fraction = digits.fraction(), let offset = digits.offset(), digits.isAtEnd,
            (1...12).contains(month), (1...GregorianDay.count(ofMonth: month, year: year)).contains(day),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        let days = GregorianDay.number(year: year, month: month, day: day)
        let seconds = days * Self.secondsOfDay + hour * 3600 + minute * 60 + second - offset * 60
        // Leap seconds are inserted at the end of a day of UTC.
        if second == 60, !seconds.isMultiple(of: Self.secondsOfDay) { return nil }
        self.init(microseconds: seconds * 1_000_000 + (second == 60 ? 0 : fraction))
    }

    /// The time in RFC 3339, with three or six decimals where it has any.
    ///
    /// Precondition: the year lies between 0 and 9999, or the text is none of
    /// RFC 3339.
    ///
    /// - Parameter offset: the distance from UTC in minutes, less than a day;
    ///   Beijing time by default. With 0 the text ends in `Z`.
    public func rfc3339(offset: Int = Timestamp.beijingOffset) -> String {
        String(unsafeUninitializedCapacity: Self.longestText) { write(offset: offset, to: $0) }
    }

    /// Appends what ``rfc3339(offset:)`` says in Beijing time.
    func appendRFC3339(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.longestText) { buffer in
            let count = write(offset: Self.beijingOffset, to: buffer)
            bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Digit by digit: an answer holds dozens of instants.
    private func write(offset: Int, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        precondition(abs(offset) < 1440, "an offset is less than a day")
        // At the ends of what 64 bits hold the offset makes no difference.
        let (sum, overflow) = microseconds.addingReportingOverflow(Int64(offset) * 60_000_000)
        let (second, fraction) = (overflow ? microseconds : sum).flooredDivision(by: 1_000_000)
        let (dayNumber, secondOfDay) = second.flooredDivision(by: Self.secondsOfDay)
        let day = GregorianDay.date(number: dayNumber)
        var digits = DigitWriter(buffer)
        digits.write(day.year, width: 4, followedBy: "-")
        digits.write(day.month, width: 2, followedBy: "-")
        digits.write(day.day, width: 2, followedBy: "T")
        digits.write(secondOfDay / 3600, width: 2, followedBy: ":")
        digits.write(secondOfDay / 60 % 60, width: 2, followedBy: ":")
        digits.write(secondOfDay % 60, width: 2)
        if fraction != 0 {
            digits.write(".")
            let isWhole = fraction % 1000 == 0
            digits.write(isWhole ? fraction / 1000 : fraction, width: isWhole ? 3 : 6)
        }
        guard offset != 0 else {
            digits.write("Z")
            return digits.count
        }
        digits.write(offset < 0 ? "-" : "+")
        digits.write(Int64(abs(offset)) / 60, width: 2, followedBy: ":")
        digits.write(Int64(abs(offset)) % 60, width: 2)
        return digits.count
    }

    /// Of any instant that 64 bits hold, in bytes: a year has at most six
    /// digits and a sign.
    private static let longestText = 48
}

/// Writes numbers in decimal, one behind the other.
private struct DigitWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func write(_ sign: Unicode.Scalar) {
        buffer[count] = UInt8(truncatingIfNeeded: sign.value)
        count += 1
    }

    /// A number with at least so many digits.
    mutating func write(_ number: Int64, width: Int) {
        if number < 0 { write("-") }
        var rest = number.magnitude
        var length = 1
        var bound: UInt64 = 10
        while rest >= bound {
            length += 1
            bound *= 10
        }
        length = max(length, width)
        for place in stride(from: count + length - 1, through: count, by: -1) {
            buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += length
    }

    mutating func write(_ number: Int64, width: Int, followedBy sign: Unicode.Scalar) {
        write(number, width: width)
        write(sign)
    }
}

extension Int64 {
    /// The quotient rounded down and the remainder, which is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// The parts of a time, one after another.
private struct TimeDigits {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    /// Exactly so many digits.
    mutating func number(_ width: Int) -> Int64? {
        guard position + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + width] {
            guard let digit = Self.digit(byte) else { return nil }
            value = value * 10 + digit
        }
        position += width
        return value
    }

    /// A sign; letters in either case.
    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard position < bytes.count else { return false }
        let wanted = UInt8(truncatingIfNeeded: sign.value)
        let isLetter = (0x41...0x5A).contains(wanted)
        guard bytes[position] == wanted || isLetter && bytes[position] == wanted | 0x20 else { return false }
        position += 1
        return true
    }

    /// The microseconds of a fraction; 0 without one, nil after a bare point.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var value: Int64 = 0
        var count = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            if count < 6 { value = value * 10 + digit }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 6 - count) { value *= 10 }
        return value
    }

    /// The minutes from UTC.
    mutating func offset() -> Int64? {
        if take("Z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours <= 23,
            minutes <= 59
        else { return nil }
        return (hours * 60 + minutes) * (isNegative ? -1 : 1)
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int64(byte - UInt8(ascii: "0")) : nil
    }
}
