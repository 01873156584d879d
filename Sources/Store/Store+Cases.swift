package import CloudEvents
package import Coordination
import PostgresClient

/// A case: a child, an employer, a venue or a matter, known by the hash of its
/// natural key alone.
package struct CaseRecord: Sendable, Hashable {
    package var id: CaseID
    package var kind: String
    package var openedAt: Timestamp
    package var closedAt: Timestamp?
}

/// A case and the county it is of.
package struct CaseKey: Sendable, Hashable {
    package var county: CountyID
    package var id: CaseID

    package init(county: CountyID, id: CaseID) {
        self.county = county
        self.id = id
    }
}

/// One entry of a case's timeline.
package enum CaseEntry: Sendable {
    /// An event, with the capacity in which the reader sees it: `publisher`,
    /// the role it received it in, or `secretariat`.
    case event(EventRecord, role: String)
    /// A change of one of its duties.
    case change(DutyChangeRecord)

    /// Its place in the order of everything.
    package var position: Position {
        switch self {
        case .event(let event, _): event.position
        case .change(let change): change.position
        }
    }
}

extension Store {
    /// A case; nil when the county has none of that number.
    package func caseRecord(_ id: CaseID, county: CountyID) async throws -> CaseRecord? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "case_record",
                sql: """
                    SELECT id, kind, opened_at, closed_at FROM hub."case" WHERE county = $1 AND id = $2
                    """,
                binds: [county.rawValue, id.rawValue],
            ))
        return try rows.first.map { row in
            CaseRecord(
                id: CaseID(rawValue: try row.decode("id", as: Int64.self)),
                kind: try row.decode("kind", as: String.self),
                openedAt: try row.decode("opened_at", as: PostgresTimestamp.self).timestamp,
                closedAt: try row.instant("closed_at"),
            )
        }
    }

    /// Whether cases are open, in the order asked; no for one that is not there.
    /// One statement for what many callers want at once.
    package func areOpen(_ cases: [CaseKey]) async throws -> [Bool] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "open_cases_by_key",
                sql: """
                    SELECT k.ord
                    FROM unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY AS k (county, id, ord)
                    CROSS JOIN LATERAL (
                        SELECT o.closed_at FROM hub."case" AS o WHERE o.county = k.county AND o.id = k.id OFFSET 0
                    ) AS c
                    WHERE c.closed_at IS NULL
                    """,
                binds: [cases.map(\.county.rawValue), cases.map(\.id.rawValue)],
            ))
        var open = [Bool](repeating: false, count: cases.count)
        for row in rows { open[Int(try row.decode("ord", as: Int64.self)) - 1] = true }
        return open
    }

    /// Whether a unit has published or received an event of a case, or has a
    /// duty in it.
    package func takesPart(unit: UnitID, in id: CaseID, county: CountyID) async throws -> Bool {
        let rows = try await pool.query(
            PostgresStatement(
                name: "takes_part",
                sql: """
                    SELECT EXISTS (
                        SELECT FROM hub.event AS e
                        WHERE e.county = $1 AND e.case_id = $2 AND (e.source_unit = $3 OR $3 = ANY (e.units))
                    ) OR EXISTS (
                        SELECT FROM hub.duty AS d WHERE d.county = $1 AND d.case_id = $2 AND d.unit = $3
                    ) AS takes_part
                    """,
                binds: [county.rawValue, id.rawValue, unit.rawValue],
            ))
        return try rows.first?.decode("takes_part", as: Bool.self) ?? false
    }

    /// What a reader may see of a case, newest first, before a cursor: the
    /// events it published or received, and the changes of the duties it
    /// follows; all of them, for the secretariat.
    package func caseTimeline(
        _ id: CaseID, for reader: LogReader, before: Position?, limit: Int,
    ) async throws -> [CaseEntry] {
        let events = try await caseEvents(id, for: reader, before: before, limit: limit)
        let changes = try await caseChanges(id, for: reader, before: before, limit: limit)
        return Array((events + changes).sorted { $0.position > $1.position }.prefix(limit))
    }

    private func caseEvents(
        _ id: CaseID, for reader: LogReader, before: Position?, limit: Int,
    ) async throws -> [CaseEntry] {
        // Assigned later, an event reaches a unit by its duty alone.
        let rows = try await pool.query(
            PostgresStatement(
                name: "case_events",
                sql: """
                    SELECT \(EventRecord.columns), coalesce(r.role, a.role) AS role
                    FROM hub.event AS e
                    LEFT JOIN LATERAL (
                        SELECT o.role FROM hub.recipient AS o
                        WHERE o.county = $1 AND o.unit = $3 AND o.position = e.position OFFSET 0
                    ) AS r ON $3 = ANY (e.units)
                    LEFT JOIN LATERAL (
                        SELECT min(o.role) AS role FROM \(Self.dutiesOfEvent) AS o WHERE o.unit = $3 OFFSET 0
                    ) AS a ON NOT $3 = ANY (e.units)
                    WHERE e.county = $1 AND e.case_id = $2 AND e.position < $4
                        AND ($5 OR e.source_unit = $3 OR r.role IS NOT NULL OR a.role IS NOT NULL)
                    ORDER BY e.position DESC LIMIT \(Self.literalLimit(limit))
                    """,
                binds: [
                    reader.county.rawValue, id.rawValue, reader.unit.rawValue, before?.rawValue ?? .max,
                    reader.isSecretariat,
                ],
            ))
        return try rows.map { row in
            let event = try EventRecord(row)
            let role = try row.decode("role", as: String?.self)
            return .event(event, role: event.publisher == reader.unit ? "publisher" : role ?? "secretariat")
        }
    }

    private func caseChanges(
        _ id: CaseID, for reader: LogReader, before: Position?, limit: Int,
    ) async throws -> [CaseEntry] {
        // The change names who follows it, as it does for their logs.
        let rows = try await pool.query(
            PostgresStatement(
                name: "case_changes",
                sql: """
                    SELECT \(DutyChangeRecord.columns)
                    FROM hub.duty AS d
                    CROSS JOIN LATERAL (
                        SELECT * FROM hub.duty_change AS o
                        WHERE o.county = $1 AND o.duty = d.id AND o.position < $4
                            AND ($5 OR o.unit = $3 OR o.publisher = $3 OR o.lead = $3)
                        ORDER BY o.position DESC LIMIT \(Self.literalLimit(limit))
                    ) AS c
                    WHERE d.county = $1 AND d.case_id = $2
                    ORDER BY c.position DESC LIMIT \(Self.literalLimit(limit))
                    """,
                binds: [
                    reader.county.rawValue, id.rawValue, reader.unit.rawValue, before?.rawValue ?? .max,
                    reader.isSecretariat,
                ],
            ))
        return try rows.map { .change(try DutyChangeRecord($0)) }
    }
}
