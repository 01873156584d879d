package import CloudEvents
package import Coordination
import PostgresClient

extension Store {
    /// The duties a filter finds, newest first, before a cursor.
    ///
    /// - Parameter now: the county's time, which decides what is late.
    /// - Precondition: ``DutyFilter/isSupported``.
    package func duties(
        _ filter: DutyFilter, county: CountyID, now: Timestamp, before: DutyID?, limit: Int,
    ) async throws -> [Duty] {
        let search = DutySearch(filter, county: county, now: now, before: before)
        let rows = try await pool.query(
            PostgresStatement(
                name: "duties_by_\(search.source.rawValue)",
                sql: """
                    SELECT \(Duty.columns) \(search.rows)
                    ORDER BY d.id DESC LIMIT \(Self.literalLimit(limit))
                    """,
                binds: search.binds,
            ))
        return try rows.prefix(limit).map { try Duty($0) }
    }

    /// How many duties a filter finds, exactly.
    ///
    /// - Precondition: ``DutyFilter/isSupported``.
    package func countDuties(_ filter: DutyFilter, county: CountyID, now: Timestamp) async throws -> Int64 {
        let search = DutySearch(filter, county: county, now: now, before: nil)
        let rows = try await pool.query(
            PostgresStatement(
                name: "count_duties_by_\(search.source.rawValue)",
                sql: "SELECT count(*) AS count \(search.rows)",
                binds: search.binds,
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("count_duties") }
        return try row.decode("count", as: Int64.self)
    }
}

/// A filter as SQL: one of a few texts, by the index that leads to the rows;
/// the same binds for all of them.
private struct DutySearch {
    let source: DutyFilter.Source
    let rows: String
    let binds: [any PostgresEncodable]

    init(_ filter: DutyFilter, county: CountyID, now: Timestamp, before: DutyID?) {
        guard let source = filter.source else { preconditionFailure("the filter has no index") }
        self.source = source
        rows = """
            FROM \(Self.from(source)) WHERE \(Self.walked(source)) AND \(Self.asked)
            \(filter.isOpenOnly ? "AND d.ended_at IS NULL" : "")
            """
        binds = [
            county.rawValue, before?.rawValue ?? .max, filter.unit?.rawValue, filter.caseID?.rawValue,
            filter.type?.rawValue, filter.state?.rawValue, filter.open,
            filter.roles.map { $0.map(\.rawValue).sorted() },
            filter.overdue == .sign ? PostgresTimestamp(now) : nil,
            filter.overdue == .settle ? PostgresTimestamp(now) : nil,
            filter.dueBefore.map { PostgresTimestamp($0) }, filter.officer?.rawValue,
        ]
    }

    /// What is owed and falls due by then has a timer that is due by then, or
    /// one beyond its first step: nobody has to look at what is not late.
    private static let late = """
        (
            SELECT t.duty FROM hub.timer AS t
            WHERE t.county = $1 AND t.due <= coalesce($9, $10, $11) AND t.duty < $2
            UNION
            SELECT t.duty FROM hub.timer AS t WHERE t.county = $1 AND t.step > 1 AND t.duty < $2
        ) AS l JOIN hub.duty AS d ON d.county = $1 AND d.id = l.duty
        """

    private static func from(_ source: DutyFilter.Source) -> String {
        source == .late ? late : "hub.duty AS d"
    }

    private static func walked(_ source: DutyFilter.Source) -> String {
        let walk = "d.county = $1 AND d.id < $2"
        return switch source {
        case .ofCase: walk + " AND d.case_id = $4"
        case .unit, .unitOpen: walk + " AND d.unit = $3"
        case .type: walk + " AND d.type = $5"
        case .late, .county: walk
        }
    }

    private static let asked = """
        ($3::text IS NULL OR d.unit = $3)
        AND ($5::text IS NULL OR d.type = $5)
        AND ($6::text IS NULL OR d.state = $6)
        AND ($7::boolean IS NULL OR (d.ended_at IS NULL) = $7)
        AND ($8::text[] IS NULL OR d.role = ANY ($8))
        AND ($9::timestamptz IS NULL OR (d.sign_by <= $9 AND d.signed_at IS NULL))
        AND ($10::timestamptz IS NULL OR (d.settle_by <= $10 AND d.completed_at IS NULL))
        AND ($11::timestamptz IS NULL OR (d.sign_by < $11 AND d.signed_at IS NULL)
            OR (d.settle_by < $11 AND d.completed_at IS NULL))
        AND (d.officer IS NULL OR d.officer = $12)
        """
}
