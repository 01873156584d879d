extension Bool: PostgresScalar {
    package static var postgresType: PostgresType { .bool }
    package static var postgresArrayType: PostgresType { .boolArray }

    package var scalarLength: Int { 1 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(UInt8(self ? 1 : 0))
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .bool }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Bool? {
        bytes.count == 1 ? bytes[0] != 0 : nil
    }
}

extension Int16: PostgresScalar {
    package static var postgresType: PostgresType { .int2 }
    package static var postgresArrayType: PostgresType { .int2Array }

    package var scalarLength: Int { 2 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(self)
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .int2 }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int16? {
        bytes.integer()
    }
}

extension Int32: PostgresScalar {
    package static var postgresType: PostgresType { .int4 }
    package static var postgresArrayType: PostgresType { .int4Array }

    package var scalarLength: Int { 4 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(self)
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .int4 || type == .int2 }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int32? {
        type == .int2 ? bytes.integer(Int16.self).map { Int32($0) } : bytes.integer()
    }
}

extension Int64: PostgresScalar {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }

    package var scalarLength: Int { 8 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(self)
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .int8 || type == .int4 || type == .int2 }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int64? {
        switch type {
        case .int2: bytes.integer(Int16.self).map { Int64($0) }
        case .int4: bytes.integer(Int32.self).map { Int64($0) }
        default: bytes.integer()
        }
    }
}

extension Int: PostgresScalar {
    package static var postgresType: PostgresType { .int8 }
    package static var postgresArrayType: PostgresType { .int8Array }

    package var scalarLength: Int { 8 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(Int64(self))
    }

    package static func accepts(_ type: PostgresType) -> Bool { Int64.accepts(type) }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Int? {
        Int64.read(bytes, type: type).map { Int($0) }
    }
}

extension Double: PostgresScalar {
    package static var postgresType: PostgresType { .float8 }
    package static var postgresArrayType: PostgresType { .float8Array }

    package var scalarLength: Int { 8 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(bitPattern)
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .float8 || type == .float4 }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> Double? {
        type == .float4
            ? bytes.integer(UInt32.self).map { Double(Float(bitPattern: $0)) }
            : bytes.integer(UInt64.self).map { Double(bitPattern: $0) }
    }
}

extension String: PostgresScalar {
    package static var postgresType: PostgresType { .text }
    package static var postgresArrayType: PostgresType { .textArray }

    package var scalarLength: Int { utf8.count }

    package func write(to target: UnsafeMutableRawPointer) {
        var copy = self
        copy.withUTF8 { source in
            guard let base = source.baseAddress else { return }
            target.copyMemory(from: base, byteCount: source.count)
        }
    }

    /// Text in any of its types, JSON, and the labels of enumerations.
    package static func accepts(_ type: PostgresType) -> Bool {
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .jsonb, .unknown: true
        default: type.isUserDefined
        }
    }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> String? {
        // The binary form of jsonb is a version number, 1, and text.
        guard type != .jsonb else {
            return bytes.first == 1 ? String(decoding: bytes.dropFirst(), as: UTF8.self) : nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
