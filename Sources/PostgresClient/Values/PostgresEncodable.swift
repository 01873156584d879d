/// A value that can be bound to a statement, in binary form.
///
/// The length is asked for first, so that all binds of a statement are written
/// into one buffer that never grows: the admission call binds tens of thousands
/// of elements.
package protocol PostgresEncodable: Sendable {
    /// The type the parameter is declared with.
    static var postgresType: PostgresType { get }
    /// The length of the binary form; nil for NULL.
    var encodedLength: Int? { get }
    /// Writes exactly ``encodedLength`` bytes. Not called for NULL.
    func write(to target: UnsafeMutableRawPointer)
}

/// A value that can be read from a column.
package protocol PostgresDecodable {
    /// The value of a cell.
    static func decode(_ cell: PostgresCell) throws(PostgresCell.Fault) -> Self
}

/// A value that stands for itself, as opposed to an array of such.
package protocol PostgresScalar: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    /// The type of arrays of it.
    static var postgresArrayType: PostgresType { get }
    /// The length of its binary form.
    var scalarLength: Int { get }
    /// Whether a column of this type can be read as this.
    static func accepts(_ type: PostgresType) -> Bool
    /// Reads the binary form, of an accepted type; nil if it is malformed.
    static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Self?

    // The loops over arrays are requirements, so that each type has its own
    // specialised copy of them although callers know only `any PostgresEncodable`.

    /// The length of an array of it.
    static func length(ofOptionals array: [Self?]) -> Int
    /// Writes an array of it.
    static func write(optionals array: [Self?], to target: UnsafeMutableRawPointer)
    /// Reads an array of it.
    static func readOptionals(_ cell: PostgresCell) throws(PostgresCell.Fault) -> [Self?]
}

/// What an array may consist of: scalars and optional scalars, and bytes,
/// whose array is not an array to the server but one `bytea`.
package protocol PostgresArrayElement: Sendable {
    /// The type of the array.
    static var arrayTypeOfElement: PostgresType { get }
    /// The length of the array's binary form.
    static func length(of array: [Self]) -> Int
    /// Writes the array.
    static func write(_ array: [Self], to target: UnsafeMutableRawPointer)
    /// Reads an array.
    static func readArray(_ cell: PostgresCell) throws(PostgresCell.Fault) -> [Self]
}

extension PostgresScalar {
    package var encodedLength: Int? { scalarLength }

    package static func decode(_ cell: PostgresCell) throws(PostgresCell.Fault) -> Self {
        guard accepts(cell.type) else { throw .typeMismatch }
        guard let bytes = cell.bytes else { throw .unexpectedNull }
        guard let value = read(bytes, type: cell.type) else { throw .malformed }
        return value
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }

    package var encodedLength: Int? { self?.encodedLength }

    package func write(to target: UnsafeMutableRawPointer) {
        self?.write(to: target)
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func decode(_ cell: PostgresCell) throws(PostgresCell.Fault) -> Wrapped? {
        cell.bytes == nil ? nil : try Wrapped.decode(cell)
    }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.arrayTypeOfElement }

    package var encodedLength: Int? { Element.length(of: self) }

    package func write(to target: UnsafeMutableRawPointer) {
        Element.write(self, to: target)
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func decode(_ cell: PostgresCell) throws(PostgresCell.Fault) -> [Element] {
        try Element.readArray(cell)
    }
}

extension UnsafeMutableRawPointer {
    /// Stores an integer in network byte order, wherever this points.
    @inline(__always)
    func store<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value, at offset: Int = 0) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: Value.self)
    }
}

extension UnsafeRawBufferPointer {
    /// Reads an integer in network byte order; nil if there are not that many bytes.
    @inline(__always)
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self, at offset: Int = 0,
    ) -> Value? {
        guard offset >= 0, offset + MemoryLayout<Value>.size <= count else { return nil }
        return Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
