import Foundation
import PostgresClient
import TestSupport
import Testing

/// The look-ups inside the functions that store: each is a query of its own to
/// the planner, behind OFFSET 0, and goes by a key whatever its statistics say.
/// They are read from the functions' texts, so that a new one is tested too.
struct LookUpPlanTests {
    /// A look-up with what comes from outside as binds.
    struct LookUp: Sendable, Hashable, CustomTestStringConvertible {
        var function: String
        var table: String
        var sql: String
        var testDescription: String { "\(function): \(table)" }
    }

    private static let functions = ["admit", "change_duties", "fire_steps", "drop_rested_timers"]

    @Test(arguments: [true, false])
    func eachGoesByAKey(_ isAnalysed: Bool) async throws {
        let lookUps = try Self.functions.flatMap { name in
            Self.lookUps(in: try Repository.text("schema/functions/\(name).sql"), function: name)
        }
        let found = Dictionary(grouping: lookUps, by: \.function).mapValues(\.count)
        #expect(found["admit", default: 0] >= 4 && found["change_duties", default: 0] >= 3, "\(found)")
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(LargeTables.rows, name: "rows")
                if isAnalysed { try await session.run(LargeTables.statistics, name: "statistics") }
                // Nothing is looked for by a position that is null, as all binds are here.
                try await session.run("SET enable_partition_pruning = off", name: "pruning")
                for lookUp in Set(lookUps) {
                    let plan = try await Self.plan(of: lookUp, in: session)
                    // By more than the county, which all of it has.
                    let conditions = plan.matches(of: /Index Cond: (.*)/)
                    #expect(!conditions.isEmpty, "\(lookUp.testDescription)\n\(plan)")
                    for condition in conditions {
                        #expect(condition.1.contains(" AND "), "\(lookUp.testDescription)\n\(plan)")
                    }
                    #expect(!plan.contains("Seq Scan"), "\(lookUp.testDescription)\n\(plan)")
                }
            }
        }
    }

    private static func plan(of lookUp: LookUp, in session: PostgresScriptSession) async throws -> String {
        let binds = Set(lookUp.sql.matches(of: /\$(\d+)/).compactMap { Int($0.1) }).count
        return try await LargeTables.plan(
            of: PostgresStatement(name: lookUp.function, sql: lookUp.sql),
            values: [String](repeating: "NULL", count: binds), mode: "force_generic_plan", in: session)
    }

    // MARK: - Reading them

    /// The queries `SELECT … FROM hub.table AS alias WHERE … OFFSET 0` of a text.
    static func lookUps(in text: String, function: String) -> [LookUp] {
        let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("--") }.joined(separator: " ")
        return code.matches(of: /FROM hub\.("?[a-z_]+"?) AS ([a-z]+)\s+WHERE ((?:(?!FROM hub\.).)*?)\s+OFFSET 0/).map {
            LookUp(
                function: function, table: String($0.1),
                sql: "SELECT * FROM hub.\($0.1) AS \($0.2) WHERE \(bound(String($0.3), alias: String($0.2)))")
        }
    }

    /// Parameters, variables and members of other rows become binds, one a place.
    private static func bound(_ condition: String, alias: String) -> String {
        var binds = 0
        let outer = /[pv]_[a-z_]+(?:\[[^\]]*\])?|[a-z]+\.[a-z_]+/
        return condition.replacing(outer) { match in
            let name = String(match.0)
            if name.hasPrefix("\(alias).") { return name }
            binds += 1
            return "$\(binds)"
        }
    }

    @Test func whatComesFromOutsideIsBound() {
        let text = """
            -- FROM hub.comment AS o WHERE o.a = p_a OFFSET 0
            LEFT JOIN LATERAL (
                SELECT o.id FROM hub."case" AS o
                WHERE o.county = p_county[r.event] AND o.kind = e.kind AND o.other = e.kind AND o.closed_at IS NULL
                OFFSET 0
            ) AS c
            """
        #expect(
            Self.lookUps(in: text, function: "f").map(\.sql) == [
                "SELECT * FROM hub.\"case\" AS o WHERE "
                    + "o.county = $1 AND o.kind = $2 AND o.other = $3 AND o.closed_at IS NULL"
            ])
    }
}
