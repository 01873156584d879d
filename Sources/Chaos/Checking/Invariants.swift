/// What must be true of the tables alone, whatever happened. Each statement
/// answers with the breaches it finds, named by a text.
enum Invariants {
    static let all: [(what: String, sql: String)] = events + duties + steps + logs + consumers

    /// Nothing is half-stored and nothing twice.
    private static let events: [(what: String, sql: String)] = [
        (
            "an event without its key, or with two",
            """
            SELECT e.position::text FROM hub.event AS e WHERE 1 <> (
                SELECT count(*) FROM hub.event_key AS k WHERE k.county = e.county AND k.position = e.position)
            """
        ),
        (
            "a key without its event",
            """
            SELECT k.position::text FROM hub.event_key AS k WHERE NOT EXISTS (
                SELECT FROM hub.event AS e WHERE e.county = k.county AND e.position = k.position)
            """
        ),
        (
            "an event without its sealed part",
            """
            SELECT e.position::text FROM hub.event AS e WHERE NOT EXISTS (
                SELECT FROM hub.sealed AS s WHERE s.county = e.county AND s.position = e.position)
            """
        ),
        (
            "an event whose recipients are not those it names",
            """
            SELECT e.position::text FROM hub.event AS e
            WHERE (SELECT array_agg(u ORDER BY u) FROM unnest(e.units) AS u)
                IS DISTINCT FROM (SELECT array_agg(r.unit ORDER BY r.unit) FROM hub.recipient AS r
                    WHERE r.county = e.county AND r.event = e.position)
            """
        ),
        (
            "a delivery without its event",
            """
            SELECT r.unit || ' ' || r.position FROM hub.recipient AS r WHERE NOT EXISTS (
                SELECT FROM hub.event AS e WHERE e.county = r.county AND e.position = r.event)
            """
        ),
    ]

    private static let duties: [(what: String, sql: String)] = [
        (
            "a recipient whose duty is missing, or another's",
            """
            SELECT r.unit || ' ' || r.position FROM hub.recipient AS r WHERE r.duty IS NOT NULL AND NOT EXISTS (
                SELECT FROM hub.duty AS d WHERE d.county = r.county AND d.id = r.duty AND d.unit = r.unit
                    AND d.rule = r.rule AND (r.joined OR d.position = r.event))
            """
        ),
        (
            "a duty without its recipient",
            """
            SELECT d.id::text FROM hub.duty AS d WHERE NOT EXISTS (
                SELECT FROM hub.recipient AS r WHERE r.county = d.county AND r.duty = d.id AND r.event = d.position
                    AND NOT r.joined)
            """
        ),
        (
            "two duties of a unit from an event",
            """
            SELECT d.unit || ' ' || d.position FROM hub.duty AS d
            GROUP BY d.county, d.position, d.unit HAVING count(*) > 1
            """
        ),
        (
            "a duty that waits for a signature without a clock",
            """
            SELECT d.id::text FROM hub.duty AS d
            WHERE d.state = 'dispatched' AND d.sign_by IS NOT NULL AND NOT EXISTS (
                SELECT FROM hub.timer AS t WHERE t.county = d.county AND t.duty = d.id AND t.kind = 'sign')
            """
        ),
        (
            "a clock without its duty",
            """
            SELECT t.duty::text FROM hub.timer AS t WHERE NOT EXISTS (
                SELECT FROM hub.duty AS d WHERE d.county = t.county AND d.id = t.duty)
            """
        ),
        (
            "a duty whose version is not the number of its changes",
            """
            SELECT d.id::text FROM hub.duty AS d WHERE d.version <> 1 + (
                SELECT count(*) FROM hub.duty_change AS c WHERE c.county = d.county AND c.duty = d.id)
            """
        ),
        (
            "a signature without its record, or with two",
            """
            SELECT d.id::text FROM hub.duty AS d WHERE (d.signed_at IS NOT NULL)::integer <> (
                SELECT count(*) FROM hub.duty_change AS c WHERE c.county = d.county AND c.duty = d.id
                    AND c.command = 'sign' AND c.officer = d.signed_by)
            """
        ),
        (
            "a change that does not go on where the one before ended",
            """
            SELECT c.duty::text FROM (
                SELECT c.duty, c.from_state, lag(c.to_state) OVER w AS before, c.version,
                    row_number() OVER w + 1 AS nth
                FROM hub.duty_change AS c WINDOW w AS (PARTITION BY c.county, c.duty ORDER BY c.position)
            ) AS c WHERE c.from_state IS DISTINCT FROM coalesce(c.before, c.from_state) OR c.version <> c.nth
            """
        ),
        ("a count of the board that is not what the duties say", boardDifferences),
    ]

