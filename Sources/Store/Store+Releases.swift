import PostgresClient

extension Store {
    /// How the database's schema stands to this program.
    package func schemaStanding() async throws -> SchemaStanding {
        let release = try SchemaRelease.current()
        let made = try await pool.query(
            PostgresStatement(
                name: "schema_is_made",
                sql: "SELECT to_regclass('hub.schema_release') IS NOT NULL AS made",
                binds: [],
            ))
        // Asked first, because a statement on a table that is missing fails.
        guard try made.first?.decode("made", as: Bool.self) == true else { return .behind }
        let rows = try await pool.query(
            PostgresStatement(
                name: "schema_standing",
                sql: """
                    SELECT (SELECT max(version) FROM hub.schema_migration) AS newest,
                        (SELECT retired_at IS NULL FROM hub.schema_release WHERE fingerprint = $1) AS serves
                    """,
                binds: [release.fingerprint],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("schema_standing") }
        if let serves = try row.decode("serves", as: Bool?.self) { return serves ? .current : .beyond }
        return try row.decode("newest", as: Int32?.self) ?? 0 > release.version ? .beyond : .behind
    }

    /// Whether this program may run: the schema has all it calls. A schema that
    /// a newer program has made has that too, until it is contracted.
    package func schemaIsCurrent() async throws -> Bool {
        try await schemaStanding() == .current
    }

    /// How many hubs of other releases are at work on the database now. Every hub
    /// has one session that listens; those that say no release are
    /// older than the saying.
    static func otherHubsSQL(_ fingerprint: String) -> String {
        """
        SELECT greatest(
                count(DISTINCT a.application_name) FILTER (WHERE a.is_hub AND a.release <> \(fingerprint)),
                count(*) FILTER (WHERE a.is_listener)
                    - count(DISTINCT a.application_name) FILTER (WHERE a.is_hub AND a.release = \(fingerprint))
            ) AS others
        FROM (
            SELECT application_name, split_part(application_name, '/', 2) AS release,
                application_name LIKE '\(SchemaRelease.hubPrefix)%' AS is_hub,
                application_name = '\(HintChannel.listenerName)' AS is_listener
            FROM pg_stat_activity WHERE datname = current_database()
        ) AS a
        """
    }
}
