package import CloudEvents
package import Coordination
package import PostgresClient

/// An event as it is stored, without its sealed parts.
package struct EventRecord: Sendable, Hashable {
    package var county: CountyID
    package var position: Position
    package var recordedAt: Timestamp
    package var type: EventType
    package var publisher: UnitID
    package var caseID: CaseID?
    package var cause: Position?
    package var status: String
    package var policyVersion: String
    package var contractVersion: String
    package var contentHash: [UInt8]
    /// Canonical JSON of the attributes, those the hub set included.
    package var attributes: [UInt8]
    /// Canonical JSON of the open data.
    package var open: [UInt8]
    /// The units it was addressed to at admission.
    package var units: [UnitID]

    /// About how many bytes it takes.
    package var size: Int { 256 + attributes.count + open.count }

    static let columns = """
        e.county, e.position, e.recorded_at, e.type, e.source_unit, e.case_id, e.cause, e.status, e.policy, e.contract,
        e.hash, e.attrs, e.open, e.units
        """

    init(_ row: borrowing PostgresRow) throws {
        county = CountyID(rawValue: try row.decode("county", as: Int16.self))
        position = Position(rawValue: try row.decode("position", as: Int64.self))
        recordedAt = try row.decode("recorded_at", as: PostgresTimestamp.self).timestamp
        type = EventType(try row.decode("type", as: String.self))
        publisher = UnitID(try row.decode("source_unit", as: String.self))
        caseID = try row.decode("case_id", as: Int64?.self).map(CaseID.init(rawValue:))
        cause = try row.decode("cause", as: Int64?.self).map(Position.init(rawValue:))
        status = try row.decode("status", as: String.self)
        policyVersion = try row.decode("policy", as: String.self)
        contractVersion = try row.decode("contract", as: String.self)
        contentHash = try row.decode("hash", as: [UInt8].self)
        attributes = try row.decode("attrs", as: [UInt8].self)
        open = try row.decode("open", as: [UInt8].self)
        units = try row.decode("units", as: [String].self).map { UnitID($0) }
    }
}

/// A unit that received an event, from the record of what was provided to whom.
package struct RecipientRecord: Sendable, Hashable {
    package var unit: UnitID
    /// The place in the unit's log.
    package var position: Position
    package var event: Position
    package var role: Role
    package var alsoRoles: [Role]
    package var planRole: PlanRole
    package var officer: OfficerID?
    package var duty: DutyID?
    package var joined: Bool
    package var rule: String
    package var sentence: String
    package var projection: String

    static let columns = """
        r.unit AS recipient_unit, r.position AS log_position, r.event, r.role, r.also_roles, r.plan_role, r.officer,
        r.duty, r.joined, r.rule, r.sentence, r.projection
        """

    init(_ row: borrowing PostgresRow) throws {
        unit = UnitID(try row.decode("recipient_unit", as: String.self))
        position = Position(rawValue: try row.decode("log_position", as: Int64.self))
        event = Position(rawValue: try row.decode("event", as: Int64.self))
        role = try row.role("role")
        alsoRoles = try row.roles("also_roles")
        planRole = PlanRole(rawValue: try row.decode("plan_role", as: String.self)) ?? .none
        officer = try row.decode("officer", as: String?.self).map { OfficerID($0) }
        duty = try row.decode("duty", as: Int64?.self).map(DutyID.init(rawValue:))
        joined = try row.decode("joined", as: Bool.self)
        rule = try row.decode("rule", as: String.self)
        sentence = try row.decode("sentence", as: String.self)
        projection = try row.decode("projection", as: String.self)
    }
}

extension PostgresRow {
    func role(_ column: String) throws -> Role {
        guard let role = Role(rawValue: try decode(column, as: String.self)) else {
            throw StoreError.unexpectedShape(column)
        }
        return role
    }

    func roles(_ column: String) throws -> [Role] {
        try decode(column, as: String.self).split(separator: ",").compactMap { Role(rawValue: String($0)) }
    }
}

