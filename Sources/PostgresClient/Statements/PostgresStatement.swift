/// A statement with its values.
///
/// Statements are prepared once per connection and found again by their text,
/// so a text must not contain values: bind them, or interpolate them, which is
/// the same:
///
/// ```swift
/// let statement: PostgresStatement = "SELECT state FROM hub.duty WHERE county = \(county) AND id = \(id)"
/// ```
package struct PostgresStatement: Sendable {
    /// The name under which the statement shows in `pg_stat_activity`, logs and errors.
    package var name: String
    /// The text, with `$1` and so on for the binds.
    package var sql: String
    /// The values, `$1` first.
    package var binds: [any PostgresEncodable]
    let file: StaticString
    let line: UInt

    /// A statement from its parts.
    ///
    /// - Parameter name: letters, digits, `_`, `-` and `.`; it becomes a comment.
    package init(
        name: String, sql: String, binds: [any PostgresEncodable] = [],
        file: StaticString = #fileID, line: UInt = #line,
    ) {
        self.name = name
        self.sql = sql
        self.binds = binds
        self.file = file
        self.line = line
    }

    /// A name for a statement that was written as an interpolated literal.
    package func named(_ name: String) -> PostgresStatement {
        var copy = self
        copy.name = name
        return copy
    }

    var callSite: String? { line == 0 ? nil : "\(file):\(line)" }
}

extension PostgresStatement: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self.init(name: "", sql: value, file: "", line: 0)
    }

    package init(stringInterpolation: StringInterpolation) {
        self.init(name: "", sql: stringInterpolation.sql, binds: stringInterpolation.binds, file: "", line: 0)
    }

    /// Turns interpolated values into binds.
    package struct StringInterpolation: StringInterpolationProtocol {
        var sql = ""
        var binds: [any PostgresEncodable] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + 3 * interpolationCount)
            binds.reserveCapacity(interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql += literal
        }

        /// Binds a value.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            binds.append(value)
            sql += "$\(binds.count)"
        }

        /// Inserts text into the statement as it is. It must never come from outside.
        package mutating func appendInterpolation(unsafeSQL text: String) {
            sql += text
        }
    }
}
