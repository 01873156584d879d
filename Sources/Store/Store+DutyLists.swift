package import CloudEvents
package import Coordination
package import PostgresClient

extension Store {
    /// The duties a filter finds, newest first, before a cursor.
    ///
    /// - Parameter now: the county's time, which decides what is late.
    /// - Precondition: ``DutyFilter/isSupported``.
    package func duties(
        _ filter: DutyFilter, county: CountyID, now: Timestamp, before: DutyID?, limit: Int,
    ) async throws -> [Duty] {
        let rows = try await pool.query(
            Self.dutiesStatement(filter, county: county, now: now, before: before, limit: limit))
        return Array(try await duties(in: rows).prefix(limit))
    }

    /// The statement of ``duties(_:county:now:before:limit:)``, for the test of
    /// its plans.
    package static func dutiesStatement(
        _ filter: DutyFilter, county: CountyID, now: Timestamp, before: DutyID?, limit: Int,
    ) -> PostgresStatement {
        let search = DutySearch(filter, county: county, now: now, before: before)
        return PostgresStatement(
            name: "duties_by_\(search.source.rawValue)",
            sql: "SELECT \(Duty.columns) \(search.list) LIMIT \(literalLimit(limit))",
            binds: search.binds,
        )
    }

    /// How many duties a filter finds, exactly.
    ///
    /// - Precondition: ``DutyFilter/isSupported``.
    package func countDuties(_ filter: DutyFilter, county: CountyID, now: Timestamp) async throws -> Int64 {
        let search = DutySearch(filter, county: county, now: now, before: nil)
        let rows = try await pool.query(
            PostgresStatement(
                name: "count_duties_by_\(search.source.rawValue)",
                sql: "SELECT count(*) AS count \(search.set)",
                binds: search.binds,
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("count_duties") }
        return try row.decode("count", as: Int64.self)
    }
}

/// A filter as SQL: one of a few texts, by the index that leads to the rows;
/// the same binds for all of them.
///
/// The rows are walked behind OFFSET 0, and only then asked the rest: conditions
/// that may be left out look so selective to the planner that it would read the
/// whole table and sort what is left. For the same reason they stand in a CASE,
/// of which it takes every other row to pass, and the order of the walk is not
/// asked for again outside: either would make it fetch all rows for a page of
/// them where several counties lie between one another.
private struct DutySearch {
    let source: DutyFilter.Source
    let binds: [any PostgresEncodable]
    private let isOpenOnly: Bool

    init(_ filter: DutyFilter, county: CountyID, now: Timestamp, before: DutyID?) {
        guard let source = filter.source else { preconditionFailure("the filter has no index") }
        self.source = source
        isOpenOnly = filter.isOpenOnly
        binds = [
            county.rawValue, before?.rawValue ?? .max, filter.unit?.rawValue, filter.caseID?.rawValue,
            filter.type?.rawValue, filter.state?.rawValue, filter.open,
            filter.roles.map { $0.map(\.rawValue).sorted() },
            filter.overdue == .sign ? PostgresTimestamp(now) : nil,
            filter.overdue == .settle ? PostgresTimestamp(now) : nil,
            filter.dueBefore.map { PostgresTimestamp($0) }, filter.officer?.rawValue,
        ]
    }

    /// The rows, newest first.
    var list: String {
        // Elsewhere the walk has its order, and filtering keeps it.
        let order = source == .late ? " ORDER BY l.duty DESC" : ""
        return "FROM \(walk(isOrdered: true)) WHERE \(Self.asked)\(order)"
    }

    /// The rows in any order.
    var set: String { "FROM \(walk(isOrdered: false)) WHERE \(Self.asked)" }

