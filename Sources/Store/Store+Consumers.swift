package import Coordination
package import PostgresClient

extension Store {
    /// A unit's consumers, by name.
    package func consumers(of unit: UnitID, county: CountyID) async throws -> [ConsumerRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "consumers",
                sql: """
                    SELECT \(ConsumerRecord.columns) FROM hub.consumer
                    WHERE county = $1 AND unit = $2 ORDER BY name LIMIT 1000
                    """,
                binds: [county.rawValue, unit.rawValue],
            ))
        return try rows.map { try ConsumerRecord($0) }
    }

    /// A unit's consumer; nil where it has none of that name.
    package func consumer(_ name: String, of unit: UnitID, county: CountyID) async throws -> ConsumerRecord? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "consumer",
                sql: """
                    SELECT \(ConsumerRecord.columns) FROM hub.consumer WHERE county = $1 AND unit = $2 AND name = $3
                    """,
                binds: [county.rawValue, unit.rawValue, name],
            ))
        return try rows.first.map { try ConsumerRecord($0) }
    }

    /// What came of making a consumer.
    package enum ConsumerMaking: String, Sendable, Hashable {
        case made
        /// The unit has one of that name, which stays as it is.
        case exists
        /// The unit has as many as it may have.
        case full
    }

    /// Makes a consumer with its first floor.
    ///
    /// - Parameter most: as many a unit may have.
    package func makeConsumer(
        _ name: String, of unit: UnitID, county: CountyID, settings: ConsumerRecord.Settings, start: [UInt8],
        position: Position, most: Int,
    ) async throws -> ConsumerMaking {
        let rows = try await pool.query(
            PostgresStatement(
                name: "make_consumer",
                sql: "SELECT hub.make_consumer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS making",
                binds: [
                    county.rawValue, unit.rawValue, name, settings.filter, settings.types, start, position.rawValue,
                    settings.leaseSeconds, settings.maxAttempts, settings.maxInFlight, settings.ordering.rawValue,
                    Int32(clamping: most),
                ],
            ))
        guard let text = try rows.first?.decode("making", as: String.self), let making = ConsumerMaking(rawValue: text)
        else { throw StoreError.unexpectedShape("make_consumer") }
        return making
    }

    /// Changes how a consumer is served; its place in the log stays.
    package func changeConsumer(_ consumer: ConsumerRecord, to settings: ConsumerRecord.Settings) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "change_consumer",
                sql: "SELECT hub.change_consumer($1, $2, $3, $4, $5, $6, $7, $8)",
                binds: [
                    consumer.county.rawValue, consumer.id, settings.filter, settings.types, settings.leaseSeconds,
                    settings.maxAttempts, settings.maxInFlight, settings.ordering.rawValue,
                ],
            ))
    }

    /// Pauses a consumer or lets it go on.
    package func setPaused(_ isPaused: Bool, of consumer: ConsumerRecord) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "pause_consumer",
                sql: "UPDATE hub.consumer SET paused = $3 WHERE county = $1 AND id = $2",
                binds: [consumer.county.rawValue, consumer.id, isPaused],
            ))
    }

    /// Removes a consumer with everything it holds.
    package func removeConsumer(_ consumer: ConsumerRecord) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "remove_consumer",
                sql: "SELECT hub.remove_consumer($1, $2)",
                binds: [consumer.county.rawValue, consumer.id],
            ))
    }

    /// Where a consumer stands.
    package func standing(of consumer: ConsumerRecord) async throws -> ConsumerStanding {
        let rows = try await pool.query(
            PostgresStatement(
                name: "consumer_standing",
                sql: """
                    SELECT floor, in_flight FROM hub.consumer_floor WHERE county = $1 AND consumer = $2
                    ORDER BY step DESC LIMIT 1
                    """,
                binds: [consumer.county.rawValue, consumer.id],
            ))
        // Removed meanwhile; whoever leases finds that out.
        guard let row = rows.first else { return ConsumerStanding(floor: consumer.startPosition, inFlight: 0) }
        return ConsumerStanding(
            floor: Position(rawValue: try row.decode("floor", as: Int64.self)),
            inFlight: try row.decode("in_flight", as: Int32.self))
    }

    /// How far a consumer is, of one moment; each count up to a bound.
    ///
    /// - Returns: nil once the consumer is gone.
    package func progress(of consumer: ConsumerRecord, upTo bound: Int) async throws -> ConsumerProgress? {
        let counted = { (condition: String) in
            """
            (SELECT count(*) FROM (
                SELECT FROM hub.lease WHERE county = $1 AND consumer = $2 AND \(condition)
                LIMIT \(Self.literalLimit(bound))
            ) AS l)
            """
        }
        let rows = try await pool.query(
            PostgresStatement(
                name: "consumer_progress",
                sql: """
                    SELECT f.floor, f.filter_errors,
                        \(counted("state = 'leased' AND until > now()")) AS in_flight,
                        \(counted("state = 'leased' AND until <= now()"))
                            + \(counted("state = 'waiting'")) + \(counted("state = 'blocked'")) AS waiting,
                        \(counted("state = 'dead'")) AS dead
                    FROM (
                        SELECT floor, filter_errors FROM hub.consumer_floor WHERE county = $1 AND consumer = $2
                        ORDER BY step DESC LIMIT 1
                    ) AS f
                    """,
                binds: [consumer.county.rawValue, consumer.id],
            ))
        return try rows.first.map { row in
            ConsumerProgress(
                floor: Position(rawValue: try row.decode("floor", as: Int64.self)),
                filterErrors: try row.decode("filter_errors", as: Int64.self),
                inFlight: try row.decode("in_flight", as: Int64.self),
                waiting: try row.decode("waiting", as: Int64.self),
                dead: try row.decode("dead", as: Int64.self))
        }
    }

    /// How long until something may go out that is not above the floor; nil
    /// where nothing waits for its time.
    ///
    /// - Parameter isFull: whether only a lease that runs out makes room.
    package func microsecondsUntilDue(_ consumer: ConsumerRecord, isFull: Bool) async throws -> Int64? {
        let rows = try await pool.query(Self.nextDueStatement(consumer.id, county: consumer.county, isFull: isFull))
        return try rows.first?.decode("microseconds", as: Int64?.self)
    }

    /// The statement of ``microsecondsUntilDue(_:isFull:)``, for the test of its plan.
    package static func nextDueStatement(_ consumer: Int64, county: CountyID, isFull: Bool) -> PostgresStatement {
        let next = { (state: String, from: String) in
            """
            (SELECT l.until FROM hub.lease AS l
             WHERE l.county = $1 AND l.consumer = $2 AND l.state = '\(state)' AND l.until >= \(from)
             ORDER BY l.until LIMIT 1)
            """
        }
        let due =
            isFull
            ? next("leased", "greatest(f.due_from, now())")
            : "least(\(next("leased", "f.due_from")), \(next("waiting", "f.due_from")))"
        return PostgresStatement(
            name: isFull ? "next_room" : "next_due",
            sql: """
                SELECT (extract(epoch FROM \(due) - clock_timestamp()) * 1000000)::bigint AS microseconds
                FROM (
                    SELECT due_from FROM hub.consumer_floor WHERE county = $1 AND consumer = $2
                    ORDER BY step DESC LIMIT 1
                ) AS f
                """,
            binds: [county.rawValue, consumer])
    }

    /// How many deliveries of a unit lie above a floor, counted up to a bound.
    package func deliveriesAbove(
        _ floor: Position, of unit: UnitID, county: CountyID, upTo bound: Int,
    ) async throws -> Int64 {
        let rows = try await pool.query(
            PostgresStatement(
                name: "deliveries_above",
                sql: """
                    SELECT count(*) AS count FROM (
                        SELECT 1 FROM hub.recipient
                        WHERE county = $1 AND unit = $2 AND position > $3 AND officer IS NULL
                        LIMIT \(Self.literalLimit(bound))
                    ) AS d
                    """,
                binds: [county.rawValue, unit.rawValue, floor.rawValue],
            ))
        return try rows.first?.decode("count", as: Int64.self) ?? 0
    }

    /// Folds floors that higher ones have replaced; returns how many.
    package func foldConsumerFloors() async throws -> Int32 {
        let rows = try await pool.query(
            PostgresStatement(
                name: "fold_consumer_floors", sql: "SELECT hub.fold_consumer_floors() AS folded", binds: []))
        return try rows.first?.decode("folded", as: Int32.self) ?? 0
    }
}
