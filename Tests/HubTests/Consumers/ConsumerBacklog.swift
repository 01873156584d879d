/// Deliveries and consumers written straight into the tables.
enum ConsumerBacklog {
    /// Copies of a delivery of the bureau's, of the same event, behind it.
    static func copies(_ count: Int, after position: Int64) -> String {
        """
        INSERT INTO hub.recipient (county, unit, position, event, role, plan_role, rule, sentence, projection)
        SELECT r.county, r.unit, r.position + n, r.event, r.role, r.plan_role, r.rule, r.sentence, r.projection
        FROM hub.recipient AS r CROSS JOIN generate_series(1, \(count)) AS n
        WHERE r.unit = 'hrss' AND r.officer IS NULL AND r.position = \(position);
        SELECT setval('hub.position_seq', \(position) + \(count) + 1);
        """
    }

    /// Events with a delivery to `unit5` each, five to a case, in the places
    /// from 1 on.
    static func deliveries(_ range: ClosedRange<Int>) -> String {
        """
        INSERT INTO hub.event (county, position, recorded_at, type, source_unit, case_id, status, policy, contract,
            hash, attrs, open, explanation, units)
        SELECT 1, n, now(), 'type', 'unit1', n / 5, 'routed', 'p', 'c', '\\x00', '{}', '{}', '[]', ARRAY['unit5']
        FROM generate_series(\(range.lowerBound), \(range.upperBound)) AS n;
        INSERT INTO hub.recipient (county, unit, position, event, role, plan_role, rule, sentence, projection)
        SELECT 1, 'unit5', n, n, 'handling', 'none', 'r', 's', 'p'
        FROM generate_series(\(range.lowerBound), \(range.upperBound)) AS n;
        """
    }

    /// A consumer of `unit5` that begins at the beginning.
    static func consumer(_ id: Int, ordering: String = "none") -> String {
        """
        INSERT INTO hub.consumer (county, unit, name, id, start_at, start_position, lease_seconds, max_attempts,
            max_in_flight, ordering)
        VALUES (1, 'unit5', 'consumer-\(id)', \(id), '\\x00', 0, 30, 10, 1000, '\(ordering)');
        INSERT INTO hub.consumer_floor (county, consumer, step, floor, filter_errors, in_flight, due_from)
        VALUES (1, \(id), 0, 0, 0, 0, '-infinity');
        """
    }

    /// A fetch of the next deliveries above the floor, as the desk asks for it.
    static func lease(_ consumer: Int, limit: Int) -> String {
        """
        SELECT l.delivery, l.lease_id
        FROM (
            SELECT floor FROM hub.consumer_floor WHERE county = 1 AND consumer = \(consumer)
            ORDER BY step DESC LIMIT 1
        ) AS f
        CROSS JOIN LATERAL (
            SELECT array_agg(r.position ORDER BY r.position) AS positions, array_agg(r.position / 5 ORDER BY r.position)
                AS cases, coalesce(max(r.position), f.floor) AS up_to
            FROM (
                SELECT position FROM hub.recipient WHERE county = 1 AND unit = 'unit5' AND position > f.floor
                ORDER BY position LIMIT \(limit)
            ) AS r
        ) AS a
        CROSS JOIN LATERAL hub.lease_deliveries(
            1::smallint, \(consumer), 1, \(limit), f.floor, a.up_to, a.positions, a.cases, '{}'
        ) AS l
        """
    }

    /// A fetch and the acknowledgement of all it gave.
    static func work(_ consumer: Int, limit: Int) -> String {
        """
        SELECT hub.settle_deliveries(1::smallint, \(consumer), 'ack', array_agg(delivery), array_agg(lease_id), 0, NULL)
        FROM (\(lease(consumer, limit: limit))) AS leased
        """
    }
}
