package import Coordination
import PostgresClient

extension Store {
    /// A duty by its id; nil when the county has none of that number.
    package func duty(_ id: DutyID, county: CountyID) async throws -> Duty? {
        try await duties(ids: [id], county: county).first
    }

    /// The duties of these ids that exist, in the order of the ids.
    package func duties(ids: [DutyID], county: CountyID) async throws -> [Duty] {
        guard !ids.isEmpty else { return [] }
        return try await duties(in: try await pool.query(Self.dutiesByID(ids, county: county)))
    }

    /// The duties of these ids that exist, in the order of the ids, and the ids of
    /// those whose rows this program cannot read.
    package func readableDuties(
        ids: [DutyID], county: CountyID,
    ) async throws -> (duties: [Duty], unreadable: Set<DutyID>) {
        guard !ids.isEmpty else { return ([], []) }
        var duties: [Duty] = []
        var unreadable: Set<DutyID> = []
        let rows = try await pool.query(Self.dutiesByID(ids, county: county))
        let words = try await words(of: rows)
        for row in rows {
            do {
                duties.append(try duty(row, words))
            } catch {
                unreadable.insert(DutyID(rawValue: try row.decode("id", as: Int64.self)))
            }
        }
        return (duties, unreadable)
    }

    private static func dutiesByID(_ ids: [DutyID], county: CountyID) -> PostgresStatement {
        PostgresStatement(
            name: "duties_by_id",
            sql: """
                SELECT \(Duty.columns)
                FROM unnest($2::bigint[]) WITH ORDINALITY AS i (id, ord)
                CROSS JOIN LATERAL (
                    SELECT * FROM hub.duty AS o WHERE o.county = $1 AND o.id = i.id OFFSET 0
                ) AS d
                ORDER BY i.ord
                """,
            binds: [county.rawValue, ids.map(\.rawValue)],
        )
    }

    /// The duties of these counties and ids, in the order asked; nil where there
    /// is none. One statement for what many callers want at once.
    package func duties(keys: [DutyKey]) async throws -> [Duty?] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "duties_by_key",
                sql: """
                    SELECT k.ord, \(Duty.columns)
                    FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS k (county, id, ord)
                    CROSS JOIN LATERAL (
                        SELECT * FROM hub.duty AS o WHERE o.county = k.county AND o.id = k.id OFFSET 0
                    ) AS d
                    """,
                binds: [keys.map(\.county.rawValue), keys.map(\.id.rawValue)],
            ))
        let words = try await words(of: rows)
        var duties = [Duty?](repeating: nil, count: keys.count)
        for row in rows { duties[Int(try row.decode("ord", as: Int64.self)) - 1] = try duty(row, words) }
        return duties
    }

    /// The duties an event made, in the order of the routing; one that was
    /// assigned stands where it was made.
    package func duties(ofEvent event: Position, county: CountyID) async throws -> [Duty] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "duties_of_event",
                sql: """
                    SELECT \(Duty.columns)
                    FROM hub.event AS e
                    CROSS JOIN LATERAL \(Self.dutiesOfEvent) AS d
                    WHERE e.county = $1 AND e.position = $2
                    ORDER BY d.id LIMIT 1000
                    """,
                binds: [county.rawValue, event.rawValue],
            ))
        return try await duties(in: rows)
    }

    /// The duties that event `e` made. Its recipients name them, and those of
    /// earlier events that it joined; one that was assigned is still named by
    /// who received the event first.
    static let dutiesOfEvent = """
        (
            SELECT o.*
            FROM unnest(e.units) AS u (unit)
            CROSS JOIN LATERAL (
                SELECT r.duty FROM hub.recipient AS r
                WHERE r.county = e.county AND r.unit = u.unit AND r.position = e.position OFFSET 0
            ) AS r
            CROSS JOIN LATERAL (
                SELECT * FROM hub.duty AS o WHERE o.county = e.county AND o.id = r.duty OFFSET 0
            ) AS o
            WHERE o.position = e.position
        )
        """

    /// The duties of a case, oldest first.
    package func duties(ofCase id: CaseID, county: CountyID) async throws -> [Duty] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "duties_of_case",
                sql: """
                    SELECT \(Duty.columns) FROM hub.duty AS d
                    WHERE d.county = $1 AND d.case_id = $2 ORDER BY d.id LIMIT 1000
                    """,
                binds: [county.rawValue, id.rawValue],
            ))
        return try await duties(in: rows)
    }

    // A duty's changes come after it in the one order of positions, so that
    // partitions before it are not looked at.

    /// What was done to a duty, oldest first.
    package func history(of duty: DutyID, county: CountyID) async throws -> [DutyChangeRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "history_of_duty",
                sql: """
                    SELECT \(DutyChangeRecord.columns) FROM hub.duty_change AS c
                    WHERE c.county = $1 AND c.duty = $2 AND c.position > $2 ORDER BY c.position LIMIT 1000
                    """,
                binds: [county.rawValue, duty.rawValue],
            ))
        return try rows.map { try DutyChangeRecord($0) }
    }

    /// What was done to a duty last; nil when nothing was.
    package func lastChange(of duty: DutyID, county: CountyID) async throws -> DutyChangeRecord? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "last_change_of_duty",
                sql: """
                    SELECT \(DutyChangeRecord.columns) FROM hub.duty_change AS c
                    WHERE c.county = $1 AND c.duty = $2 AND c.position > $2 ORDER BY c.position DESC LIMIT 1
                    """,
                binds: [county.rawValue, duty.rawValue],
            ))
        return try rows.first.map { try DutyChangeRecord($0) }
    }
}

/// A duty and the county it is of.
package struct DutyKey: Sendable, Hashable {
    package var county: CountyID
    package var id: DutyID

    package init(county: CountyID, id: DutyID) {
        self.county = county
        self.id = id
    }
}
