import CloudEvents
import Coordination
import Hub
import PostgresClient
import TestSupport
import Testing

/// Positions are taken before commits, so a reader by position could pass over
/// what commits late. It does not: everything enters the logs through a lane.
struct FeedRaceTests {
    /// The one who waits was first to be sent and last to be stored.
    @Test func whoHasTakenAPositionIsNeverPassedOver() async throws {
        try await TestHub.with { hub in
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let duty = try await hub.report(0).duty(of: "hrss")
                let before = try await hub.log(of: .unit("hrss"))
                let cursor = try #require(before.last?.cursor)
                let (position, receipts) = try await HeldLane.with(in: hub) { lane in
                    // A transaction that has its position and is not committed.
                    let position = try await lane.change(duty: duty, officer: "hrss-01")
                    async let first = hub.report(1)
                    async let second = other.report(2)
                    try await HeldLane.waiters(2, in: hub)
                    // Both hubs have their events under way; nobody sees
                    // anything, so nobody moves on.
                    for reader in [hub, other] {
                        let page = try await reader.feed("after=\(cursor)", as: .unit("hrss")).json
                        #expect(page == ["items": [], "next": .string(String(cursor))])
                    }
                    try await lane.commit()
                    return (position, try await [first, second])
                }
                for reader in [hub, other] {
                    let page = try await reader.feed("after=\(cursor)", as: .unit("hrss")).json
                    let items = FeedItem.items(of: page)
                    #expect(items.first?.cursor == position && items.first?.command == "note")
                    #expect(items.map(\.cursor) == items.map(\.cursor).sorted())
                    #expect(Set(items.compactMap(\.eventID)) == ["report-1", "report-2"])
                }
                let stored = receipts.compactMap { $0["position"]?.stringValue }.compactMap { Int64($0) }
                #expect(stored.count == 2 && stored.allSatisfy { $0 > position })
            }
        }
    }

    /// A reader that waits all the while.
    @Test(arguments: FeedFollower.Mode.allCases)
    func aWaitingReaderGetsTheLateOneFirst(_ mode: FeedFollower.Mode) async throws {
        try await TestHub.with { hub in
            let duty = try await hub.report(0).duty(of: "hrss")
            let follower = FeedFollower(hubs: [hub], speaker: .unit("hrss"), mode: mode)
            async let followed = follower.follow { $0.eventID == "report-1" }
            let position = try await HeldLane.with(in: hub) { lane in
                let position = try await lane.change(duty: duty, officer: "hrss-01")
                async let receipt = hub.report(1)
                try await HeldLane.waiters(1, in: hub)
                try await lane.commit()
                _ = try await receipt
                return position
            }
            let items = try await followed
            #expect(items.map { $0.command ?? $0.eventID ?? "" } == ["report-0", "note", "report-1"])
            #expect(items[1].cursor == position)
        }
    }

    private static let units = ["hrss", "edu-sports", "jm-office", "market-reg"]

    @Test func everyReaderSeesEveryPositionOnceAndInOrder() async throws {
        try await TestHub.with { hub in
            try await Self.slowDown(hub.database)
            try await TestHub.with(database: hub.database, keyFile: hub.keyFile) { other in
                let hubs = [hub, other]
                let logs = try await withThrowingTaskGroup(of: (String, [FeedItem])?.self) { group in
                    for unit in Self.units {
                        for mode in FeedFollower.Mode.allCases {
                            for order in [hubs, hubs.reversed()] {
                                let follower = FeedFollower(
                                    hubs: order, speaker: .unit(unit), mode: mode, portion: .random(in: 5...60))
                                group.addTask {
                                    (unit, try await follower.follow { Self.isLast($0, for: unit) })
                                }
                            }
                        }
                    }
                    group.addTask {
                        try await Self.write(to: hubs)
                        return nil
                    }
                    return try await group.reduce(into: [(String, [FeedItem])]()) { all, log in
                        if let log { all.append(log) }
                    }
                }
                #expect(logs.count == Self.units.count * 4)
                for unit in Self.units {
                    let expected = try await Self.positions(of: unit, in: hub)
                    #expect(expected.count > 150, "\(unit)")
                    for (reader, items) in logs where reader == unit {
                        #expect(items.map(\.cursor) == expected, "\(unit)")
                    }
                }
            }
        }
    }

    /// Makes every transaction take a while between its positions and its
    /// commit, as on a busy disk: time enough for others to get ahead, and for
    /// readers to look.
    private static func slowDown(_ database: TestDatabase) async throws {
        let session = try await PostgresScriptSession(
            configuration: database.configuration, logger: TestDatabase.logger)
        try await session.run(
            """
            CREATE FUNCTION hub.take_a_while() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_catalog.pg_sleep(0.05 * pg_catalog.random());
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER slow AFTER INSERT ON hub.event EXECUTE FUNCTION hub.take_a_while();
            CREATE TRIGGER slow AFTER INSERT ON hub.duty_change EXECUTE FUNCTION hub.take_a_while();
            """, name: "slow")
        await session.close()
    }

    // MARK: - Writers

    /// Eighteen writers at once: events one by one and in batches, and people
    /// who act on duties. Then one note at each unit, which readers end with.
    private static func write(to hubs: [TestHub]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<6 {
                group.addTask {
                    for number in 0..<12 { try await hubs[writer % 2].report(writer * 100 + number) }
                }
                group.addTask {
                    for batch in 0..<4 {
                        let first = 10_000 + writer * 100 + batch * 12
                        try await hubs[writer % 2].reports(first..<(first + 12))
                    }
                }
                group.addTask {
                    for number in 0..<8 { try await handle(20_000 + writer * 100 + number, in: hubs, turn: writer) }
                }
            }
            try await group.waitForAll()
        }
        let receipt = try await hubs[0].report(99_999)
        for unit in ["market-reg", "hrss"] {
            let duty = try receipt.duty(of: unit)
            try await hubs[1].act("note", on: duty, by: .officer("\(unit)-01"), ["note": "到此为止"])
        }
    }

    /// A report and what two units do about it, through one hub and the other.
    private static func handle(_ number: Int, in hubs: [TestHub], turn: Int) async throws {
        let receipt = try await hubs[turn % 2].report(number)
        let handling = try receipt.duty(of: "hrss")
        for (step, command) in ["sign", "accept", "start"].enumerated() {
            let hub = hubs[(turn + step) % 2]
            try await hub.act(
                command, on: handling, by: .officer("hrss-01"), command == "start" ? ["note": "去现场"] : [:])
        }
        try await hubs[turn % 2].act("sign", on: try receipt.duty(of: "market-reg"), by: .officer("market-reg-01"))
    }

    /// The last note a unit gets to see.
    private static func isLast(_ item: FeedItem, for unit: String) -> Bool {
        item.command == "note" && item.dutyUnit == (unit == "market-reg" ? unit : "hrss")
    }

    /// What a unit's log holds, from the tables themselves.
    private static func positions(of unit: String, in hub: TestHub) async throws -> [Int64] {
        let county = try hub.county(.mengjin).id.rawValue
        let followed = unit == "jm-office" ? "true" : "'\(unit)' IN (unit, publisher, lead)"
        return try await hub.numbers(
            """
            SELECT position FROM hub.recipient WHERE county = \(county) AND unit = '\(unit)'
            UNION ALL
            SELECT position FROM hub.duty_change WHERE county = \(county) AND \(followed)
            ORDER BY 1
            """)
    }
}