    private func walk(isOrdered: Bool) -> String {
        if source == .late { return Self.late(isOrdered ? " ORDER BY u.duty DESC" : "") }
        let order = isOrdered ? "ORDER BY o.id DESC" : ""
        switch source {
        case .ofCase: return "(\(Self.one("o.case_id = $4", order)) OFFSET 0) AS d"
        case .unit where isOpenOnly: return "(\(Self.one(Self.openOfUnit, order)) OFFSET 0) AS d"
        case .unit:
            // Open and ended ones have an index each, merged in their order.
            return """
                (
                    SELECT * FROM (
                        (\(Self.one(Self.openOfUnit, order)))
                        UNION ALL
                        (\(Self.one("o.unit = $3 AND o.ended_at IS NOT NULL", order)))
                    ) AS o \(order) OFFSET 0
                ) AS d
                """
        case .type: return Self.ofType(isOrdered)
        case .county:
            // Elsewhere the state is asked after the walk, because here it
            // would tempt the planner from the key.
            return "(\(Self.one(isOpenOnly && !isOrdered ? "o.ended_at IS NULL" : "true", order)) OFFSET 0) AS d"
        case .late: return Self.late(isOrdered ? " ORDER BY u.duty DESC" : "")
        }
    }

    private static let openOfUnit = "o.unit = $3 AND o.ended_at IS NULL"

    private static func one(_ key: String, _ order: String) -> String {
        "SELECT * FROM hub.duty AS o WHERE o.county = $1 AND \(key) AND o.id < $2 \(order)"
    }

    /// By the events of the type: a duty's id follows the position of its
    /// event, in the same order.
    private static func ofType(_ isOrdered: Bool) -> String {
        """
        (
            SELECT d.*
            FROM (
                SELECT v.county, v.position, v.units FROM hub.event AS v
                WHERE v.county = $1 AND v.type = $5 AND v.position < $2
                \(isOrdered ? "ORDER BY v.position DESC" : "") OFFSET 0
            ) AS e
            CROSS JOIN LATERAL (
                SELECT * FROM \(Store.dutiesOfEvent) AS o WHERE o.id < $2
                \(isOrdered ? "ORDER BY o.id DESC" : "") OFFSET 0
            ) AS d
            OFFSET 0
        ) AS d
        """
    }

    /// What is owed and falls due by then has a timer that is due by then, or
    /// one beyond its first step: nobody looks at what is not late.
    private static func late(_ order: String) -> String {
        """
        (
            SELECT u.duty FROM (
                SELECT t.duty FROM hub.timer AS t
                WHERE t.county = $1 AND t.due <= coalesce($9, $10, $11) AND t.duty < $2 AND \(ofKind)
                UNION
                SELECT t.duty FROM hub.timer AS t WHERE t.county = $1 AND t.step > 1 AND t.duty < $2 AND \(ofKind)
            ) AS u\(order) OFFSET 0
        ) AS l CROSS JOIN LATERAL (
            SELECT * FROM hub.duty AS o WHERE o.county = $1 AND o.id = l.duty OFFSET 0
        ) AS d
        """
    }

    private static let ofKind = """
        ($9::timestamptz IS NULL OR t.kind = 'sign') AND ($10::timestamptz IS NULL OR t.kind <> 'sign')
        """

    private static let asked = """
        CASE WHEN ($3::text IS NULL OR d.unit = $3)
        AND ($5::text IS NULL OR d.type = $5)
        AND ($6::text IS NULL OR d.state = $6)
        AND ($7::boolean IS NULL OR (d.ended_at IS NULL) = $7)
        AND (coalesce($9, $10, $11) IS NULL OR d.ended_at IS NULL)
        AND ($8::text[] IS NULL OR d.role = ANY ($8))
        AND ($9::timestamptz IS NULL OR (d.sign_by <= $9 AND d.signed_at IS NULL))
        AND ($10::timestamptz IS NULL OR (d.settle_by <= $10 AND d.completed_at IS NULL))
        AND ($11::timestamptz IS NULL OR (d.sign_by < $11 AND d.signed_at IS NULL)
            OR (d.settle_by < $11 AND d.completed_at IS NULL))
        AND (d.officer IS NULL OR d.officer = $12)
        THEN true ELSE false END
        """
}
