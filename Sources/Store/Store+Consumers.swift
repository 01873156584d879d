package import Coordination
import PostgresClient

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

    /// Makes a consumer with its first floor.
    ///
    /// - Returns: false when the unit has one of that name.
    package func makeConsumer(
        _ name: String, of unit: UnitID, county: CountyID, settings: ConsumerRecord.Settings, start: [UInt8],
        position: Position,
    ) async throws -> Bool {
        let rows = try await pool.query(
            PostgresStatement(
                name: "make_consumer",
                sql: """
                    WITH made AS (
                        INSERT INTO hub.consumer (county, unit, name, id, filter, types, start_at, start_position,
                            lease_seconds, max_attempts, max_in_flight, ordering)
                        VALUES ($1, $2, $3, nextval('hub.position_seq'), $4, $5, $6, $7, $8, $9, $10, $11)
                        ON CONFLICT (county, unit, name) DO NOTHING RETURNING county, id
                    )
                    INSERT INTO hub.consumer_floor (county, consumer, floor, filter_errors)
                    SELECT county, id, $7, 0 FROM made RETURNING consumer
                    """,
                binds: [
                    county.rawValue, unit.rawValue, name, settings.filter, settings.types, start, position.rawValue,
                    settings.leaseSeconds, settings.maxAttempts, settings.maxInFlight, settings.ordering.rawValue,
                ],
            ))
        return !rows.isEmpty
    }

    /// Changes how a consumer is served; its place in the log stays.
    package func changeConsumer(_ consumer: ConsumerRecord, to settings: ConsumerRecord.Settings) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "change_consumer",
                sql: """
                    UPDATE hub.consumer SET filter = $3, types = $4, lease_seconds = $5, max_attempts = $6,
                        max_in_flight = $7, ordering = $8
                    WHERE county = $1 AND id = $2
                    """,
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
                sql: """
                    WITH c AS (DELETE FROM hub.consumer WHERE county = $1 AND id = $2),
                    f AS (DELETE FROM hub.consumer_floor WHERE county = $1 AND consumer = $2)
                    DELETE FROM hub.lease WHERE county = $1 AND consumer = $2
                    """,
                binds: [consumer.county.rawValue, consumer.id],
            ))
    }

    /// The floor of a consumer.
    package func floor(of consumer: ConsumerRecord) async throws -> Position {
        let rows = try await pool.query(
            PostgresStatement(
                name: "consumer_floor",
                sql: """
                    SELECT floor FROM hub.consumer_floor WHERE county = $1 AND consumer = $2
                    ORDER BY floor DESC LIMIT 1
                    """,
                binds: [consumer.county.rawValue, consumer.id],
            ))
        return try rows.first.map { Position(rawValue: try $0.decode("floor", as: Int64.self)) }
            ?? consumer.startPosition
    }

    /// How far a consumer is, of one moment.
    package func progress(of consumer: ConsumerRecord) async throws -> ConsumerProgress {
        let rows = try await pool.query(
            PostgresStatement(
                name: "consumer_progress",
                sql: """
                    SELECT f.floor, f.filter_errors, l.in_flight, l.waiting, l.dead, l.next_due
                    FROM (
                        SELECT max(floor) AS floor, coalesce(sum(filter_errors), 0)::bigint AS filter_errors
                        FROM hub.consumer_floor WHERE county = $1 AND consumer = $2
                    ) AS f
                    CROSS JOIN (
                        SELECT count(*) FILTER (WHERE state = 'leased' AND until > now()) AS in_flight,
                            count(*) FILTER (WHERE state IN ('waiting', 'blocked')
                                OR (state = 'leased' AND until <= now())) AS waiting,
                            count(*) FILTER (WHERE state = 'dead') AS dead,
                            min(until) FILTER (WHERE state IN ('leased', 'waiting')) AS next_due
                        FROM hub.lease WHERE county = $1 AND consumer = $2
                    ) AS l
                    """,
                binds: [consumer.county.rawValue, consumer.id],
            ))
        guard let row = rows.first, let floor = try row.decode("floor", as: Int64?.self) else {
            throw StoreError.unexpectedShape("consumer_progress")
        }
        return ConsumerProgress(
            floor: Position(rawValue: floor),
            filterErrors: try row.decode("filter_errors", as: Int64.self),
            inFlight: try row.decode("in_flight", as: Int64.self),
            waiting: try row.decode("waiting", as: Int64.self),
            dead: try row.decode("dead", as: Int64.self),
            nextDue: try row.decode("next_due", as: PostgresTimestamp?.self)?.timestamp)
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
