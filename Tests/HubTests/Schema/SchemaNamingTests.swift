import TestSupport
import Testing

/// Names are part of the interface: errors report them.
struct SchemaNamingTests {
    @Test func everyConstraintIsNamedAfterItsTableAndKind() async throws {
        try await TestDatabase.with { database in
            let kinds = ["p": "pkey", "u": "key", "f": "fkey", "c": "check", "x": "excl"]
            let rows = try await database.texts(
                """
                SELECT concat_ws(' ', c.contype, r.relname, c.conname) FROM pg_constraint AS c
                JOIN pg_class AS r ON r.oid = c.conrelid
                WHERE c.connamespace = 'hub'::regnamespace AND c.contype <> 'n' AND NOT r.relispartition
                """)
            #expect(rows.count > 30)
            for row in rows {
                let parts = row.split(separator: " ").map(String.init)
                let suffix = try #require(kinds[parts[0]], "\(row)")
                #expect(SchemaName.isWellFormed(parts[2], of: parts[1], kinds: [suffix]), "\(row)")
            }
        }
    }

    @Test func everyIndexIsNamedAfterItsTable() async throws {
        try await TestDatabase.with { database in
            let rows = try await database.texts(
                """
                SELECT concat_ws(' ', r.relname, i.relname, x.indisunique) FROM pg_index AS x
                JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS r ON r.oid = x.indrelid
                WHERE r.relnamespace = 'hub'::regnamespace AND NOT r.relispartition
                """)
            #expect(rows.count > 30)
            for row in rows {
                let parts = row.split(separator: " ").map(String.init)
                let kinds = parts[2] == "t" ? ["pkey", "key"] : ["idx"]
                #expect(SchemaName.isWellFormed(parts[1], of: parts[0], kinds: kinds), "\(row)")
            }
        }
    }

    @Test func indicesAndTriggersOfPartitionsKeepTheirNamesWhole() async throws {
        try await TestDatabase.with { database in
            let longest = try await database.number(
                "SELECT max(octet_length(relname)) FROM pg_class WHERE relnamespace = 'hub'::regnamespace")
            #expect(longest < 60)
            // Triggers guard invariants at most; there is none yet.
            #expect(try await database.number("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == 0)
        }
    }

    @Test func tablesAreSingularAndEverythingIsSmall() async throws {
        try await TestDatabase.with { database in
            let names = try await database.texts(
                """
                SELECT relname FROM pg_class WHERE relnamespace = 'hub'::regnamespace
                UNION SELECT attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
                    WHERE c.relnamespace = 'hub'::regnamespace AND a.attnum > 0
                UNION SELECT proname FROM pg_proc WHERE pronamespace = 'hub'::regnamespace
                """)
            for name in names {
                #expect(name.utf8.allSatisfy { SchemaName.isPlain($0) }, "\(name)")
            }
            let tables = try await database.texts(
                "SELECT relname FROM pg_class WHERE relnamespace = 'hub'::regnamespace AND relkind IN ('r', 'p')")
            #expect(tables.filter { $0.hasSuffix("s") } == [])
        }
    }

    @Test(arguments: [
        ("duty_pkey", "duty", true), ("duty_state_check", "duty", true), ("duty_county_idx", "duty", true),
        ("idx_duty_county", "duty", false), ("duties_pkey", "duty", false), ("duty_pk", "duty", false),
        ("duty_State_check", "duty", false), ("duty_\(String(repeating: "a", count: 60))_idx", "duty", false),
    ])
    func aNameThatBreaksTheRuleIsFound(_ name: String, _ table: String, _ isGood: Bool) {
        #expect(SchemaName.isWellFormed(name, of: table, kinds: ["pkey", "check", "idx"]) == isGood)
    }
}

/// The rule of names: `<table>_<columns or rule>_<kind>`, at most 63 bytes.
enum SchemaName {
    static func isWellFormed(_ name: String, of table: String, kinds: [String]) -> Bool {
        // A name that fills its 63 bytes may have been cut.
        name.utf8.count < 63 && name.utf8.allSatisfy(isPlain) && name.hasPrefix(table + "_")
            && kinds.contains { name.hasSuffix("_" + $0) }
    }

    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
