package import CloudEvents
package import Coordination
package import PostgresClient

/// One entry of a unit's log.
package enum LogEntry: Sendable {
    /// An event that was delivered to the unit.
    case delivery(RecipientRecord, EventRecord)
    /// A change of a duty the unit may follow.
    case change(DutyChangeRecord)

    /// Its place in the log, which is its cursor.
    package var position: Position {
        switch self {
        case .delivery(let recipient, _): recipient.position
        case .change(let change): change.position
        }
    }
}

/// A stored command on a duty.
package struct DutyChangeRecord: Sendable, Hashable {
    package var position: Position
    package var duty: DutyID
    package var version: Int32
    package var unit: UnitID
    package var publisher: UnitID
    package var lead: UnitID?
    package var at: Timestamp
    package var token: PostgresUUID?
    package var byUnit: UnitID
    package var officer: OfficerID?
    package var command: String
    package var from: String
    package var to: String
    package var detail: [UInt8]?
    package var sealedNote: [UInt8]?

    static let columns = """
        c.position, c.duty, c.version, c.unit, c.publisher, c.lead, c.at, c.token, c.by_unit, c.officer, c.command,
        c.from_state, c.to_state, c.detail, c.sealed_note
        """

    init(_ row: borrowing PostgresRow) throws {
        position = Position(rawValue: try row.decode("position", as: Int64.self))
        duty = DutyID(rawValue: try row.decode("duty", as: Int64.self))
        version = try row.decode("version", as: Int32.self)
        unit = UnitID(try row.decode("unit", as: String.self))
        publisher = UnitID(try row.decode("publisher", as: String.self))
        lead = try row.decode("lead", as: String?.self).map { UnitID($0) }
        at = try row.decode("at", as: PostgresTimestamp.self).timestamp
        token = try row.decode("token", as: PostgresUUID?.self)
        byUnit = UnitID(try row.decode("by_unit", as: String.self))
        officer = try row.decode("officer", as: String?.self).map { OfficerID($0) }
        command = try row.decode("command", as: String.self)
        from = try row.decode("from_state", as: String.self)
        to = try row.decode("to_state", as: String.self)
        detail = try row.decode("detail", as: [UInt8]?.self)
        sealedNote = try row.decode("sealed_note", as: [UInt8]?.self)
    }
}

/// Whose log is read.
package struct LogReader: Sendable, Hashable {
    package var county: CountyID
    package var unit: UnitID
    /// Follows the changes of every duty of the county.
    package var isSecretariat: Bool

    package init(county: CountyID, unit: UnitID, isSecretariat: Bool) {
        self.county = county
        self.unit = unit
        self.isSecretariat = isSecretariat
    }
}

