import Foundation

/// Bytes of the system's random source, drawn at once: the library asks the
/// kernel once for every eight bytes of a key, which cost as much as sealing.
struct RandomBytes {
    private var bytes: [UInt8]
    private var taken = 0

    /// The most the system gives in one call.
    private static let limit = 256

    init(count: Int) {
        bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = min(Self.limit, count - filled)
                let status = getentropy(buffer.baseAddress.map { $0 + filled }, part)
                precondition(status == 0, "the system gives random bytes")
                filled += part
            }
        }
    }

    /// The next bytes, each given once. Precondition: there are that many left.
    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        precondition(taken + count <= bytes.count, "no random byte is used twice")
        defer { taken += count }
        return bytes[taken..<taken + count]
    }
}
