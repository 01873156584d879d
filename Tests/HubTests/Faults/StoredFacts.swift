import CloudEvents
import TestSupport
import Testing

/// What must be true of the tables, whatever happened to hubs and servers.
struct StoredFacts: Sendable {
    let hub: TestHub

    /// Nothing is half-stored and nothing twice.
    func expectWhole(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for (what, sql) in Self.breaches {
            let count = try await hub.number("SELECT count(*) FROM (\(sql)) AS b")
            #expect(count == 0, "\(what): \(count)", sourceLocation: sourceLocation)
        }
    }

    /// What was answered is stored, once, and nothing else is.
    func expect(_ answers: PersistentClients.Answers, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let stored = try await hub.numbers("SELECT position FROM hub.event ORDER BY 1")
        #expect(stored == answers.positions.values.sorted(), sourceLocation: sourceLocation)
        #expect(Set(answers.positions.values).count == answers.positions.count, sourceLocation: sourceLocation)
        let signed = try await hub.numbers("SELECT id FROM hub.duty WHERE signed_at IS NOT NULL ORDER BY 1")
        #expect(signed == answers.signatures.keys.compactMap { Int64($0) }.sorted(), sourceLocation: sourceLocation)
    }

    /// A unit's log, read over HTTP, is what the tables hold for it.
    func expectCompleteLog(of unit: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var cursors: [Int64] = []
        var after = "0"
        while true {
            let page = try await hub.get("/v1/feed?limit=500&after=\(after)", as: .unit(unit))
            let items = page.json["items"]?.arrayValue ?? []
            cursors += items.compactMap { $0["cursor"]?.stringValue }.compactMap { Int64($0) }
            after = try #require(page.json["next"]?.stringValue)
            if items.isEmpty { break }
        }
        let expected = try await hub.numbers(
            """
            SELECT position FROM hub.recipient WHERE unit = '\(unit)' UNION ALL
            SELECT position FROM hub.duty_change WHERE '\(unit)' IN (unit, publisher, lead) ORDER BY 1
            """)
        #expect(cursors == expected, sourceLocation: sourceLocation)
    }

    private static let breaches: [(String, String)] = [
        (
            "an event without its key",
            """
            SELECT FROM hub.event AS e WHERE NOT EXISTS (
                SELECT FROM hub.event_key AS k WHERE k.county = e.county AND k.position = e.position)
            """
        ),
        (
            "a key without its event",
            """
            SELECT FROM hub.event_key AS k WHERE NOT EXISTS (
                SELECT FROM hub.event AS e WHERE e.county = k.county AND e.position = k.position)
            """
        ),
        (
            "an id that is stored twice",
            "SELECT FROM hub.event GROUP BY county, attrs HAVING count(*) > 1"
        ),
        (
            "an event without its sealed part",
            """
            SELECT FROM hub.event AS e WHERE NOT EXISTS (
                SELECT FROM hub.sealed AS s WHERE s.county = e.county AND s.position = e.position)
            """
        ),
        (
            "an event whose recipients are not those it names",
            """
            SELECT FROM hub.event AS e WHERE (SELECT array_agg(u ORDER BY u) FROM unnest(e.units) AS u)
                IS DISTINCT FROM (SELECT array_agg(r.unit ORDER BY r.unit) FROM hub.recipient AS r
                    WHERE r.county = e.county AND r.event = e.position)
            """
        ),
        (
            "a delivery without its event",
            """
            SELECT FROM hub.recipient AS r WHERE NOT EXISTS (
                SELECT FROM hub.event AS e WHERE e.county = r.county AND e.position = r.event)
            """
        ),
        (
            "a recipient whose duty is missing, or another's",
            """
            SELECT FROM hub.recipient AS r WHERE r.duty IS NOT NULL AND NOT EXISTS (
                SELECT FROM hub.duty AS d WHERE d.county = r.county AND d.id = r.duty AND d.unit = r.unit
                    AND d.rule = r.rule AND (r.joined OR d.position = r.event))
            """
        ),
        (
            "a duty without its recipient",
            """
            SELECT FROM hub.duty AS d WHERE NOT EXISTS (
                SELECT FROM hub.recipient AS r WHERE r.county = d.county AND r.duty = d.id AND r.event = d.position
                    AND NOT r.joined)
            """
        ),
        (
            "two duties of a unit from an event",
            "SELECT FROM hub.duty GROUP BY county, position, unit HAVING count(*) > 1"
        ),
        (
            "a duty that waits for a signature without a clock",
            """
            SELECT FROM hub.duty AS d WHERE d.state = 'dispatched' AND d.sign_by IS NOT NULL AND NOT EXISTS (
                SELECT FROM hub.timer AS t WHERE t.county = d.county AND t.duty = d.id AND t.kind = 'sign')
            """
        ),
        (
            "a clock without its duty",
            """
            SELECT FROM hub.timer AS t WHERE NOT EXISTS (
                SELECT FROM hub.duty AS d WHERE d.county = t.county AND d.id = t.duty)
            """
        ),
        (
            "a duty whose version is not the number of its changes",
            """
            SELECT FROM hub.duty AS d WHERE d.version <> 1 + (
                SELECT count(*) FROM hub.duty_change AS c WHERE c.county = d.county AND c.duty = d.id)
            """
        ),
        (
            "a signature without its record, or with two",
            """
            SELECT FROM hub.duty AS d WHERE (d.signed_at IS NOT NULL)::integer <> (
                SELECT count(*) FROM hub.duty_change AS c WHERE c.county = d.county AND c.duty = d.id
                    AND c.command = 'sign' AND c.officer = d.signed_by)
            """
        ),
        (
            "a change that does not go on where the one before ended",
            """
            SELECT FROM (
                SELECT c.from_state, lag(c.to_state) OVER w AS before, c.version, row_number() OVER w + 1 AS nth
                FROM hub.duty_change AS c WINDOW w AS (PARTITION BY c.county, c.duty ORDER BY c.position)
            ) AS c WHERE c.from_state IS DISTINCT FROM coalesce(c.before, c.from_state) OR c.version <> c.nth
            """
        ),
        ("a count of the board that is not what the duties say", boardDifferences),
    ]

    /// The board's counts against the duties themselves.
    private static let boardDifferences = """
        SELECT FROM (
            SELECT county, unit, type, sum(open) AS open, sum(unsigned) AS unsigned, sum(signed) AS signed,
                sum(settled) AS settled
            FROM (
                SELECT county, unit, type, open, unsigned, signed, settled FROM hub.board_rollup
                UNION ALL
                SELECT county, unit, type, open, unsigned, signed, settled FROM hub.board_delta
            ) AS a GROUP BY county, unit, type
        ) AS b FULL JOIN (
            SELECT county, unit, type, count(*) FILTER (WHERE ended_at IS NULL) AS open,
                count(*) FILTER (WHERE state = 'dispatched' AND sign_by IS NOT NULL) AS unsigned,
                count(signed_at) AS signed, count(completed_at) AS settled
            FROM hub.duty GROUP BY county, unit, type
        ) AS d USING (county, unit, type)
        WHERE (coalesce(b.open, 0), coalesce(b.unsigned, 0), coalesce(b.signed, 0), coalesce(b.settled, 0))
            IS DISTINCT FROM (coalesce(d.open, 0), coalesce(d.unsigned, 0), coalesce(d.signed, 0),
                coalesce(d.settled, 0))
        """
}
