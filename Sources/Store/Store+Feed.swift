package import CloudEvents
package import Coordination
package import PostgresClient

/// One entry of a unit's log.
package enum LogEntry: Sendable {
    /// An event that was delivered to the unit.
    case delivery(RecipientRecord, EventRecord)
    /// A change of a duty the unit may follow, with the type of its event.
    case change(DutyChangeRecord, EventType)

    /// About how many bytes it takes.
    var size: Int {
        switch self {
        case .delivery(_, let event): event.size
        case .change(let change, _): 256 + (change.detail?.count ?? 0)
        }
    }

    /// Its place in the log, which is its cursor.
    package var position: Position {
        switch self {
        case .delivery(let recipient, _): recipient.position
        case .change(let change, _): change.position
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
        c.position, c.duty, c.version, \(dutyUnit), c.publisher, c.lead, c.at, c.token, c.by_unit, c.officer, c.command,
        c.from_state, c.to_state, c.detail, c.sealed_note
        """

    /// What is for one log alone stands under that log's unit in the table; the
    /// duty is another's.
    private static let dutyUnit = """
        CASE WHEN c.command IN (\(secretariatsOwn)) THEN (
            SELECT o.unit FROM hub.duty AS o WHERE o.county = c.county AND o.id = c.duty
        ) ELSE c.unit END AS unit
        """
    private static let secretariatsOwn = HubCommand.allCases.filter(\.isForSecretariat)
        .map { "'\($0.rawValue)'" }.joined(separator: ", ")

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
        try await log(reader, after: after, limit: limit, bytes: .max).entries
    }

    /// The same, as far as so many bytes of events go: what one reader is given
    /// must not depend on how large the events are.
    ///
    /// - Returns: the entries, and whether they are all there are after the
    ///   position.
    package func log(
        _ reader: LogReader, after: Position, limit: Int, bytes: Int,
    ) async throws -> (entries: [LogEntry], isAll: Bool) {
        let page = try await logPage(reader, after: after, limit: limit)
        var entries: [LogEntry] = []
        var size = 0
        var rest = page[...]
        while !rest.isEmpty, size < bytes {
            let part = bytes == .max ? rest : rest.prefix(Self.readTogether)
            rest = rest.dropFirst(part.count)
            async let deliveries = deliveries(
                reader, positions: part.filter(\.isDelivery).map(\.position.rawValue))
            async let changes = changes(
                county: reader.county, positions: part.filter { !$0.isDelivery }.map(\.position.rawValue))
            let found = Dictionary(
                (try await deliveries + changes).map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
            entries += part.compactMap { found[$0.position] }
            size += found.values.reduce(0) { $0 + $1.size }
        }
        return (entries, rest.isEmpty && page.count < limit)
    }

    /// How many entries are read before it is looked at how large they are.
    private static let readTogether = 32

    private func logPage(
        _ reader: LogReader, after: Position, limit: Int,
    ) async throws -> [(position: Position, isDelivery: Bool)] {
        let rows = try await pool.query(Self.logPageStatement(reader, after: after, limit: limit))
        return try rows.prefix(limit).map { row in
            (
                Position(rawValue: try row.decode("position", as: Int64.self)),
                try row.decode("delivery", as: Bool.self)
            )
        }
    }

    /// The statement that draws a page of a log, for the test of its plans.
    package static func logPageStatement(_ reader: LogReader, after: Position, limit: Int) -> PostgresStatement {
        let literal = literalLimit(limit)
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
        return PostgresStatement(
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
        )
    }

    private func deliveries(_ reader: LogReader, positions: [Int64]) async throws -> [LogEntry] {
        guard !positions.isEmpty else { return [] }
        let rows = try await pool.query(Self.logDeliveriesStatement(reader, positions: positions))
        return try rows.map { .delivery(try RecipientRecord($0), try EventRecord($0)) }
    }

    /// The statement that reads the deliveries of a page, for the test of its plans.
    package static func logDeliveriesStatement(_ reader: LogReader, positions: [Int64]) -> PostgresStatement {
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
        )
    }

    private func changes(county: CountyID, positions: [Int64]) async throws -> [LogEntry] {
        guard !positions.isEmpty else { return [] }
        let rows = try await pool.query(Self.logChangesStatement(county: county, positions: positions))
        return try rows.map {
            .change(try DutyChangeRecord($0), EventType(try $0.decode("type", as: String.self)))
        }
    }

    /// The statement that reads the changes of a page, for the test of its plans.
    package static func logChangesStatement(county: CountyID, positions: [Int64]) -> PostgresStatement {
        PostgresStatement(
            name: "log_changes",
            sql: """
                SELECT \(DutyChangeRecord.columns), d.type
                FROM unnest($2::bigint[]) AS p (position)
                CROSS JOIN LATERAL (
                    SELECT * FROM hub.duty_change AS o WHERE o.county = $1 AND o.position = p.position OFFSET 0
                ) AS c
                CROSS JOIN LATERAL (
                    SELECT o.type FROM hub.duty AS o WHERE o.county = $1 AND o.id = c.duty OFFSET 0
                ) AS d
                """,
            binds: [county.rawValue, positions],
        )
    }

    /// A position of a county's logs behind which everything lies that was
    /// recorded at an instant or later; zero when all of it does.
    ///
    /// Times follow positions but for the width of a batch, and no index holds
    /// them: a bisection over positions finds the place in some 25 short
    /// look-ups, and starts a minute early to be safe against neighbours in
    /// another order.
    package func logPosition(county: CountyID, at instant: Timestamp) async throws -> Position {
        let early = instant.advanced(bySeconds: -60)
        let last = try await lastPosition().rawValue
        var first = Int64.max
        for log in [Self.eventTimes, Self.changeTimes] {
            var (low, high) = (Int64(0), last + 1)
            while low < high {
                let middle = low + (high - low) / 2
                if let entry = try await entry(of: log, from: middle, county: county), entry.at < early {
                    low = entry.position + 1
                } else {
                    high = middle
                }
            }
            if let found = try await firstEntry(of: log, from: low, at: instant, county: county) {
                first = min(first, found)
            }
        }
        return Position(rawValue: first == .max ? last : first - 1)
    }

    private static let eventTimes = (table: "event", time: "recorded_at")
    private static let changeTimes = (table: "duty_change", time: "at")

    /// The first entry at a position or after it, with its time.
    private func entry(
        of log: (table: String, time: String), from position: Int64, county: CountyID,
    ) async throws -> (position: Int64, at: Timestamp)? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "log_entry_from",
                sql: """
                    SELECT l.position, l.\(log.time) AS at FROM hub.\(log.table) AS l
                    WHERE l.county = $1 AND l.position >= $2 ORDER BY l.position LIMIT 1
                    """,
                binds: [county.rawValue, position],
            ))
        return try rows.first.map { row in
            (
                try row.decode("position", as: Int64.self),
                try row.decode("at", as: PostgresTimestamp.self).timestamp
            )
        }
    }

    /// The first entry from a position on that was recorded at an instant or later.
    private func firstEntry(
        of log: (table: String, time: String), from position: Int64, at instant: Timestamp, county: CountyID,
    ) async throws -> Int64? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "log_entry_at",
                sql: """
                    SELECT l.position FROM hub.\(log.table) AS l
                    WHERE l.county = $1 AND l.position >= $2 AND l.\(log.time) >= $3 ORDER BY l.position LIMIT 1
                    """,
                binds: [county.rawValue, position, PostgresTimestamp(instant)],
            ))
        return try rows.first?.decode("position", as: Int64.self)
    }

    /// The last position that was ever given out, in any county; zero when none was.
    package func lastPosition() async throws -> Position {
        let rows = try await pool.query(
            PostgresStatement(
                name: "last_position",
                sql: "SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS position FROM hub.position_seq",
                binds: [],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("last_position") }
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
