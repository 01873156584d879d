import Foundation
import TestSupport
import Testing

/// Every statement on a table that has a county names the county: one county's
/// data never answers another's question.
struct StoreStatementTests {
    /// Statements that are about all counties, or about none, and why.
    private static let exempt: [String: String] = [
        "county_codes": "codes are looked up before the county is known",
        "latest_bundles": "every process serves all counties",
        "live_token": "the token tells the county",
        "live_tokens": "the tokens tell their counties",
        "unit_rates": "every process serves all counties",
        "maintenance": "every process serves all counties",
        "forget_command_keys": "keys are forgotten by age, whosever they are",
        "fold_board.sql": "maintenance folds the counts of all counties",
    ]

    private static func tables() async throws -> Set<String> {
        try await TestDatabase.with { database in
            Set(
                try await database.texts(
                    """
                    SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                    WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                        AND a.attname = 'county'
                    """))
        }
    }

    private static func files(in folder: String, suffix: String) throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(atPath: Repository.file(folder)).sorted()
            .filter { $0.hasSuffix(suffix) }
            .map { ($0, try Repository.text("\(folder)/\($0)")) }
    }

    @Test func everyStatementOfTheStoreNamesTheCounty() async throws {
        let tables = try await Self.tables()
        #expect(tables.count > 15)
        let files = try Self.files(in: "Sources/Store", suffix: ".swift")
        let statements = files.flatMap { StatementScan.statements(in: $0.text, file: $0.name) }
        #expect(statements.count > 60)
        for statement in statements where Self.exempt[statement.name] == nil {
            #expect(StatementScan.withoutCounty(statement.text, tables: tables) == [], "\(statement.name)")
        }
        // An exemption that nothing needs any more goes.
        let needed = statements.filter { !StatementScan.withoutCounty($0.text, tables: tables).isEmpty }
        #expect(Set(needed.map(\.name)) == Set(Self.exempt.keys.filter { !$0.hasSuffix(".sql") }))
    }

    @Test func everyFunctionNamesTheCounty() async throws {
        let tables = try await Self.tables()
        for file in try Self.files(in: "schema/functions", suffix: ".sql") where Self.exempt[file.name] == nil {
            #expect(StatementScan.withoutCounty(file.text, tables: tables) == [], "\(file.name)")
        }
    }

    /// A plain join to a table that grows lets the planner walk it as long as
    /// it has no statistics; functions look rows up behind OFFSET 0.
    @Test func functionsLookUpWhatGrowsRowByRow() throws {
        for file in try Self.files(in: "schema/functions", suffix: ".sql") {
            for table in ["duty", "event", "event_key", "recipient", "\"case\"", "timer"] {
                let joins = file.text.matches(of: /JOIN hub\.([a-z_"]+) AS/).filter { $0.1 == table }
                let isTimer = table == "timer" && file.name == "fire_steps.sql"
                #expect(joins.isEmpty || isTimer, "\(file.name) joins \(table)")
            }
        }
    }

    @Test func noOtherFloorWritesStatements() throws {
        for floor in ["Hub", "HubAPI", "Coordination"] {
            let root = Repository.file("Sources/\(floor)")
            let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }
            #expect(!paths.isEmpty)
            for path in paths {
                let text = try Repository.text("Sources/\(floor)/\(path)")
                for statement in StatementScan.statements(in: text, file: path) {
                    let isStatement = statement.text.contains("FROM hub.") || statement.text.contains("INTO hub.")
                    #expect(!isStatement, "\(floor)/\(path)")
                }
            }
        }
    }

    // MARK: What the test would find

    private static let both: Set<String> = ["duty", "event"]

    @Test(arguments: [
        ("SELECT * FROM hub.duty WHERE id = $1", ["duty"]),
        ("SELECT * FROM hub.duty AS d WHERE county = $1", ["duty"]),
        ("SELECT * FROM hub.duty AS d JOIN hub.event AS e ON e.position = d.position WHERE d.county = $1", ["event"]),
        ("SELECT d.county FROM hub.duty AS d ORDER BY d.county", ["duty"]),
        ("UPDATE hub.duty SET state = 'closed' WHERE id = $1", ["duty"]),
        ("DELETE FROM hub.duty AS d USING hub.event AS e WHERE d.county = 1 AND e.position = d.position", ["event"]),
        ("INSERT INTO hub.duty (id, position) VALUES ($1, $2)", ["duty"]),
        ("INSERT INTO hub.duty SELECT id FROM x", ["duty"]),
        ("SELECT 1 FROM hub.INTERPOLATED AS l WHERE l.position = $1", ["INTERPOLATED"]),
        ("SELECT 1 FROM hub.duty -- county = $1", ["duty"]),
        ("SELECT 1 FROM hub.duty WHERE note = 'county = 1'", ["duty"]),
    ])
    func aStatementThatForgetsTheCountyIsFound(_ sql: String, _ found: [String]) {
        #expect(StatementScan.withoutCounty(sql, tables: Self.both) == found)
    }

    @Test(arguments: [
        "SELECT * FROM hub.duty WHERE county = $1", "SELECT * FROM hub.duty AS d WHERE $1 = d.county",
        "SELECT * FROM hub.duty AS d JOIN hub.event AS e ON e.county = d.county AND e.position = d.position",
        "INSERT INTO hub.duty AS d (county, id) VALUES ($1, $2)", "INSERT INTO hub.duty SELECT c.county, 1 FROM c",
        "SELECT * FROM hub.schema_migration", "SELECT hub.admit($1)", "SELECT nextval('hub.duty')",
        "UPDATE hub.duty AS d SET id = 1 FROM x WHERE x.county = d.county",
    ])
    func aStatementThatNamesItIsNot(_ sql: String) {
        #expect(StatementScan.withoutCounty(sql, tables: Self.both) == [])
    }

    @Test func statementsAreFoundInSource() {
        let source = #"""
            /// SELECT 1 FROM hub.comment
            let columns = "d.id, d.county"
            let a = PostgresStatement(name: "one", sql: "SELECT \(columns) FROM hub.duty AS d WHERE \(x ? "hub.event" : "")")
            let b = PostgresStatement(
                name: "two",
                sql: """
                    SELECT * FROM hub.\(table)
                    """)
            let c = "FROM hub.duty" // not "hub.this"
            """#
        #expect(
            StatementScan.statements(in: source, file: "Store.swift") == [
                StatementScan.Statement(
                    name: "one", text: "SELECT INTERPOLATED FROM hub.duty AS d WHERE INTERPOLATED"),
                StatementScan.Statement(name: "Store.swift", text: "hub.event"),
                StatementScan.Statement(
                    name: "two",
                    text: "\n        SELECT * FROM hub.INTERPOLATED\n        "),
                StatementScan.Statement(name: "Store.swift", text: "FROM hub.duty"),
            ])
    }
}
