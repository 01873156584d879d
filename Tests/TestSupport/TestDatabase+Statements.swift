package import PostgresClient

extension TestDatabase {
    /// The same database, for another role.
    package func url(user: String) -> String {
        guard url.hasPrefix("postgres") else { return url + " user=\(user)" }
        return url + "&user=\(user)"
    }

    /// Runs statements.
    package func run(_ script: String) async throws {
        try await withSession { try await $0.run(script, name: "test") }
    }

    /// The first column of every row, which the statement makes a text.
    package func texts(_ sql: String) async throws -> [String] {
        try await withSession { session in
            try await session.query(sql, name: "test").map { try $0.decode(0, as: String.self) }
        }
    }

    /// A number that the database answers with.
    package func number(_ sql: String) async throws -> Int64 {
        let rows = try await texts("SELECT (\(sql))::bigint::text")
        return rows.first.flatMap { Int64($0) } ?? 0
    }

    /// Runs a body with a session of its own.
    package func withSession<Result>(
        _ body: (PostgresScriptSession) async throws -> Result
    ) async throws -> Result {
        let session = try await PostgresScriptSession(configuration: configuration, logger: Self.logger)
        do {
            let result = try await body(session)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }
}
