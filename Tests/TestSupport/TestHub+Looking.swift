import PostgresClient
import Store

extension TestHub {
    /// The numbers of a query's first column, in its order.
    package func numbers(_ sql: String) async throws -> [Int64] {
        let rows = try await inspection.pool.query(
            PostgresStatement(name: "test", sql: "SELECT n::bigint AS n FROM (\(sql)) AS t (n)"))
        return try rows.map { try $0.decode("n", as: Int64.self) }
    }

    /// A number that the database answers with.
    package func number(_ sql: String) async throws -> Int64 {
        let found = try await numbers(sql)
        guard let first = found.first else { throw NothingFound(sql: sql) }
        return first
    }

    /// A query that should have answered did not.
    package struct NothingFound: Error, CustomStringConvertible {
        let sql: String
        package var description: String { "nothing found by \(sql)" }
    }
}

/// It did not come true in time.
package struct NeverTrue: Error, CustomStringConvertible {
    package var description: String

    package init(description: String) {
        self.description = description
    }
}

/// Returns once something that gives no sign of itself is true.
///
/// - Parameter what: what is waited for, for the failure.
/// - Throws: ``NeverTrue`` after the time; what the condition throws.
package func eventually(
    _ what: String, within time: Duration = .seconds(20), _ isTrue: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + time
    while try await !isTrue() {
        guard ContinuousClock.now < deadline else { throw NeverTrue(description: "it never came true: \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}
