import Testing

@testable import PostgresClient

extension DatabaseTests {
    /// What goes to the server in binary form comes back the same, and means
    /// to the server what it means here.
    @Suite struct ValueTests {
        let database = TestDatabase.current

        private func echo<Value: PostgresEncodable & PostgresDecodable & Equatable & Sendable>(
            _ values: [Value], text: [String?], sourceLocation: SourceLocation = #_sourceLocation,
        ) async throws {
            try await database.withPool(size: 1) { pool in
                for (value, text) in zip(values, text) {
                    let row = try await pool.query("SELECT \(value) AS back, (\(value))::text AS text").first.unwrapped
                    #expect(try row.decode("back", as: Value.self) == value, sourceLocation: sourceLocation)
                    #expect(try row.decode("text", as: String?.self) == text, sourceLocation: sourceLocation)
                }
            }
        }

        @Test func booleans() async throws {
            try await echo([true, false], text: ["true", "false"])
        }

        @Test func integers() async throws {
            try await echo([Int16.min, 0, .max], text: ["-32768", "0", "32767"])
            try await echo([Int32.min, -1, .max], text: ["-2147483648", "-1", "2147483647"])
            try await echo([Int64.min, 1, .max], text: ["-9223372036854775808", "1", "9223372036854775807"])
            try await echo([Int.min, .max], text: ["-9223372036854775808", "9223372036854775807"])
        }

        @Test func doubles() async throws {
            try await echo([0.1, -1e300, .infinity], text: ["0.1", "-1e+300", "Infinity"])
        }

        @Test func texts() async throws {
            let texts = ["", "联控", "a\u{1F600}b", "it's \"quoted\" \\ $1", "e\u{301}"]
            try await echo(texts, text: texts)
        }

        @Test func bytes() async throws {
            try await echo([[UInt8](), [0, 255, 39]], text: ["\\x", "\\x00ff27"])
        }

        @Test func instants() async throws {
            try await database.withPool(size: 1) { pool in
                _ = try await pool.query("SET timezone = 'UTC'")
                let instants: [(Int64, String)] = [
                    (0, "1970-01-01 00:00:00+00"), (-1, "1969-12-31 23:59:59.999999+00"),
                    (1_603_324_800_000_001, "2020-10-22 00:00:00.000001+00"),
                ]
                for (microseconds, text) in instants {
                    let instant = PostgresTimestamp(microseconds: microseconds)
                    try await pool.expect("SELECT \(instant)::text", toAnswer: text)
                    try await pool.expect("SELECT \(instant)", toAnswer: instant)
                }
                try await pool.expect("SELECT \(PostgresTimestamp.infinity)::text", toAnswer: "infinity")
                try await pool.expect("SELECT 'infinity'::timestamptz", toAnswer: PostgresTimestamp.infinity)
                try await pool.expect("SELECT '-infinity'::timestamptz", toAnswer: PostgresTimestamp.negativeInfinity)
                try await pool.expect(
                    "SELECT \(PostgresTimestamp.negativeInfinity)::text", toAnswer: "-infinity")
            }
        }

        @Test func days() async throws {
            try await echo(
                [PostgresDate(dayNumber: 0), PostgresDate(dayNumber: 18_557), PostgresDate(dayNumber: -1)],
                text: ["1970-01-01", "2020-10-22", "1969-12-31"])
        }

        @Test func identifiers() async throws {
            let text = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f"
            let fixed = try PostgresUUID(text).unwrapped
            try await echo([fixed, .random()], text: [text])
            #expect(PostgresUUID(bytes: fixed.bytes) == fixed)
            #expect(fixed.description == text)
        }

        @Test func absentValues() async throws {
            try await echo([Int32?.none, 5], text: [nil, "5"])
            try await echo([String?.none, ""], text: [nil, ""])
            try await echo([[UInt8]?.none, []], text: [nil, "\\x"])
        }

        @Test func arrays() async throws {
            try await echo([[Int16](), [1, -2]], text: ["{}", "{1,-2}"])
            try await echo([[Int32](), [1, -2]], text: ["{}", "{1,-2}"])
            try await echo([[Int64](), [1, -2]], text: ["{}", "{1,-2}"])
            try await echo([[true, false]], text: ["{t,f}"])
            try await echo([["", "a,b", "NULL", "联"]], text: ["{\"\",\"a,b\",\"NULL\",联}"])
            try await echo([[[UInt8]](), [[], [1, 2]]], text: ["{}", "{\"\\\\x\",\"\\\\x0102\"}"])
            try await echo([[PostgresTimestamp(microseconds: 1), .infinity]], text: [])
            try await echo([[PostgresUUID(high: 1, low: 2)]], text: ["{00000000-0000-0001-0000-000000000002}"])
            try await echo([[PostgresDate(dayNumber: 0)]], text: ["{1970-01-01}"])
            try await echo([[0.5, -2]], text: ["{0.5,-2}"])
        }

