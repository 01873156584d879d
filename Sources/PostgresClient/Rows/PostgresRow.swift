import CLibPQ

/// One row, a view into its ``PostgresRows``.
package struct PostgresRow {
    let result: ResultOwner
    let row: Int32

    /// The value of a column, by name.
    ///
    /// - Throws: ``PostgresError`` with `.decodingFailed`, naming column,
    ///   index, Swift and server type, but not the value.
    package func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let index = index(of: column) else {
            throw PostgresError(.decodingFailed, message: "the result has no column \"\(column)\"")
        }
        return try value(index, as: type)
    }

    /// The value of a column, by index from 0.
    ///
    /// - Throws: as ``decode(_:as:)``.
    package func decode<Value: PostgresDecodable>(_ index: Int, as type: Value.Type = Value.self) throws -> Value {
        guard index >= 0, index < Int(PQnfields(result.pointer)) else {
            throw PostgresError(.decodingFailed, message: "the result has no column of index \(index)")
        }
        return try value(Int32(index), as: type)
    }

    /// The value of a column, by index from 0; as ``decode(_:as:)``.
    package subscript<Value: PostgresDecodable>(index: Int, as type: Value.Type) -> Value {
        get throws { try decode(index, as: type) }
    }

    /// The value of a column, by name; as ``decode(_:as:)``.
    package subscript<Value: PostgresDecodable>(column: String, as type: Value.Type) -> Value {
        get throws { try decode(column, as: type) }
    }

    // MARK: -

    private func value<Value: PostgresDecodable>(_ column: Int32, as type: Value.Type) throws -> Value {
        let pointer = result.pointer
        let cell = PostgresCell(
            type: PostgresType(rawValue: PQftype(pointer, column)),
            bytes: PQgetisnull(pointer, row, column) == 1
                ? nil
                : UnsafeRawBufferPointer(
                    start: PQgetvalue(pointer, row, column), count: Int(PQgetlength(pointer, row, column))),
        )
        do {
            return try Value.decode(cell)
        } catch {
            let name = PQfname(pointer, column).map { String(cString: $0) } ?? ""
            throw PostgresError(
                .decodingFailed,
                message: "cannot read column \"\(name)\" (index \(column), type \(cell.type)) as \(type): "
                    + error.reason,
            )
        }
    }

    /// Not `PQfnumber`, which copies and folds the name on each call.
    private func index(of column: String) -> Int32? {
        var column = column
        return column.withUTF8 { wanted in
            for index in 0..<PQnfields(result.pointer) {
                guard let name = PQfname(result.pointer, index) else { continue }
                var position = 0
                while position < wanted.count, UInt8(bitPattern: name[position]) == wanted[position] {
                    position += 1
                }
                if position == wanted.count, name[position] == 0 { return index }
            }
            return nil
        }
    }
}

// A row reads memory its result owns; send the rows instead.
@available(*, unavailable)
extension PostgresRow: Sendable {}
