package import Coordination
package import PostgresClient

/// What a fetch found above the floor of a consumer.
package struct ReadAhead: Sendable {
    /// The floor it was read above.
    package var floor: Position
    /// Everything up to here was looked at.
    package var upTo: Position
    /// What the filter let through, in order, with its case.
    package var passed: [(position: Position, caseID: CaseID?)] = []
    /// On which the filter erred.
    package var erred: [Position] = []

    package init(floor: Position) {
        self.floor = floor
        upTo = floor
    }
}

extension Store {
    /// The deliveries of a unit after a position, in order; those that are
    /// addressed to one officer too.
    package func deliveries(
        of unit: UnitID, county: CountyID, after: Position, limit: Int,
    ) async throws -> [(recipient: RecipientRecord, event: EventRecord)] {
        let rows = try await pool.query(Self.deliveriesStatement(of: unit, county: county, after: after, limit: limit))
        return try rows.map { (try RecipientRecord($0), try EventRecord($0)) }
    }

    /// The statement of ``deliveries(of:county:after:limit:)``, for the test of its plan.
    package static func deliveriesStatement(
        of unit: UnitID, county: CountyID, after: Position, limit: Int,
    ) -> PostgresStatement {
        PostgresStatement(
            name: "deliveries_after",
            sql: """
                SELECT \(RecipientRecord.columns), \(EventRecord.columns)
                FROM (
                    SELECT * FROM hub.recipient AS o
                    WHERE o.county = $1 AND o.unit = $2 AND o.position > $3
                    ORDER BY o.position LIMIT \(literalLimit(limit))
                ) AS r
                CROSS JOIN LATERAL (
                    SELECT * FROM hub.event AS o WHERE o.county = $1 AND o.position = r.event OFFSET 0
                ) AS e
                ORDER BY r.position
                """,
            binds: [county.rawValue, unit.rawValue, after.rawValue],
        )
    }

    /// Deliveries of a unit by their positions, in any order.
    package func deliveries(
        of unit: UnitID, county: CountyID, at positions: [Position],
    ) async throws -> [(recipient: RecipientRecord, event: EventRecord)] {
        guard !positions.isEmpty else { return [] }
        let reader = LogReader(county: county, unit: unit, isSecretariat: false)
        let rows = try await pool.query(
            Self.logDeliveriesStatement(reader, positions: positions.map(\.rawValue)))
        return try rows.map { (try RecipientRecord($0), try EventRecord($0)) }
    }

