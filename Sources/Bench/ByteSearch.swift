import Glibc

/// Finding texts in bytes.
enum ByteSearch {
    /// The offset of a mark at or after a place; nil where there is none.
    static func find(_ mark: [UInt8], in bytes: [UInt8], from start: Int = 0) -> Int? {
        guard let first = mark.first, bytes.count >= start + mark.count else { return nil }
        return bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return nil }
            var position = start
            let last = buffer.count - mark.count
            while position <= last {
                guard let found = memchr(base + position, Int32(first), last - position + 1) else { return nil }
                let offset = UnsafeRawPointer(found) - base
                if memcmp(base + offset, mark, mark.count) == 0 { return offset }
                position = offset + 1
            }
            return nil
        }
    }
}
