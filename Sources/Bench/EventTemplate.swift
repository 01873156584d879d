import ChineseIdentifiers
import CloudEvents

/// A sample event as bytes in which id and child are changed in place, so that
/// making the next one costs no more than copying it.
///
/// Every event tells of another child, also from one scenario to the next:
/// events of one child join one case and its duties, and the hub has something
/// else to do with them.
struct EventTemplate {
    private let bytes: [UInt8]
    private let idOffset: Int
    private let childOffsets: [Int]
    private let birthOffset: Int

    /// Eighteen characters that stand in the template where the child's number goes.
    private static let childMark = "410322200601010000"
    /// Where the children of a scenario were registered: the first six digits of
    /// their numbers keep those of two scenarios apart.
    private static let regions = [
        "probe-": "410302", "reader-": "410303", "single-": "410322", "batch-": "410304", "sign-": "410305",
        "latency-": "410311",
    ]
    private static let birthMark = "2006-01-01"
    /// How many digits of an id count up.
    private static let width = 9
    /// Two thousand children are born on each day of the three years in use.
    private static let days = 1096

    /// The part of an id before its number.
    let idPrefix: String

    /// A template of a sample of `attendance.dropout.suspected`.
    init?(sample: JSONValue, idPrefix: String) {
        guard case .object(var event) = sample, case .object(var data)? = event["data"],
            case .object(var child)? = data["child"], let region = Self.regions[idPrefix]
        else { return nil }
        let childMark = region + Self.childMark.dropFirst(6)
        event["id"] = .string(idPrefix + String(repeating: "0", count: Self.width))
        child["idNumber"] = .string(childMark)
        child["studentNumber"] = .string("G" + childMark)
        child["birthDate"] = .string(Self.birthMark)
        data["child"] = .object(child)
        data["note"] = nil
        event["data"] = .object(data)
        bytes = JSONValue.object(event).encodedBytes()
        self.idPrefix = idPrefix
        let marks = Self.offsets(of: childMark, in: bytes)
        guard let id = Self.offsets(of: idPrefix, in: bytes).first, marks.count == 2,
            let birth = Self.offsets(of: Self.birthMark, in: bytes).first
        else { return nil }
        idOffset = id + idPrefix.utf8.count
        childOffsets = marks
        birthOffset = birth
    }

    /// The size of an event in bytes.
    var size: Int { bytes.count }

    /// The event with a number, appended to a buffer.
    func append(_ number: Int, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append(contentsOf: bytes)
        Self.write(number, width: Self.width, at: start + idOffset, in: &buffer)
        let (year, month, day) = CivilDate(
            dayNumber: (CivilDate(year: 2006, month: 1, day: 1)?.dayNumber ?? 0) + number % Self.days
        ).components
        Self.write(year, width: 4, at: start + birthOffset, in: &buffer)
        Self.write(month, width: 2, at: start + birthOffset + 5, in: &buffer)
        Self.write(day, width: 2, at: start + birthOffset + 8, in: &buffer)
        // Even numbers are girls', as the sample says.
        let serial = number / Self.days % 500 * 2
        for offset in childOffsets.map({ start + $0 }) {
            Self.write(year * 10_000 + month * 100 + day, width: 8, at: offset + 6, in: &buffer)
            Self.write(serial, width: 3, at: offset + 14, in: &buffer)
            let digits = String(decoding: buffer[offset..<(offset + 17)], as: UTF8.self)
            buffer[offset + 17] = CitizenID.checkCharacter(for: digits)?.asciiValue ?? UInt8(ascii: "0")
        }
    }

    private static func write(_ number: Int, width: Int, at offset: Int, in buffer: inout [UInt8]) {
        var rest = number
        for index in stride(from: offset + width - 1, through: offset, by: -1) {
            buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func offsets(of text: String, in bytes: [UInt8]) -> [Int] {
        let mark = Array(text.utf8)
        guard bytes.count >= mark.count else { return [] }
        return (0...(bytes.count - mark.count)).filter { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }
    }
}
