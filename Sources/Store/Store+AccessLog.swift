package import CloudEvents
package import Coordination
package import PostgresClient

/// One opening of personal data, or the attempt.
package struct AccessRecord: Sendable, Hashable {
    package var id: Int64
    package var at: Timestamp
    package var unit: UnitID
    package var officer: OfficerID?
    package var token: PostgresUUID
    package var position: Position
    package var sealedPurpose: [UInt8]?
    package var granted: Bool
    /// Why it was refused; nil when it was granted.
    package var code: String?

    package init(
        id: Int64 = 0, at: Timestamp, unit: UnitID, officer: OfficerID?, token: PostgresUUID, position: Position,
        sealedPurpose: [UInt8]?, granted: Bool, code: String?,
    ) {
        self.id = id
        self.at = at
        self.unit = unit
        self.officer = officer
        self.token = token
        self.position = position
        self.sealedPurpose = sealedPurpose
        self.granted = granted
        self.code = code
    }
}

extension Store {
    /// Puts an opening on record; returns when that is durable.
    package func recordAccess(_ record: AccessRecord, county: CountyID) async throws {
        _ = try await pool.query(
            PostgresStatement(
                name: "record_access",
                sql: """
                    INSERT INTO hub.access_log (county, at, unit, officer, token, position, sealed_purpose, outcome,
                        code)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                    """,
                binds: [
                    county.rawValue, PostgresTimestamp(record.at), record.unit.rawValue, record.officer?.rawValue,
                    record.token, record.position.rawValue, record.sealedPurpose,
                    record.granted ? "granted" : "refused", record.code,
                ],
            ))
    }

    /// The openings of a county, or those by one unit, newest first.
    package func accessLog(
        county: CountyID, unit: UnitID?, before: Int64?, limit: Int,
    ) async throws -> [AccessRecord] {
        let rows = try await pool.query(
            Self.accessLogStatement(county: county, unit: unit, before: before, limit: limit))
        return try rows.prefix(limit).map { row in
            AccessRecord(
                id: try row.decode("id", as: Int64.self),
                at: try row.decode("at", as: PostgresTimestamp.self).timestamp,
                unit: UnitID(try row.decode("unit", as: String.self)),
                officer: try row.decode("officer", as: String?.self).map { OfficerID($0) },
                token: try row.decode("token", as: PostgresUUID.self),
                position: Position(rawValue: try row.decode("position", as: Int64.self)),
                sealedPurpose: try row.decode("sealed_purpose", as: [UInt8]?.self),
                granted: try row.decode("outcome", as: String.self) == "granted",
                code: try row.decode("code", as: String?.self),
            )
        }
    }

    /// The statement of ``accessLog(county:unit:before:limit:)``, for the test
    /// of its plans: two texts, because a unit that may be left out would cost
    /// the unit's index.
    package static func accessLogStatement(
        county: CountyID, unit: UnitID?, before: Int64?, limit: Int,
    ) -> PostgresStatement {
        let ofUnit = unit == nil ? "$2::text IS NULL" : "unit = $2"
        return PostgresStatement(
            name: "access_log",
            sql: """
                SELECT id, at, unit, officer, token, position, sealed_purpose, outcome, code FROM hub.access_log
                WHERE county = $1 AND \(ofUnit) AND id < $3
                ORDER BY id DESC LIMIT \(literalLimit(limit))
                """,
            binds: [county.rawValue, unit?.rawValue, before ?? .max],
        )
    }
}