extension Store {
    /// The event at a position; nil when there is none in this county.
    package func event(at position: Position, county: CountyID) async throws -> EventRecord? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "event_at",
                sql: "SELECT \(EventRecord.columns) FROM hub.event AS e WHERE e.county = $1 AND e.position = $2",
                binds: [county.rawValue, position.rawValue],
            ))
        return try rows.first.map { try EventRecord($0) }
    }

    /// Canonical JSON of the steps that routed an event; nil when there is none
    /// in this county.
    package func explanation(of position: Position, county: CountyID) async throws -> [UInt8]? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "explanation_of",
                sql: """
                    SELECT coalesce(e.explanation, w.body) AS explanation
                    FROM hub.event AS e
                    LEFT JOIN hub.wording AS w ON w.county = e.county AND w.hash = e.wording
                    WHERE e.county = $1 AND e.position = $2
                    """,
                binds: [county.rawValue, position.rawValue],
            ))
        return try rows.first?.decode("explanation", as: [UInt8].self)
    }

    /// The position under which a key was stored; nil when it is new.
    package func position(ofKey key: PostgresUUID, county: CountyID) async throws -> Position? {
        let rows = try await pool.query(Self.positionOfKeyStatement(key, county: county))
        return try rows.first.map { Position(rawValue: try $0.decode("position", as: Int64.self)) }
    }

    /// The statement of ``position(ofKey:county:)``, for the test of its plan.
    package static func positionOfKeyStatement(_ key: PostgresUUID, county: CountyID) -> PostgresStatement {
        PostgresStatement(
            name: "position_of_key",
            sql: "SELECT position FROM hub.event_key WHERE county = $1 AND key = $2",
            binds: [county.rawValue, key],
        )
    }

    /// The sealed parts of an event by audience.
    package func sealedParts(of position: Position, county: CountyID) async throws -> [AdmissionRow.SealedPart] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "sealed_parts",
                sql: """
                    SELECT audience, kek, wrapped_key, body FROM hub.sealed
                    WHERE county = $1 AND position = $2 ORDER BY audience
                    """,
                binds: [county.rawValue, position.rawValue],
            ))
        return try rows.map { row in
            AdmissionRow.SealedPart(
                audience: try row.decode("audience", as: String.self),
                kek: try row.decode("kek", as: String.self),
                wrappedKey: try row.decode("wrapped_key", as: [UInt8].self),
                body: try row.decode("body", as: [UInt8].self),
            )
        }
    }

    /// The name of the master key that the newest sealed part of a county is
    /// wrapped with; nil when there is none.
    package func newestSealingKey(county: CountyID) async throws -> String? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "newest_sealing_key",
                sql: "SELECT kek FROM hub.sealed WHERE county = $1 ORDER BY position DESC LIMIT 1",
                binds: [county.rawValue],
            ))
        return try rows.first?.decode("kek", as: String.self)
    }

    /// Who received an event at its admission, in the order of the routing.
    package func recipients(of event: EventRecord) async throws -> [RecipientRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "recipients_of",
                sql: """
                    SELECT \(RecipientRecord.columns)
                    FROM unnest($3::text[]) WITH ORDINALITY AS u (unit, ord)
                    CROSS JOIN LATERAL (
                        SELECT * FROM hub.recipient AS o
                        WHERE o.county = $1 AND o.position = $2 AND o.unit = u.unit OFFSET 0
                    ) AS r
                    ORDER BY u.ord
                    """,
                binds: [event.county.rawValue, event.position.rawValue, event.units.map(\.rawValue)],
            ))
        return try rows.map { try RecipientRecord($0) }
    }

    /// How a unit received an event: at its admission, or by a later
    /// assignment; nil when it never did. An assigned unit sees by the
    /// projection that the event was dispatched under.
    package func reception(of position: Position, by unit: UnitID, county: CountyID) async throws -> RecipientRecord? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "reception",
                sql: """
                    SELECT \(RecipientRecord.columns) FROM hub.recipient AS r
                    WHERE r.county = $1 AND r.unit = $3 AND r.position = $2
                    UNION ALL
                    SELECT d.unit, d.id, d.position, d.role, d.also_roles, d.plan_role, d.officer, d.id, false, d.rule,
                        d.sentence, coalesce((
                            SELECT o.projection
                            FROM hub.event AS e
                            CROSS JOIN LATERAL unnest(e.units) AS u (unit)
                            JOIN hub.recipient AS o ON o.county = e.county AND o.unit = u.unit
                                AND o.position = e.position
                            WHERE e.county = $1 AND e.position = $2 LIMIT 1), '')
                    FROM hub.event AS e
                    CROSS JOIN LATERAL \(Self.dutiesOfEvent) AS d
                    WHERE e.county = $1 AND e.position = $2 AND d.unit = $3
                    LIMIT 1
                    """,
                binds: [county.rawValue, position.rawValue, unit.rawValue],
            ))
        return try rows.first.map { try RecipientRecord($0) }
    }

    /// The duties an event made, and those of earlier events that it joined,
    /// by id.
    package func duties(concerning event: EventRecord) async throws -> [Duty] {
        let own = try await duties(ofEvent: event.position, county: event.county)
        let known = Set(own.map(\.id))
        let joined = try await recipients(of: event).compactMap(\.duty).filter { !known.contains($0) }
        guard !joined.isEmpty else { return own }
        return (own + (try await duties(ids: joined, county: event.county))).sorted { $0.id < $1.id }
    }

    /// What a unit has published, newest first, recorded from one instant to
    /// before another, after a cursor.
    ///
    /// The cursor is the last event shown. It stands for its instant and its
    /// position together, because neighbours of a batch may be recorded in
    /// another order than they are stored.
    package func published(
        by unit: UnitID, county: CountyID, from: Timestamp?, to: Timestamp?, before: Position?, limit: Int,
    ) async throws -> [EventRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "published_by",
                sql: """
                    SELECT \(EventRecord.columns) FROM hub.event AS e
                    WHERE e.county = $1 AND e.source_unit = $2
                        AND e.recorded_at >= coalesce($3, '-infinity') AND e.recorded_at < coalesce($4, 'infinity')
                        AND ($5::bigint IS NULL OR (e.recorded_at, e.position) < ((
                            SELECT o.recorded_at FROM hub.event AS o WHERE o.county = $1 AND o.position = $5), $5))
                    ORDER BY e.recorded_at DESC, e.position DESC LIMIT \(Self.literalLimit(limit))
                    """,
                binds: [
                    county.rawValue, unit.rawValue, from.map { PostgresTimestamp($0) },
                    to.map { PostgresTimestamp($0) }, before?.rawValue,
                ],
            ))
        return try rows.prefix(limit).map { try EventRecord($0) }
    }

    /// Whether a case has an event of a type before a position.
    package func hasEvent(
        of type: EventType, in caseID: CaseID, before position: Position, county: CountyID,
    ) async throws -> Bool {
        let rows = try await pool.query(
            PostgresStatement(
                name: "has_event_in_case",
                sql: """
                    SELECT 1 AS found FROM hub.event AS e
                    WHERE e.county = $1 AND e.case_id = $2 AND e.position < $3 AND e.type = $4 LIMIT 1
                    """,
                binds: [county.rawValue, caseID.rawValue, position.rawValue, type.rawValue],
            ))
        return rows.count == 1
    }

    /// The open case of a natural key; nil when there is none.
    package func openCase(kind: String, key: [UInt8], county: CountyID) async throws -> CaseID? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "open_case",
                sql: """
                    SELECT id FROM hub."case"
                    WHERE county = $1 AND kind = $2 AND natural_key = $3 AND closed_at IS NULL
                    """,
                binds: [county.rawValue, kind, key],
            ))
        return try rows.first.map { CaseID(rawValue: try $0.decode("id", as: Int64.self)) }
    }

    /// A limit as a literal, from a few sizes: a bound parameter in LIMIT makes
    /// the planner guess a tenth of the table and give up the index.
    static func literalLimit(_ limit: Int) -> Int {
        for size in [1, 10, 51, 101, 251] where limit <= size { return size }
        return 501
    }
}
