import PostgresClient
import TestSupport
import Testing

/// What the functions of leased consumers promise to hubs that know nothing of
/// each other, and of a clock that jumps.
struct LeaseFunctionTests {
    private static func with(_ body: @escaping @Sendable (PostgresScriptSession) async throws -> Void) async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                try await session.run(
                    "SELECT hub.make_partitions(999999);" + ConsumerBacklog.deliveries(1...20)
                        + ConsumerBacklog.consumer(1), name: "rows")
                try await body(session)
            }
        }
    }

    private static func numbers(_ sql: String, in session: PostgresScriptSession) async throws -> [Int64] {
        try await session.query("SELECT (n)::bigint FROM (\(sql)) AS t (n) ORDER BY n", name: "numbers")
            .map { try $0.decode(0, as: Int64.self) }
    }

    private static func fetch(_ arguments: String, in session: PostgresScriptSession) async throws -> [Int64] {
        try await numbers("SELECT delivery FROM hub.lease_deliveries(1::smallint, 1, \(arguments))", in: session)
    }

    /// Whoever read above a floor that has moved gets nothing of what was read.
    @Test func aStretchIsLeasedOnce() async throws {
        try await Self.with { session in
            let read = "1, 10, 0, 5, '{2, 4, 5}', '{NULL, NULL, NULL}', '{1, 3}'"
            let first = try await Self.fetch(read, in: session)
            let second = try await Self.fetch(read, in: session)
            #expect(first == [2, 4, 5] && second == [])
            let standing =
                "SELECT unnest(ARRAY[floor, filter_errors, in_flight]) FROM hub.consumer_floor WHERE step = 1"
            #expect(try await Self.numbers(standing, in: session) == [2, 3, 5])
            #expect(try await Self.numbers("SELECT max(step) FROM hub.consumer_floor", in: session) == [1])
        }
    }

    /// What a filter let through that no longer holds is not handed out, and
    /// not passed over.
    @Test func whatAnOldFilterLetThroughIsNotLeased() async throws {
        try await Self.with { session in
            let change = "SELECT hub.change_consumer(1::smallint, 1, 'true', NULL, 30, 10::smallint, 1000, 'none');"
            try await session.run(change, name: "change")
            #expect(try await Self.fetch("1, 10, 0, 5, '{2, 4}', '{1, 1}', '{}'", in: session) == [])
            #expect(try await Self.numbers("SELECT max(floor) FROM hub.consumer_floor", in: session) == [0])
            // The same settings again are no change.
            try await session.run(change, name: "change")
            #expect(try await Self.fetch("2, 10, 0, 5, '{2, 4}', '{1, 1}', '{}'", in: session) == [2, 4])
        }
    }

    /// More passed than there is room for: the floor stops before what stays.
    @Test func theFloorStopsBeforeWhatStays() async throws {
        try await Self.with { session in
            let first = "1, 2, 0, 20, '{3, 7, 9, 15}', '{NULL, NULL, NULL, NULL}', '{1, 8, 16}'"
            let leased = try await Self.fetch(first, in: session)
            #expect(leased == [3, 7])
            let floor = "SELECT unnest(ARRAY[floor, filter_errors]) FROM hub.consumer_floor WHERE step = 1"
            #expect(try await Self.numbers(floor, in: session) == [2, 8])
            let rest = "1, 5, 8, 20, '{9, 15}', '{NULL, NULL}', '{16}'"
            #expect(try await Self.fetch(rest, in: session) == [9, 15])
        }
    }

    /// Where the clock goes back, what is due by the new time is found.
    @Test func aClockThatGoesBackHidesNothing() async throws {
        try await Self.with { session in
            #expect(try await Self.fetch("1, 10, 0, 5, '{2, 4}', '{NULL, NULL}', '{}'", in: session) == [2, 4])
            // By a clock an hour ahead nothing was due before then.
            try await session.run(
                "UPDATE hub.consumer_floor SET due_from = now() + interval '1 hour' WHERE step = 1;", name: "ahead")
            try await session.run(
                """
                SELECT hub.settle_deliveries(1::smallint, 1, 'nack', ARRAY[2::bigint],
                    ARRAY(SELECT lease FROM hub.lease WHERE position = 2), 0, NULL);
                """, name: "nack")
            #expect(try await Self.fetch("1, 10, 5, 5, '{}', '{}', '{}'", in: session) == [2])
        }
    }

    /// What replaced floors counted is in the one that holds.
    @Test func foldingKeepsWhatHolds() async throws {
        try await Self.with { session in
            for floor in 0..<19 {
                _ = try await Self.fetch("1, 10, \(floor), \(floor + 1), '{}', '{}', '{\(floor + 1)}'", in: session)
            }
            try await session.run(
                """
                INSERT INTO hub.consumer_floor (county, consumer, step, floor, filter_errors, in_flight, due_from)
                SELECT 1, 1, -n, 0, 0, 0, '-infinity' FROM generate_series(1, 100) AS n;
                """, name: "many")
            #expect(try await Self.numbers("SELECT hub.fold_consumer_floors()", in: session) == [119])
            let left = "SELECT unnest(ARRAY[step, floor, filter_errors]) FROM hub.consumer_floor"
            #expect(try await Self.numbers(left, in: session) == [19, 19, 19])
        }
    }
}
