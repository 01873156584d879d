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
        return try rows.prefix(limit).map { try Duty($0) }
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
/// whole table and sort what is left.
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
    var list: String { "FROM \(walk(isOrdered: true)) WHERE \(Self.asked) ORDER BY \(order) DESC" }

    /// The rows in any order.
    var set: String { "FROM \(walk(isOrdered: false)) WHERE \(Self.asked)" }

    private var order: String { source == .late ? "l.duty" : "d.id" }

    private func walk(isOrdered: Bool) -> String {
        if source == .late { return Self.late(isOrdered ? " ORDER BY u.duty DESC" : "") }
        let key =
            switch source {
            case .ofCase: " AND o.case_id = $4"
            // The unit's partial index; elsewhere the state is asked after the
            // walk, because here it would tempt the planner from the key.
            case .unit: " AND o.unit = $3" + (isOpenOnly ? " AND o.ended_at IS NULL" : "")
            case .type: " AND o.type = $5"
            case .county: isOpenOnly && !isOrdered ? " AND o.ended_at IS NULL" : ""
            case .late: ""
            }
        return """
            (
                SELECT * FROM hub.duty AS o WHERE o.county = $1\(key) AND o.id < $2
                \(isOrdered ? "ORDER BY o.id DESC" : "") OFFSET 0
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
        ($3::text IS NULL OR d.unit = $3)
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
        """
}
