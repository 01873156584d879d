import CLibPQ

/// The rows a statement answered with.
///
/// A value that may go anywhere; its rows are views into it that may not.
package struct PostgresRows: Sendable, RandomAccessCollection {
    let result: ResultOwner

    package var startIndex: Int { 0 }

    package var endIndex: Int { Int(PQntuples(result.pointer)) }

    package subscript(position: Int) -> PostgresRow {
        precondition(position >= 0 && position < endIndex, "row index out of range")
        return PostgresRow(result: result, row: Int32(position))
    }

    /// How many rows the statement inserted, updated, deleted or selected.
    package var affectedRows: Int {
        Int(String(cString: PQcmdTuples(result.pointer))) ?? 0
    }

    /// The command as the server names it: `SELECT 1`, `INSERT 0 5`, `COMMIT`.
    package var commandTag: String { String(cString: PQcmdStatus(result.pointer)) }

    /// The names of the columns, in order.
    package var columnNames: [String] {
        (0..<PQnfields(result.pointer)).map { String(cString: PQfname(result.pointer, $0)) }
    }
}

/// Owns a `PGresult` and clears it at the end.
///
/// Unchecked: nothing changes a `PGresult` after libpq has handed it over, and
/// libpq's manual lets any thread read one; the last owner clears it.
/// https://www.postgresql.org/docs/15/libpq-threading.html
final class ResultOwner: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }
}
