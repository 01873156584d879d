import Testing

@testable import PostgresClient

@Suite struct PostgresStatementTests {
    @Test func interpolationBinds() {
        let name = "x'); DROP TABLE y; --"
        let statement: PostgresStatement = "SELECT \(name), \(Int32(5)) FROM \(unsafeSQL: "hub.t")"
        #expect(statement.sql == "SELECT $1, $2 FROM hub.t")
        #expect(statement.binds.count == 2)
        #expect(statement.binds.first as? String == name)
        #expect(statement.named("n").name == "n")
    }

    @Test func bindsLieOneBehindTheOther() throws {
        let binds = try EncodedBinds([Int16(1), String?.none, "ab", "", [UInt8](), true])
        #expect(binds.lengths == [2, -1, 2, 0, 0, 1])
        #expect(binds.bytes == [0, 1, 97, 98, 1])
        #expect(binds.types == [21, 25, 25, 25, 17, 16])
    }

    @Test func errorsKnowTheirStatement() throws {
        let encoded = try EncodedStatement(PostgresStatement(name: "n", sql: "SELECT $1", binds: ["planted"]))
        let error = encoded.attributed(PostgresError(.server, message: "m", sqlState: .syntaxError))
        #expect(error.description == "the database refused the statement (42601) in n")
        #expect(error.debugDescription.contains("sql: SELECT $1"))
        #expect(error.debugDescription.contains("at: PostgresClientTests/StatementTests.swift:"))
        #expect(!error.debugDescription.contains("planted"))
        #expect(encoded.key.text == "-- name: n\nSELECT $1")
    }
}

@Suite struct StatementCacheTests {
    private func key(_ sql: String, _ types: [UInt32] = []) -> StatementCache.Key {
        StatementCache.Key(name: "n", sql: sql, types: types)
    }

    private let failure = PostgresError(.server, message: "no table", sqlState: .undefinedTable)
    private let unknown = PostgresError(.server, message: "no statement", sqlState: .invalidStatementName)

    @Test func aTextIsPreparedOnceForItsTypes() {
        var cache = StatementCache()
        #expect(cache.plan(for: key("a")) == .prepare(name: "s1"))
        #expect(cache.plan(for: key("a")) == .execute(name: "s1"))
        #expect(cache.plan(for: key("a", [23])) == .prepare(name: "s2"))
        #expect(cache.plan(for: key("b")) == .prepare(name: "s3"))
    }

    @Test func thoseBehindAFailedPreparationGetItsError() {
        var cache = StatementCache()
        _ = cache.plan(for: key("a"))
        _ = cache.plan(for: key("a"))
        cache.preparationFailed(key("a"), name: "s1", error: failure)
        #expect(cache.executionFailed(key("a"), name: "s1", error: unknown) == failure)
        #expect(cache.plan(for: key("a")) == .prepare(name: "s2"))
        cache.pipelineEmptied()
        #expect(cache.executionFailed(key("a"), name: "s1", error: unknown) == unknown)
        #expect(cache.plan(for: key("a")) == .execute(name: "s2"), "the later one is not forgotten")
    }

    @Test func aPlanThatWentStaleIsForgotten() {
        var cache = StatementCache()
        _ = cache.plan(for: key("a"))
        let stale = PostgresError(.server, message: "cached plan", sqlState: .featureNotSupported)
        #expect(cache.executionFailed(key("a"), name: "s1", error: stale) == stale)
        #expect(cache.plan(for: key("a")) == .prepare(name: "s2"))
        #expect(cache.executionFailed(key("a"), name: "s2", error: failure) == failure)
        #expect(cache.plan(for: key("a")) == .execute(name: "s2"))
    }

    @Test func tooManyTextsAreNotKept() {
        var cache = StatementCache()
        for number in 0..<StatementCache.capacity { _ = cache.plan(for: key("a\(number)")) }
        #expect(cache.plan(for: key("b")) == .unnamed)
        #expect(cache.plan(for: key("a0")) == .execute(name: "s1"))
    }
}

@Suite struct ScriptLinesTests {
    @Test func statementsAreFoundByTheirLines() {
        let script = """
            -- a comment; with a semicolon
            CREATE TABLE a (
                b text DEFAULT ';', "c;" int
            );;
            /* and; /* nested; */ another; */ SELECT 'it''s; fine', E'it\\'s; fine', $1;

            DO $tag$ BEGIN; $$ ; $$ ; END $tag$;
            SELECT a$b$c; SELECT 1;
            CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2);
            SELECT 3
            """
        #expect(ScriptLines(script).statements == [2, 5, 7, 8, 8, 9, 10])
        #expect(ScriptLines(script).line(ofStatement: 2) == 7)
        #expect(ScriptLines(script).line(ofStatement: 99) == 10)
        #expect(ScriptLines("").line(ofStatement: 0) == nil)
    }

    @Test(arguments: ["'open", "$$ open", "/* open", "\"open", "$", "E'\\", "a$", "-- x"])
    func whatIsLeftOpenEnds(_ script: String) {
        #expect(ScriptLines(script).statements.count <= 1)
    }

    @Test func positionsAreInCharacters() {
        let script = "-- 联控\nSELECT 1;\nSELEC 2"
        #expect(ScriptLines.line(ofPosition: 1, in: script) == 1)
        #expect(ScriptLines.line(ofPosition: 7, in: script) == 2)
        #expect(ScriptLines.line(ofPosition: 17, in: script) == 3)
    }
}
