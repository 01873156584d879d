/// The binds of a statement in wire form, in one buffer.
///
/// Encoding happens on the caller's thread, so that the connection's thread
/// only hands bytes to libpq.
struct EncodedBinds: Sendable {
    /// One behind the other.
    private(set) var bytes: [UInt8] = []
    /// -1 for NULL.
    private(set) var lengths: [Int32] = []
    private(set) var types: [UInt32] = []

    /// libpq's limit: the protocol counts parameters in 16 bits.
    static let maximumCount = 65_535

    init(_ binds: [any PostgresEncodable]) throws {
        guard !binds.isEmpty else { return }
        guard binds.count <= Self.maximumCount else {
            throw PostgresError(.encodingFailed, message: "a statement takes at most \(Self.maximumCount) binds")
        }
        lengths.reserveCapacity(binds.count)
        types.reserveCapacity(binds.count)
        var total = 0
        for bind in binds {
            types.append(Self.type(of: bind))
            guard let length = bind.encodedLength else {
                lengths.append(-1)
                continue
            }
            guard let short = Int32(exactly: length) else {
                throw PostgresError(.encodingFailed, message: "a bind exceeds 2 GiB")
            }
            lengths.append(short)
            total += length
        }
        bytes = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            guard var target = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
            for (bind, length) in zip(binds, lengths) where length > 0 {
                bind.write(to: target)
                target += Int(length)
            }
            count = total
        }
    }

    private static func type<Value: PostgresEncodable>(of value: Value) -> UInt32 {
        Value.postgresType.rawValue
    }
}
