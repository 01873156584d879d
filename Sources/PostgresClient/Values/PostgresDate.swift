/// A day as `date` keeps it.
package struct PostgresDate: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    package var dayNumber: Int

    package init(dayNumber: Int) {
        self.dayNumber = dayNumber
    }

    package static func < (left: PostgresDate, right: PostgresDate) -> Bool {
        left.dayNumber < right.dayNumber
    }

    /// From 1970-01-01 to 2000-01-01, the server's epoch.
    static let epochDistance = 10_957
}

extension PostgresDate: PostgresScalar {
    package static var postgresType: PostgresType { .date }
    package static var postgresArrayType: PostgresType { .dateArray }

    package var scalarLength: Int { 4 }

    package func write(to target: UnsafeMutableRawPointer) {
        target.store(Int32(clamping: dayNumber.subtractingReportingOverflow(Self.epochDistance).partialValue))
    }

    package static func accepts(_ type: PostgresType) -> Bool { type == .date }

    package static func read(_ bytes: UnsafeRawBufferPointer, type: PostgresType) -> PostgresDate? {
        bytes.integer(Int32.self).map { PostgresDate(dayNumber: Int($0) + epochDistance) }
    }
}
