import Glibc

/// Finding texts in bytes, without making anything.
enum ByteSearch {
    /// The offset of a mark at or after a place; nil where there is none.
    static func find(_ mark: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        guard let first = mark.first, let base = bytes.baseAddress, bytes.count >= start + mark.count else {
            return nil
        }
        var position = start
        let last = bytes.count - mark.count
        while position <= last {
            guard let found = memchr(base + position, Int32(first), last - position + 1) else { return nil }
            let offset = UnsafeRawPointer(found) - base
            if memcmp(base + offset, mark, mark.count) == 0 { return offset }
            position = offset + 1
        }
        return nil
    }

    /// How often a mark stands in bytes.
    static func count(_ mark: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int {
        var count = 0
        var position = 0
        while let found = find(mark, in: bytes, from: position) {
            count += 1
            position = found + mark.count
        }
        return count
    }

    /// The digits at a place as a number; nil where there is none.
    static func number(in bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        var value = 0
        var position = start
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            value = value * 10 + Int(digit)
            position += 1
        }
        return position > start ? value : nil
    }

    /// The text from a place to the next quotation mark.
    static func text(in bytes: UnsafeRawBufferPointer, at start: Int) -> String {
        String(decoding: bytes[start...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }
}
