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
    private let birthOffset: Int?

    /// Eighteen characters that stand in the template where the child's number goes.
    private static let childMark = "410322200601010000"
    private static let birthMark = "2006-01-01"
    /// How many digits of an id count up.
    static let width = 9
    /// Five hundred children of one sex are born on a day in a place.
    private static let serials = 500
    /// The days on which they are born: ten years, so 1.8 million children.
    private static let dates: [(year: Int, month: Int, day: Int)] = {
        let first = CivilDate(year: 2004, month: 1, day: 1)?.dayNumber ?? 0
        return (0..<3653).map { CivilDate(dayNumber: first + $0).components }
    }()

    /// The part of an id before its number.
    let idPrefix: String
    /// The type of the event.
    let type: String

    /// A template of a sample of `attendance.dropout.suspected`.
    ///
    /// - Parameter region: where its children were registered: the first six
    ///   digits of their numbers keep those of two scenarios apart.
    init?(sample: JSONValue, idPrefix: String, region: Int) {
        guard case .object(var event) = sample, case .object(var data)? = event["data"],
            case .object(var child)? = data["child"]
        else { return nil }
        let childMark = String(region) + Self.childMark.dropFirst(6)
        event["id"] = .string(idPrefix + String(repeating: "0", count: Self.width))
        child["idNumber"] = .string(childMark)
        if child["studentNumber"] != nil { child["studentNumber"] = .string("G" + childMark) }
        if child["birthDate"] != nil { child["birthDate"] = .string(Self.birthMark) }
        data["child"] = .object(child)
        data["note"] = nil
        event["data"] = .object(data)
        bytes = JSONValue.object(event).encodedBytes()
        self.idPrefix = idPrefix
        type = event["type"]?.stringValue ?? ""
        guard let id = Self.offsets(of: idPrefix, in: bytes).first else { return nil }
        idOffset = id + idPrefix.utf8.count
        childOffsets = Self.offsets(of: childMark, in: bytes)
        birthOffset = Self.offsets(of: Self.birthMark, in: bytes).first
    }

    /// The size of an event in bytes.
    var size: Int { bytes.count }

    /// The event with a number, appended to a buffer.
    func append(_ number: Int, to buffer: inout [UInt8]) {
        let start = buffer.count
        buffer.append(contentsOf: bytes)
        let date = Self.dates[number % Self.dates.count]
        // Even numbers are girls', as the sample says.
        let serial = number / Self.dates.count % Self.serials * 2
        buffer.withUnsafeMutableBufferPointer { buffer in
            Self.write(number, width: Self.width, at: start + idOffset, in: buffer)
            if let birthOffset {
                Self.write(date.year, width: 4, at: start + birthOffset, in: buffer)
                Self.write(date.month, width: 2, at: start + birthOffset + 5, in: buffer)
                Self.write(date.day, width: 2, at: start + birthOffset + 8, in: buffer)
            }
            for offset in childOffsets {
                let child = start + offset
                Self.write(date.year * 10_000 + date.month * 100 + date.day, width: 8, at: child + 6, in: buffer)
                Self.write(serial, width: 3, at: child + 14, in: buffer)
                buffer[child + 17] = Self.checkDigit(of: buffer, at: child)
            }
        }
    }

    private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    private static let checkDigits = Array("10X98765432".utf8)

    /// The last character of a citizen's number (GB 11643), from its 17 digits.
    private static func checkDigit(of bytes: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> UInt8 {
        var sum = 0
        for index in 0..<17 { sum += Int(bytes[start + index] - UInt8(ascii: "0")) * weights[index] }
        return checkDigits[sum % 11]
    }

    private static func write(_ number: Int, width: Int, at offset: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) {
        var rest = number
        for index in stride(from: offset + width - 1, through: offset, by: -1) {
            buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static func offsets(of text: String, in bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBytes { bytes in
            var found: [Int] = []
            var position = 0
            while let offset = ByteSearch.find(Array(text.utf8), in: bytes, from: position) {
                found.append(offset)
                position = offset + 1
            }
            return found
        }
    }
}