extension Store {
    /// The entries of a unit's log after a position, in order.
    ///
    /// Because everything enters logs through the lane, no entry appears later
    /// at or before a position that was already read: cursors are plain
    /// positions. The page is drawn by one statement, so from one snapshot;
    /// its entries never change and are read after it.
    package func log(_ reader: LogReader, after: Position, limit: Int) async throws -> [LogEntry] {
        let page = try await logPage(reader, after: after, limit: limit)
        guard !page.isEmpty else { return [] }
        async let deliveries = deliveries(
            reader, positions: page.filter(\.isDelivery).map(\.position.rawValue))
        async let changes = changes(
            county: reader.county, positions: page.filter { !$0.isDelivery }.map(\.position.rawValue))
        let found = Dictionary(
            (try await deliveries + changes).map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
        return page.compactMap { found[$0.position] }
    }

    private func logPage(
        _ reader: LogReader, after: Position, limit: Int,
    ) async throws -> [(position: Position, isDelivery: Bool)] {
        let literal = Self.literalLimit(limit)
        let changesOf = { (column: String) in
            """
            (SELECT c.position, false AS delivery FROM hub.duty_change AS c
             WHERE c.county = $1 AND c.\(column) = $2 AND c.position > $3 ORDER BY c.position LIMIT \(literal))
            """
        }
        let followed =
            reader.isSecretariat
            ? """
            (SELECT c.position, false AS delivery FROM hub.duty_change AS c
             WHERE c.county = $1 AND $2::text IS NOT NULL AND c.position > $3 ORDER BY c.position LIMIT \(literal))
            """
            : [changesOf("unit"), changesOf("publisher"), changesOf("lead")].joined(separator: " UNION ")
        let rows = try await pool.query(
            PostgresStatement(
                name: "log_page",
                sql: """
                    SELECT position, delivery FROM (
                        (SELECT r.position, true AS delivery FROM hub.recipient AS r
                         WHERE r.county = $1 AND r.unit = $2 AND r.position > $3
                         ORDER BY r.position LIMIT \(literal))
                        UNION
                        \(followed)
                    ) AS p ORDER BY position LIMIT \(literal)
                    """,
                binds: [reader.county.rawValue, reader.unit.rawValue, after.rawValue],
            ))
        return try rows.prefix(limit).map { row in
            (
                Position(rawValue: try row.decode("position", as: Int64.self)),
                try row.decode("delivery", as: Bool.self)
            )
        }
    }

    private func deliveries(_ reader: LogReader, positions: [Int64]) async throws -> [LogEntry] {
        guard !positions.isEmpty else { return [] }
        let rows = try await pool.query(
            PostgresStatement(
                name: "log_deliveries",
                sql: """
                    SELECT \(RecipientRecord.columns), \(EventRecord.columns)
                    FROM unnest($3::bigint[]) AS p (position)
                    CROSS JOIN LATERAL (
                        SELECT * FROM hub.recipient AS o
                        WHERE o.county = $1 AND o.unit = $2 AND o.position = p.position OFFSET 0
                    ) AS r
                    CROSS JOIN LATERAL (
                        SELECT * FROM hub.event AS o WHERE o.county = $1 AND o.position = r.event OFFSET 0
                    ) AS e
                    """,
                binds: [reader.county.rawValue, reader.unit.rawValue, positions],
            ))
        return try rows.map { .delivery(try RecipientRecord($0), try EventRecord($0)) }
    }

    private func changes(county: CountyID, positions: [Int64]) async throws -> [LogEntry] {
        guard !positions.isEmpty else { return [] }
        let rows = try await pool.query(
            PostgresStatement(
                name: "log_changes",
                sql: """
                    SELECT \(DutyChangeRecord.columns)
                    FROM unnest($2::bigint[]) AS p (position)
                    CROSS JOIN LATERAL (
                        SELECT * FROM hub.duty_change AS o WHERE o.county = $1 AND o.position = p.position OFFSET 0
                    ) AS c
                    """,
                binds: [county.rawValue, positions],
            ))
        return try rows.map { .change(try DutyChangeRecord($0)) }
    }

    /// The last position of a unit's log before an instant; zero when there is none.
    package func logPosition(_ reader: LogReader, at instant: Timestamp) async throws -> Position {
        let rows = try await pool.query(
            PostgresStatement(
                name: "log_position_at",
                sql: """
                    SELECT greatest(
                        coalesce((
                            SELECT max(e.position) FROM hub.event AS e
                            WHERE e.county = $1 AND e.recorded_at < $2), 0),
                        coalesce((
                            SELECT max(c.position) FROM hub.duty_change AS c
                            WHERE c.county = $1 AND c.at < $2), 0)
                    ) AS position
                    """,
                binds: [reader.county.rawValue, PostgresTimestamp(instant)],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("log_position_at") }
        return Position(rawValue: try row.decode("position", as: Int64.self))
    }

    /// The last position of a unit's log; zero when it is empty.
    package func logEnd(_ reader: LogReader) async throws -> Position {
        let rows = try await pool.query(
            PostgresStatement(
                name: "log_end",
                sql: """
                    SELECT greatest(
                        coalesce((
                            SELECT r.position FROM hub.recipient AS r WHERE r.county = $1 AND r.unit = $2
                            ORDER BY r.position DESC LIMIT 1), 0),
                        coalesce((
                            SELECT c.position FROM hub.duty_change AS c WHERE c.county = $1 AND c.unit = $2
                            ORDER BY c.position DESC LIMIT 1), 0),
                        coalesce((
                            SELECT c.position FROM hub.duty_change AS c WHERE c.county = $1 AND c.publisher = $2
                            ORDER BY c.position DESC LIMIT 1), 0),
                        coalesce((
                            SELECT c.position FROM hub.duty_change AS c WHERE c.county = $1 AND c.lead = $2
                            ORDER BY c.position DESC LIMIT 1), 0),
                        CASE WHEN $3 THEN coalesce((
                            SELECT c.position FROM hub.duty_change AS c WHERE c.county = $1
                            ORDER BY c.position DESC LIMIT 1), 0) ELSE 0 END
                    ) AS position
                    """,
                binds: [reader.county.rawValue, reader.unit.rawValue, reader.isSecretariat],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("log_end") }
        return Position(rawValue: try row.decode("position", as: Int64.self))
    }
}
