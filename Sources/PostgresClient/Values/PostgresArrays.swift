// The binary form of an array: number of dimensions, whether it has NULLs,
// element type, then for each dimension its length and lower bound, then each
// element with its length (-1 for NULL). An empty array has no dimension.

private let emptyHeaderLength = 12
private let headerLength = 20

extension PostgresScalar {
    package static var arrayTypeOfElement: PostgresType { postgresArrayType }

    package static func length(of array: [Self]) -> Int {
        guard !array.isEmpty else { return emptyHeaderLength }
        var length = headerLength + 4 * array.count
        for element in array { length += element.scalarLength }
        return length
    }

    package static func length(ofOptionals array: [Self?]) -> Int {
        guard !array.isEmpty else { return emptyHeaderLength }
        var length = headerLength + 4 * array.count
        for case .some(let element) in array { length += element.scalarLength }
        return length
    }

    package static func write(_ array: [Self], to target: UnsafeMutableRawPointer) {
        var target = writeHeader(count: array.count, hasNull: false, to: target)
        for element in array {
            let length = element.scalarLength
            target.store(Int32(truncatingIfNeeded: length))
            element.write(to: target + 4)
            target += 4 + length
        }
    }

    package static func write(optionals array: [Self?], to target: UnsafeMutableRawPointer) {
        let hasNull = array.contains { $0 == nil }
        var target = writeHeader(count: array.count, hasNull: hasNull, to: target)
        for element in array {
            guard let element else {
                target.store(Int32(-1))
                target += 4
                continue
            }
            let length = element.scalarLength
            target.store(Int32(truncatingIfNeeded: length))
            element.write(to: target + 4)
            target += 4 + length
        }
    }

    private static func writeHeader(
        count: Int, hasNull: Bool, to target: UnsafeMutableRawPointer,
    ) -> UnsafeMutableRawPointer {
        target.store(Int32(count == 0 ? 0 : 1))
        target.store(Int32(hasNull ? 1 : 0), at: 4)
        target.store(postgresType.rawValue, at: 8)
        guard count > 0 else { return target + emptyHeaderLength }
        target.store(Int32(truncatingIfNeeded: count), at: 12)
        target.store(Int32(1), at: 16)
        return target + headerLength
    }

    package static func readArray(_ cell: PostgresCell) throws(PostgresCell.Fault) -> [Self] {
        var result: [Self] = []
        try readElements(cell) { element throws(PostgresCell.Fault) in
            guard let element else { throw .nullElement }
            result.append(element)
        } reserve: {
            result.reserveCapacity($0)
        }
        return result
    }

    package static func readOptionals(_ cell: PostgresCell) throws(PostgresCell.Fault) -> [Self?] {
        var result: [Self?] = []
        try readElements(cell) { element throws(PostgresCell.Fault) in
            result.append(element)
        } reserve: {
            result.reserveCapacity($0)
        }
        return result
    }

    @inline(__always)
    private static func readElements(
        _ cell: PostgresCell, _ take: (Self?) throws(PostgresCell.Fault) -> Void, reserve: (Int) -> Void,
    ) throws(PostgresCell.Fault) {
        guard let bytes = cell.bytes else { throw .unexpectedNull }
        guard let dimensions = bytes.integer(Int32.self), let oid = bytes.integer(UInt32.self, at: 8),
            !cell.type.isScalarKnown
        else { throw .typeMismatch }
        let elementType = PostgresType(rawValue: oid)
        guard accepts(elementType) else { throw .typeMismatch }
        guard dimensions > 0 else { return }
        guard dimensions == 1, let count = bytes.integer(Int32.self, at: 12), count >= 0 else { throw .dimensions }
        // Every element takes at least its length's four bytes, so a
        // malformed count cannot reserve more than was received.
        reserve(Swift.min(Int(count), bytes.count / 4))
        var offset = headerLength
        for _ in 0..<count {
            guard let length = bytes.integer(Int32.self, at: offset) else { throw .malformed }
            offset += 4
            if length < 0 {
                try take(nil)
                continue
            }
            guard offset + Int(length) <= bytes.count else { throw .malformed }
            let slice = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + Int(length))])
            guard let element = read(slice, type: elementType) else { throw .malformed }
            try take(element)
            offset += Int(length)
        }
    }
}

extension PostgresType {
    /// Whether it is certainly not an array, so that its bytes must not be
    /// read as one.
    fileprivate var isScalarKnown: Bool {
        switch self {
        case .boolArray, .byteaArray, .nameArray, .int2Array, .int4Array, .textArray, .varcharArray, .int8Array,
            .float8Array, .dateArray, .timestamptzArray, .uuidArray:
            false
        default: !isUserDefined
        }
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresScalar {
    package static var arrayTypeOfElement: PostgresType { Wrapped.postgresArrayType }

    package static func length(of array: [Wrapped?]) -> Int { Wrapped.length(ofOptionals: array) }

    package static func write(_ array: [Wrapped?], to target: UnsafeMutableRawPointer) {
        Wrapped.write(optionals: array, to: target)
    }

    package static func readArray(_ cell: PostgresCell) throws(PostgresCell.Fault) -> [Wrapped?] {
        try Wrapped.readOptionals(cell)
    }
}

extension UInt8: PostgresArrayElement {
    package static var arrayTypeOfElement: PostgresType { .bytea }

    package static func length(of array: [UInt8]) -> Int { array.count }

    package static func write(_ array: [UInt8], to target: UnsafeMutableRawPointer) {
        array.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            target.copyMemory(from: base, byteCount: source.count)
        }
    }

    package static func readArray(_ cell: PostgresCell) throws(PostgresCell.Fault) -> [UInt8] {
        guard cell.type == .bytea else { throw .typeMismatch }
        guard let bytes = cell.bytes else { throw .unexpectedNull }
        return Array(bytes)
    }
}

extension Array: PostgresArrayElement where Element == UInt8 {}

extension Array: PostgresScalar where Element == UInt8 {
    package static var postgresArrayType: PostgresType { .byteaArray }

    package var scalarLength: Int { count }

    package static func accepts(_ type: PostgresType) -> Bool { type == .bytea }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> [UInt8]? { Array(bytes) }
}
