import HubSchema
import PostgresClient

/// What a look at the hub's own objects finds.
package struct SchemaInspection: Sendable, Hashable {
    /// An index that the schema does not bring.
    package struct ExtraIndex: Sendable, Hashable {
        package var name: String
        /// How often it was used since the statistics began.
        package var scans: Int64

        package init(name: String, scans: Int64) {
            self.name = name
            self.scans = scans
        }
    }

    package var missingIndexes: [String] = []
    /// Indexes that a build which failed has left behind.
    package var invalidIndexes: [String] = []
    package var extraIndexes: [ExtraIndex] = []
    package var missingConstraints: [String] = []
    package var missingFunctions: [String] = []

    package init() {}
}

/// How a table stands with the server's cleaning.
package struct TableInspection: Sendable, Hashable {
    package var name: String
    package var live: Int64
    package var dead: Int64
    /// Hours since it was last vacuumed, by hand or by itself; nil for never.
    package var vacuumedHoursAgo: Double?
    package var isAnalyzed: Bool
    /// Somebody has switched its autovacuum off.
    package var isAutovacuumOff: Bool

    package init(
        name: String, live: Int64, dead: Int64, vacuumedHoursAgo: Double? = nil, isAnalyzed: Bool = true,
        isAutovacuumOff: Bool = false,
    ) {
        self.name = name
        self.live = live
        self.dead = dead
        self.vacuumedHoursAgo = vacuumedHoursAgo
        self.isAnalyzed = isAnalyzed
        self.isAutovacuumOff = isAutovacuumOff
    }
}

/// The names that the migrations leave behind, read from their text.
struct SchemaNames {
    private(set) var indexes: Set<String> = []
    private(set) var constraints: Set<String> = []

    init(migrations: [String]) {
        for text in migrations { read(text) }
    }

    private mutating func read(_ text: String) {
        let lines = text.split(separator: "\n").filter { !$0.drop(while: \.isWhitespace).hasPrefix("--") }
        let text = lines.joined(separator: " ")
        let made = /CREATE (?:UNIQUE )?INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?(?<index>\w+) ON/
        let constrained = /CONSTRAINT (?<name>\w+)\s+(?<kind>CHECK|PRIMARY KEY|UNIQUE|EXCLUDE)/
        for match in text.matches(of: made) { indexes.insert(String(match.index)) }
        for match in text.matches(of: constrained) {
            constraints.insert(String(match.name))
            if match.kind != "CHECK" { indexes.insert(String(match.name)) }
        }
        // A migration that replaces something drops it before it makes another,
        // under another name: a name is never made twice.
        for match in text.matches(of: /DROP INDEX (?:CONCURRENTLY )?(?:IF EXISTS )?hub\.(?<index>\w+)/) {
            indexes.remove(String(match.index))
        }
        for match in text.matches(of: /DROP CONSTRAINT (?:IF EXISTS )?(?<name>\w+)/) {
            constraints.remove(String(match.name))
            indexes.remove(String(match.name))
        }
    }
}

extension Store {
    /// Looks at what the schema consists of. Precondition: the schema is current.
    package func inspectSchema() async throws -> SchemaInspection {
        let release = try SchemaRelease.current()
        let expected = SchemaNames(migrations: release.migrations.map(\.text))
        var found = SchemaInspection()
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_indexes",
                sql: """
                    SELECT c.relname::text AS name, i.indisvalid AND i.indisready AS is_sound,
                        t.relispartition AS is_partition, coalesce(s.idx_scan, 0) AS scans
                    FROM pg_catalog.pg_index AS i
                    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
                    JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
                    LEFT JOIN pg_catalog.pg_stat_all_indexes AS s ON s.indexrelid = i.indexrelid
                    WHERE t.relnamespace = 'hub'::regnamespace AND (NOT i.indisvalid OR NOT EXISTS (
                        SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid))
                    ORDER BY 1 LIMIT 10000
                    """,
                binds: [],
            ))
        var names: Set<String> = []
        for row in rows {
            let name = try row.decode("name", as: String.self)
            names.insert(name)
            if try !row.decode("is_sound", as: Bool.self) { found.invalidIndexes.append(name) }
            if !expected.indexes.contains(name) {
                let scans = try row.decode("scans", as: Int64.self)
                found.extraIndexes.append(SchemaInspection.ExtraIndex(name: name, scans: scans))
            }
        }
        // What a newer program has added is not its own business.
        if try await newestMigration() > release.version { found.extraIndexes = [] }
        found.missingIndexes = expected.indexes.subtracting(names).sorted()
        found.missingConstraints = expected.constraints.subtracting(try await constraintNames()).sorted()
        let functions = Set(release.functions.map { String($0.name.dropLast(4)) })
        found.missingFunctions = functions.subtracting(try await functionNames()).sorted()
        return found
    }

    private func newestMigration() async throws -> Int32 {
        let rows = try await pool.query(
            PostgresStatement(
                name: "newest_migration", sql: "SELECT max(version) AS newest FROM hub.schema_migration", binds: []))
        return try rows.first?.decode("newest", as: Int32?.self) ?? 0
    }

    private func constraintNames() async throws -> [String] {
        try await pool.query(
            PostgresStatement(
                name: "inspect_constraints",
                sql: """
                    SELECT DISTINCT conname::text AS name FROM pg_catalog.pg_constraint
                    WHERE connamespace = 'hub'::regnamespace LIMIT 10000
                    """,
                binds: [],
            )
        ).map { try $0.decode("name", as: String.self) }
    }

    private func functionNames() async throws -> [String] {
        try await pool.query(
            PostgresStatement(
                name: "inspect_functions",
                sql: """
                    SELECT proname::text AS name FROM pg_catalog.pg_proc
                    WHERE pronamespace = 'hub'::regnamespace LIMIT 10000
                    """,
                binds: [],
            )
        ).map { try $0.decode("name", as: String.self) }
    }

    /// Looks at how the tables stand with vacuum, those with most dead rows first.
    package func inspectTables() async throws -> [TableInspection] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_tables",
                sql: """
                    SELECT s.relname::text AS name, s.n_live_tup AS live, s.n_dead_tup AS dead,
                        extract(epoch FROM now() - greatest(s.last_vacuum, s.last_autovacuum))::double precision / 3600
                            AS vacuumed_hours_ago,
                        coalesce(s.last_analyze, s.last_autoanalyze) IS NOT NULL AS is_analyzed,
                        coalesce('autovacuum_enabled=false' = ANY (c.reloptions)
                            OR 'autovacuum_enabled=off' = ANY (c.reloptions), false) AS is_autovacuum_off
                    FROM pg_catalog.pg_stat_user_tables AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.relid
                    WHERE s.schemaname = 'hub' ORDER BY s.n_dead_tup DESC, 1 LIMIT 1000
                    """,
                binds: [],
            ))
        return try rows.map { row in
            TableInspection(
                name: try row.decode("name", as: String.self), live: try row.decode("live", as: Int64.self),
                dead: try row.decode("dead", as: Int64.self),
                vacuumedHoursAgo: try row.decode("vacuumed_hours_ago", as: Double?.self),
                isAnalyzed: try row.decode("is_analyzed", as: Bool.self),
                isAutovacuumOff: try row.decode("is_autovacuum_off", as: Bool.self))
        }
    }
}