        @Test func arraysWithHoles() async throws {
            try await echo([[Int64?](), [1, nil, 3], [nil]], text: ["{}", "{1,NULL,3}", "{NULL}"])
            try await echo([[String?.none, "", "x"]], text: ["{NULL,\"\",x}"])
            try await echo([[[UInt8]?.none, [9]]], text: ["{NULL,\"\\\\x09\"}"])
            try await echo([[PostgresTimestamp?.none]], text: ["{NULL}"])
            try await echo([[Int64?]?.none, [nil]], text: [nil, "{NULL}"])
            try await echo([[Bool]?.none, [true]], text: [nil, "{t}"])
        }

        @Test func thousandsOfElements() async throws {
            try await database.withPool(size: 1) { pool in
                let texts = (0..<20_000).map { "行\($0)" }
                let holes = (0..<20_000).map { $0 % 3 == 0 ? nil : Int64($0) }
                let row = try await pool.query(
                    """
                    SELECT count(*) AS n, array_agg(t ORDER BY i) AS texts, sum(h)::bigint AS sum
                    FROM unnest(\(texts), \(holes)) WITH ORDINALITY AS u (t, h, i)
                    """
                ).first.unwrapped
                #expect(try row.decode("n", as: Int.self) == 20_000)
                #expect(try row.decode("texts", as: [String].self) == texts)
                #expect(try row.decode("sum", as: Int64.self) == holes.reduce(0) { $0 + ($1 ?? 0) })
            }
        }

        @Test func tenMegabytesPass() async throws {
            try await database.withPool(size: 1) { pool in
                let bytes = (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let back = try await pool.value("SELECT \(bytes)", as: [UInt8].self)
                #expect(back == bytes)
            }
        }

        @Test func relatedTypesAreRead() async throws {
            try await database.withPool(size: 1) { pool in
                try await pool.expect("SELECT 5::smallint", toAnswer: Int64(5))
                try await pool.expect("SELECT 5::int", toAnswer: 5)
                try await pool.expect("SELECT 1.5::real", toAnswer: 1.5)
                try await pool.expect("SELECT '{\"a\": 1}'::jsonb", toAnswer: "{\"a\": 1}")
                try await pool.expect("SELECT 'x'::varchar", toAnswer: "x")
                try await pool.expect("SELECT 'x'::name", toAnswer: "x")
                try await pool.expect("SELECT '{a,b}'::name[]", toAnswer: ["a", "b"])
                try await pool.expect("SELECT ARRAY[1, 2]::smallint[]", toAnswer: [Int64(1), 2])
            }
        }

        @Test func sixtyThousandBindsPassAndMoreAreRefused() async throws {
            try await database.withPool(size: 1) { pool in
                let most = PostgresStatement(
                    name: "", sql: "SELECT $65535", binds: (0..<EncodedBinds.maximumCount).map { Int32($0) })
                try await pool.expect(most, toAnswer: Int32(EncodedBinds.maximumCount - 1))
                var more = most
                more.binds.append(Int32(0))
                let error = try await postgresError(.encodingFailed) { _ = try await pool.query(more) }
                #expect(error.refusesData)
            }
        }

        @Test func decodingFailuresNameEverythingButTheValue() async throws {
            try await database.withPool(size: 1) { pool in
                let row = try await pool.query(
                    "SELECT '37010119'::text AS \"idNumber\", NULL::int AS gone, ARRAY[1, NULL] AS holes"
                ).first.unwrapped
                func message(_ body: () throws -> Void) -> String {
                    do {
                        try body()
                        return ""
                    } catch {
                        #expect((error as? PostgresError)?.code == .decodingFailed)
                        return "\(error)"
                    }
                }
                #expect(
                    message { _ = try row.decode("idNumber", as: Int64.self) }
                        == "cannot read column \"idNumber\" (index 0, type text) as Int64: the types do not fit")
                #expect(
                    message { _ = try row.decode("gone", as: Int32.self) }
                        == "cannot read column \"gone\" (index 1, type int4) as Int32: the value is null")
                #expect(
                    message { _ = try row.decode("holes", as: [Int32].self) }
                        == "cannot read column \"holes\" (index 2, type int4[]) as Array<Int32>: an element is null")
                #expect(
                    message { _ = try row.decode("absent", as: Int32.self) } == "the result has no column \"absent\"")
                #expect(message { _ = try row.decode(3, as: Int32.self) } == "the result has no column of index 3")
            }
        }
    }
}
