/// An instant as `timestamptz` keeps it, to the microsecond.
package struct PostgresTimestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package var microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// After every other instant.
    package static let infinity = PostgresTimestamp(microseconds: .max)
    /// Before every other instant.
    package static let negativeInfinity = PostgresTimestamp(microseconds: .min)

    package static func < (left: PostgresTimestamp, right: PostgresTimestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// From 1970-01-01 to 2000-01-01, the server's epoch.
    static let epochDistance: Int64 = 946_684_800_000_000
}

extension PostgresTimestamp: PostgresScalar {
    package static var postgresType: PostgresType { .timestamptz }
    package static var postgresArrayType: PostgresType { .timestamptzArray }

    package var scalarLength: Int { 8 }

    package func write(to target: UnsafeMutableRawPointer) {
        let (value, overflow) = microseconds.subtractingReportingOverflow(Self.epochDistance)
        target.store(self == .infinity ? .max : overflow ? .min : value)
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .timestamptz }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> PostgresTimestamp? {
        guard let value = bytes.integer(Int64.self) else { return nil }
        if value == .min { return .negativeInfinity }
        let (microseconds, overflow) = value.addingReportingOverflow(epochDistance)
        return overflow ? .infinity : PostgresTimestamp(microseconds: microseconds)
    }
}
