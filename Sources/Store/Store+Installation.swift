import PostgresClient

extension Store {
    /// What the key of the cases is known by; nil where no hub has served yet.
    package func caseKeyCheck() async throws -> [UInt8]? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "case_key_check",
                sql: "SELECT case_key_check FROM hub.installation",
                binds: [],
            ))
        return try rows.first?.decode("case_key_check", as: [UInt8].self)
    }

    /// Keeps what the key of the cases is known by, unless there is one.
    package func keepCaseKeyCheck(_ check: [UInt8]) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "keep_case_key_check",
                sql: "INSERT INTO hub.installation (case_key_check) VALUES ($1) ON CONFLICT (id) DO NOTHING",
                binds: [check],
            ))
    }

    /// Keeps what another key of the cases is known by, in place of the one
    /// before.
    package func replaceCaseKeyCheck(_ check: [UInt8]) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "replace_case_key_check",
                sql: """
                    INSERT INTO hub.installation (case_key_check) VALUES ($1)
                    ON CONFLICT (id) DO UPDATE SET case_key_check = excluded.case_key_check, set_at = now()
                    """,
                binds: [check],
            ))
    }
}
