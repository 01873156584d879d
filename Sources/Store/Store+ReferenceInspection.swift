package import Coordination
import PostgresClient

/// One rule of what refers to what, which no foreign key holds.
package struct ReferenceInspection: Sendable, Hashable {
    /// What was looked at, such as `duties without event`.
    package var rule: String
    /// How many break it; nil where the look took too long.
    package var broken: Int64?

    package init(rule: String, broken: Int64?) {
        self.rule = rule
        self.broken = broken
    }
}

/// What a look at a county's people and tokens finds.
package struct CountyInspection: Sendable, Hashable {
    package var county: CountyID
    /// Officers in office today who have no live token.
    package var officersWithoutToken: Int64
    package var liveTokens: Int64
    /// Live tokens that end soon and have no successor.
    package var endingTokens: Int64

    package init(county: CountyID, officersWithoutToken: Int64, liveTokens: Int64, endingTokens: Int64) {
        self.county = county
        self.officersWithoutToken = officersWithoutToken
        self.liveTokens = liveTokens
        self.endingTokens = endingTokens
    }
}

extension Store {
    /// Looks whether what refers to something finds it: of each kind the
    /// latest two thousand of a county, down an index, so that it takes no
    /// longer as the record grows.
    package func inspectReferences() async throws -> [ReferenceInspection] {
        var found: [ReferenceInspection] = []
        for (rule, sql) in Self.referenceRules {
            do {
                let rows = try await pool.query(
                    PostgresStatement(
                        name: "inspect_references", sql: "SELECT count(*) AS broken FROM (\(sql) LIMIT 10000) AS s",
                        binds: []))
                found.append(
                    ReferenceInspection(rule: rule, broken: try rows.first?.decode("broken", as: Int64.self)))
            } catch let error as PostgresError where error.sqlState == .queryCanceled {
                found.append(ReferenceInspection(rule: rule, broken: nil))
            }
        }
        return found
    }

    /// The rules with their statements, for the test of their plans.
    package static let referenceRules = [
        (
            "events without delivery",
            """
            SELECT FROM hub.county AS c CROSS JOIN LATERAL (
                SELECT o.position, o.units FROM hub.event AS o
                WHERE o.county = c.id ORDER BY o.position DESC LIMIT 2000
            ) AS e CROSS JOIN LATERAL unnest(e.units) AS u (unit)
            WHERE u.unit <> '' AND NOT EXISTS (SELECT FROM hub.recipient AS r
                WHERE r.county = c.id AND r.unit = u.unit AND r.position = e.position)
            """
        ),
        delivered("event", without: "event", "position"),
        delivered("duty", without: "duty", "id"),
        latest("duties", "duty", by: "o.id DESC", "position", without: "event", "position"),
        latest("changes", "duty_change", by: "o.position DESC", "duty", without: "duty", "id"),
        latest("timers", "timer", by: "o.due, o.duty", "duty", without: "duty", "id"),
        latest("sealed parts", "sealed", by: "o.position DESC", "position", without: "event", "position"),
        latest("event keys", "event_key", by: "o.key", "position", without: "event", "position"),
        latest("leases", "lease", by: "o.consumer, o.position", "consumer", without: "consumer", "id"),
        (
            "events beyond the last position",
            """
            SELECT FROM hub.county AS c CROSS JOIN LATERAL (
                SELECT o.position FROM hub.event AS o WHERE o.county = c.id ORDER BY o.position DESC LIMIT 1
            ) AS e
            WHERE e.position > (SELECT last_value FROM hub.position_seq)
            """
        ),
    ]

    /// Of a table the rows that lie first in an order, and what a column names.
    private static func latest(
        _ what: String, _ table: String, by order: String, _ column: String, without other: String, _ key: String,
    ) -> (String, String) {
        (
            "\(what) without \(other)",
            """
            SELECT FROM hub.county AS c CROSS JOIN LATERAL (
                SELECT o.\(column) FROM hub.\(table) AS o WHERE o.county = c.id ORDER BY \(order) LIMIT 2000
            ) AS r
            WHERE NOT EXISTS (SELECT FROM hub.\(other) AS e WHERE e.county = c.id AND e.\(key) = r.\(column))
            """
        )
    }

    /// The latest deliveries of each unit, and what a column names; null names nothing.
    private static func delivered(_ column: String, without other: String, _ key: String) -> (String, String) {
        (
            "deliveries without \(other)",
            """
            SELECT FROM hub.county AS c CROSS JOIN LATERAL (
                SELECT DISTINCT o.unit FROM hub.officer AS o WHERE o.county = c.id
            ) AS u CROSS JOIN LATERAL (
                SELECT o.\(column) FROM hub.recipient AS o
                WHERE o.county = c.id AND o.unit = u.unit ORDER BY o.position DESC LIMIT 500
            ) AS r
            WHERE r.\(column) IS NOT NULL
                AND NOT EXISTS (SELECT FROM hub.\(other) AS e WHERE e.county = c.id AND e.\(key) = r.\(column))
            """
        )
    }

    /// Looks at the officers and tokens of each county.
    ///
    /// - Parameter days: a token that ends within so many days ends soon.
    package func inspectCounties(tokensEndingWithin days: Int32) async throws -> [CountyInspection] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "inspect_counties",
                sql: """
                    SELECT c.id AS county,
                        (SELECT count(*) FROM hub.officer AS o WHERE o.county = c.id
                            AND coalesce(o.valid_from <= d.day, true) AND coalesce(o.valid_to >= d.day, true)
                            AND NOT EXISTS (SELECT FROM hub.token AS t WHERE t.county = c.id AND t.unit = o.unit
                                AND t.officer = o.id AND t.revoked_at IS NULL AND t.expires_at > now())
                        ) AS officers_without_token,
                        (SELECT count(*) FROM hub.token AS t WHERE t.county = c.id AND t.revoked_at IS NULL
                            AND t.expires_at > now()) AS live_tokens,
                        (SELECT count(*) FROM hub.token AS t WHERE t.county = c.id AND t.revoked_at IS NULL
                            AND t.expires_at > now() AND t.expires_at <= now() + make_interval(days => $1)
                            AND NOT EXISTS (SELECT FROM hub.token AS n WHERE n.county = c.id AND n.unit = t.unit
                                AND n.officer IS NOT DISTINCT FROM t.officer AND n.revoked_at IS NULL
                                AND n.expires_at > now() + make_interval(days => $1))
                        ) AS ending_tokens
                    FROM hub.county AS c
                    CROSS JOIN LATERAL (
                        SELECT ((now() + c.clock_offset) AT TIME ZONE 'Asia/Shanghai')::date AS day
                    ) AS d
                    ORDER BY c.id LIMIT 1000
                    """,
                binds: [days],
            ))
        return try rows.map { row in
            CountyInspection(
                county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
                officersWithoutToken: try row.decode("officers_without_token", as: Int64.self),
                liveTokens: try row.decode("live_tokens", as: Int64.self),
                endingTokens: try row.decode("ending_tokens", as: Int64.self))
        }
    }
}
