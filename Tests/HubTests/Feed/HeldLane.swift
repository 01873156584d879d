import CloudEvents
import Coordination
import Hub
import PostgresClient
import TestSupport
import Testing

/// A session that stands where a hub stands between taking positions and its
/// commit: it holds the lane of a county in an open transaction.
struct HeldLane: Sendable {
    private let session: PostgresScriptSession
    private let county: Int16

    /// Runs a body while the lane is held, and lets it go afterwards.
    static func with<Result>(
        of county: TestCounty = .mengjin, in hub: TestHub, _ body: (HeldLane) async throws -> Result
    ) async throws -> Result {
        let session = try await PostgresScriptSession(
            configuration: hub.database.configuration, logger: TestDatabase.logger)
        let lane = HeldLane(session: session, county: try hub.county(county).id.rawValue)
        do {
            try await session.run(
                "BEGIN; SELECT pg_advisory_xact_lock(hub._advisory_class('lane'), \(lane.county));", name: "lane")
            let result = try await body(lane)
            await session.close()
            return result
        } catch {
            await session.close()
            throw error
        }
    }

    /// Takes a position and writes a change of a duty at it, as the lane's own
    /// function does; seen by nobody before ``commit()``.
    func change(duty: String, officer: String) async throws -> Int64 {
        let rows = try await session.query(
            """
            INSERT INTO hub.duty_change (county, position, duty, version, unit, publisher, lead, at, by_unit, officer,
                command, from_state, to_state)
            SELECT county, nextval('hub.position_seq'), id, version + 1, unit, publisher, lead, now(), unit,
                '\(officer)', 'note', state, state
            FROM hub.duty WHERE county = \(county) AND id = \(duty)
            RETURNING position
            """, name: "change")
        try await session.run(
            "UPDATE hub.duty SET version = version + 1 WHERE county = \(county) AND id = \(duty);", name: "version")
        return try #require(try rows.first?.decode("position", as: Int64.self))
    }

    /// Commits, which lets the lane go.
    func commit() async throws {
        try await session.run("COMMIT;", name: "commit")
    }

    /// Returns once so many wait for a lane.
    static func waiters(_ count: Int64, in hub: TestHub) async throws {
        try await eventually("\(count) wait for the lane") {
            try await hub.number(
                """
                SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """) == count
        }
    }
}