    /// Hands deliveries to a worker: what came back, then what was read ahead,
    /// as long as no other worker has read on and nobody changed the settings.
    package func leaseDeliveries(
        of consumer: ConsumerRecord, limit: Int, reading: ReadAhead,
    ) async throws -> [DeliveryLease] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "lease_deliveries",
                sql: """
                    SELECT delivery, lease_id, attempt_no, leased_until, is_first
                    FROM hub.lease_deliveries($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    """,
                binds: [
                    consumer.county.rawValue, consumer.id, consumer.revision, Int32(limit), reading.floor.rawValue,
                    reading.upTo.rawValue, reading.passed.map(\.position.rawValue),
                    reading.passed.map { $0.caseID?.rawValue }, reading.erred.map(\.rawValue),
                ],
            ))
        return try rows.map { row in
            DeliveryLease(
                position: Position(rawValue: try row.decode("delivery", as: Int64.self)),
                lease: try row.decode("lease_id", as: PostgresUUID.self),
                attempt: try row.decode("attempt_no", as: Int16.self),
                until: try row.decode("leased_until", as: PostgresTimestamp.self).timestamp,
                isFirst: try row.decode("is_first", as: Bool.self))
        }
    }

    /// What a worker says of deliveries it holds.
    package enum Settlement: Sendable, Hashable {
        case ack
        /// Deliver it again after so many seconds; why, sealed.
        case nack(delaySeconds: Int32, sealedReason: [UInt8]?)
        case extend

        var name: String {
            switch self {
            case .ack: "ack"
            case .nack: "nack"
            case .extend: "extend"
            }
        }
    }

    /// Carries out what a worker says.
    ///
    /// - Returns: in the order asked `acked`, `nacked`, `extended`,
    ///   `already-acked`, `stale` or `unknown`; and whether workers who found
    ///   nothing may find something now.
    package func settle(
        _ deliveries: [(position: Position, lease: PostgresUUID)], _ settlement: Settlement, of consumer: ConsumerRecord,
    ) async throws -> (results: [String], mayGo: Bool) {
        var delay: Int32 = 0
        var reason: [UInt8]?
        if case .nack(let seconds, let sealed) = settlement { (delay, reason) = (seconds, sealed) }
        let rows = try await pool.query(
            PostgresStatement(
                name: "settle_deliveries",
                sql: "SELECT results, may_go FROM hub.settle_deliveries($1, $2, $3, $4, $5, $6, $7)",
                binds: [
                    consumer.county.rawValue, consumer.id, settlement.name, deliveries.map(\.position.rawValue),
                    deliveries.map(\.lease), delay, reason,
                ],
            ))
        guard let row = rows.first else { throw StoreError.unexpectedShape("settle_deliveries") }
        let results = try row.decode("results", as: [String].self)
        guard results.count == deliveries.count else { throw StoreError.unexpectedShape("settle_deliveries") }
        return (results, try row.decode("may_go", as: Bool.self))
    }

    /// The deliveries a consumer has given up, after a position, in order.
    package func deadDeliveries(
        of consumer: ConsumerRecord, after: Position, limit: Int,
    ) async throws -> [DeadDelivery] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "dead_deliveries",
                sql: """
                    SELECT position, attempt, sealed_reason FROM hub.lease
                    WHERE county = $1 AND consumer = $2 AND state = 'dead' AND position > $3
                    ORDER BY position LIMIT \(Self.literalLimit(limit))
                    """,
                binds: [consumer.county.rawValue, consumer.id, after.rawValue],
            ))
        return try rows.prefix(limit).map { row in
            DeadDelivery(
                position: Position(rawValue: try row.decode("position", as: Int64.self)),
                attempt: try row.decode("attempt", as: Int16.self),
                sealedReason: try row.decode("sealed_reason", as: [UInt8]?.self))
        }
    }

    /// Delivers again what was given up, of these.
    ///
    /// - Returns: how many.
    package func redrive(_ positions: [Position], of consumer: ConsumerRecord) async throws -> Int {
        let rows = try await pool.query(
            PostgresStatement(
                name: "redrive_deliveries", sql: "SELECT hub.redrive_deliveries($1, $2, $3) AS redriven",
                binds: [consumer.county.rawValue, consumer.id, positions.map(\.rawValue)]))
        return Int(try rows.first?.decode("redriven", as: Int32.self) ?? 0)
    }

    /// Delivers again what was given up, in order, the next after a position.
    ///
    /// - Returns: how many, and the last of them; nil once none is left.
    package func redrive(
        after: Position, limit: Int, of consumer: ConsumerRecord,
    ) async throws -> (count: Int, last: Position)? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "redrive_next_deliveries",
                sql: """
                    SELECT hub.redrive_deliveries($1, $2, d.positions) AS redriven, d.last
                    FROM (
                        SELECT array_agg(o.position) AS positions, max(o.position) AS last FROM (
                            SELECT position FROM hub.lease
                            WHERE county = $1 AND consumer = $2 AND state = 'dead' AND position > $3
                            ORDER BY position LIMIT \(Self.literalLimit(limit))
                        ) AS o
                    ) AS d
                    WHERE d.last IS NOT NULL
                    """,
                binds: [consumer.county.rawValue, consumer.id, after.rawValue]))
        return try rows.first.map { row in
            (
                Int(try row.decode("redriven", as: Int32.self)),
                Position(rawValue: try row.decode("last", as: Int64.self))
            )
        }
    }
}
