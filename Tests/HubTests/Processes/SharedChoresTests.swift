import CloudEvents
import Hub
import HubAPI
import TestSupport
import Testing

/// What several hubs over one database do by themselves happens once.
struct SharedChoresTests {
    // MARK: - Sweeping

    private static let reports = 300

    /// Three sweep a county at once, and one of them dies over it.
    @Test(.timeLimit(.minutes(10))) func eachStepFiresOnceThoughASweeperDies() async throws {
        try await HubFleet.with(3) { fleet in
            let hub = fleet.hubs[0]
            let office = TestHub.Speaker.unit("jm-office", of: .sandbox)
            for first in stride(from: 0, to: Self.reports, by: 100) {
                let events = try (first..<first + 100).map { try Sample.report(id: "s-\($0)", employer: $0) }
                let answer = try await hub.publish(batch: events, as: office)
                try #require(answer.json["accepted"] == 100, "\(answer.text)")
            }
            let due = try await hub.number("SELECT (extract(epoch FROM max(sign_by)) * 1000000)::bigint FROM hub.duty")
            let asOf = JSONValue.string(Timestamp(microseconds: due).advanced(bySeconds: 86_400).rfc3339())
            let told = try await Self.sweep(hub, asOf, dryRun: true)
            try #require(told > Self.reports)
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Whose answer does not come is the one that died.
                for hub in fleet.hubs { group.addTask { _ = try? await Self.sweep(hub, asOf) } }
                try await eventually("the sweeps have begun") {
                    try await hub.number("SELECT count(*) FROM hub.step_fired") > 0
                }
                await fleet.processes[2].kill()
                try await group.waitForAll()
            }
            // The next sweep goes on from there; the one behind it finds nothing.
            _ = try await Self.sweep(hub, asOf)
            #expect(try await Self.sweep(fleet.hubs[1], asOf) == 0)
            let steps = try await hub.number("SELECT count(*) FROM hub.step_fired WHERE outcome <> 'collapsed'")
            #expect(steps == Int64(told))
            let changes = try await hub.number("SELECT count(*) FROM hub.duty_change WHERE by_unit = 'hub'")
            #expect(changes == steps)
            let twice = try await hub.number(
                """
                SELECT count(*) FROM (SELECT FROM hub.duty_change WHERE by_unit = 'hub'
                    GROUP BY county, duty, detail HAVING count(*) > 1) AS t
                """)
            #expect(twice == 0)
            try await StoredFacts(hub: hub).expectWhole()
        }
    }

    private static func sweep(_ hub: TestHub, _ asOf: JSONValue, dryRun: Bool = false) async throws -> Int {
        let answer = try await hub.post(
            "/v1/sweeps", ["asOf": asOf, "dryRun": .bool(dryRun)],
            as: .scopes([.admin], unit: "jm-office", of: .sandbox))
        try #require(answer.status == 200, "\(answer.text)")
        return Int(try #require(answer.json["stepsFired"]?.integerValue))
    }

    // MARK: - Maintenance

    /// All of them fold, make partitions and sweep all the time, while positions
    /// leave one partition for the next.
    @Test(.timeLimit(.minutes(10))) func choresDoNotGetInEachOthersWay() async throws {
        let log = LogCapture()
        let configure = { @Sendable (configuration: inout HubServerConfiguration) in
            configuration.hub.maintainEvery = .milliseconds(50)
            configuration.hub.sweepEvery = .milliseconds(100)
            configuration.hub.refreshEvery = .milliseconds(100)
        }
        try await TestHub.with(logger: log.logger, configure: configure) { first in
            let (database, keyFile) = (first.database, first.keyFile)
            try await TestHub.with(database: database, keyFile: keyFile, logger: log.logger, configure: configure) {
                second in
                try await TestHub.with(
                    database: database, keyFile: keyFile, logger: log.logger, configure: configure
                ) { third in
                    let clients = PersistentClients(of: [first, second, third])
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await clients.work(clients: 4) }
                        for jump in 1...3 {
                            try await Task.sleep(for: .milliseconds(700))
                            // Less than the partitions made ahead of need.
                            _ = try await first.number(
                                "SELECT setval('hub.position_seq', last_value + 9000000) FROM hub.position_seq")
                            let last = try await first.number("SELECT last_value FROM hub.position_seq")
                            try await eventually("there is room behind jump \(jump)") {
                                try await Self.roomAhead(of: last, first)
                            }
                        }
                        clients.stop()
                        try await group.waitForAll()
                    }
                    let facts = StoredFacts(hub: first)
                    try await facts.expect(clients.answers)
                    try await facts.expectWhole()
                    try await eventually("all counts are folded") {
                        try await first.number("SELECT count(*) FROM hub.board_delta") == 0
                    }
                    try await facts.expectWhole()
                }
            }
        }
        let complaints = log.lines.filter { $0.hasPrefix("warning") || $0.hasPrefix("error") }
        #expect(complaints == [])
    }

    /// Whether the events have a partition for what lies ten millions ahead.
    private static func roomAhead(of position: Int64, _ hub: TestHub) async throws -> Bool {
        try await hub.number(
            """
            SELECT count(*) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'hub.event'::regclass AND (
                regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''?(\\d+)'))[1]::bigint
                    >= \(position) + 10000000
            """) > 0
    }
}