    /// A step of a ladder is taken once for each time limit.
    private static let steps: [(what: String, sql: String)] = [
        (
            "a step of a ladder that was taken twice",
            """
            SELECT c.duty || ' ' || d.milestone || ' ' || d.step FROM hub.duty_change AS c
            CROSS JOIN LATERAL jsonb_to_record(convert_from(c.detail, 'UTF8')::jsonb) AS d (milestone text, step text)
            WHERE c.by_unit = 'hub' AND d.step IS NOT NULL
            GROUP BY c.county, c.duty, d.milestone, d.step HAVING count(*) > 1
            """
        ),
        (
            "a duty with more or fewer steps on record than changes by them",
            """
            SELECT d.id::text FROM hub.duty AS d WHERE (
                SELECT count(*) FROM hub.step_fired AS f
                WHERE f.county = d.county AND f.duty = d.id AND f.outcome <> 'collapsed'
            ) <> (
                SELECT count(*) FROM hub.duty_change AS c
                WHERE c.county = d.county AND c.duty = d.id AND c.by_unit = 'hub'
            )
            """
        ),
        (
            "a duty whose reminders are not those on record",
            """
            SELECT d.id::text FROM hub.duty AS d WHERE d.reminders <> (
                SELECT count(*) FROM hub.duty_change AS c
                WHERE c.county = d.county AND c.duty = d.id AND c.command = 'remind')
            """
        ),
    ]

    private static let logs: [(what: String, sql: String)] = [
        (
            "a position that an event and a change share",
            """
            SELECT c.position::text FROM hub.duty_change AS c
            JOIN hub.event AS e ON e.county = c.county AND e.position = c.position
            """
        ),
        (
            "a change recorded at the position of a delivery in the same log",
            """
            SELECT c.position::text FROM hub.duty_change AS c
            JOIN hub.recipient AS r ON r.county = c.county AND r.position = c.position
                AND r.unit IN (c.unit, c.publisher, c.lead)
            """
        ),
    ]

    /// Once the workers are done, nothing is left in anybody's hands.
    private static let consumers: [(what: String, sql: String)] = [
        (
            "a lease that is left though all work is done",
            "SELECT l.consumer || ' ' || l.position || ' ' || l.state FROM hub.lease AS l"
        ),
        (
            "a consumer that counts deliveries in workers' hands",
            """
            SELECT c.name || ' ' || f.in_flight FROM hub.consumer AS c CROSS JOIN LATERAL (
                SELECT * FROM hub.consumer_floor AS f
                WHERE f.county = c.county AND f.consumer = c.id ORDER BY f.step DESC LIMIT 1
            ) AS f WHERE f.in_flight <> 0
            """
        ),
        (
            "a consumer whose floor lies below its last delivery",
            """
            SELECT c.name || ' ' || f.floor FROM hub.consumer AS c CROSS JOIN LATERAL (
                SELECT * FROM hub.consumer_floor AS f
                WHERE f.county = c.county AND f.consumer = c.id ORDER BY f.step DESC LIMIT 1
            ) AS f WHERE f.floor < (
                SELECT max(r.position) FROM hub.recipient AS r
                WHERE r.county = c.county AND r.unit = c.unit AND r.officer IS NULL
            )
            """
        ),
    ]

    /// The board's counts against the duties themselves.
    private static let boardDifferences = """
        SELECT coalesce(b.unit, d.unit) || ' ' || coalesce(b.type, d.type) FROM (
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
