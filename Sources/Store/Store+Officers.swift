package import Coordination
import PostgresClient

/// A registered officer.
package struct OfficerRecord: Sendable, Hashable {
    package var id: OfficerID
    package var unit: UnitID
    package var name: String
    /// handler, approver or head.
    package var duty: String
    package var scopes: [String]
    /// First and last day, `2020-10-22`; nil for open.
    package var validFrom: String?
    package var validTo: String?

    package init(
        id: OfficerID, unit: UnitID, name: String, duty: String, scopes: [String], validFrom: String? = nil,
        validTo: String? = nil,
    ) {
        self.id = id
        self.unit = unit
        self.name = name
        self.duty = duty
        self.scopes = scopes
        self.validFrom = validFrom
        self.validTo = validTo
    }
}

extension Store {
    /// The officers of a county, or of one unit of it.
    package func officers(county: CountyID, unit: UnitID? = nil) async throws -> [OfficerRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "officers",
                sql: """
                    SELECT id, unit, name, duty, scopes, valid_from::text AS valid_from, valid_to::text AS valid_to
                    FROM hub.officer WHERE county = $1 AND ($2::text IS NULL OR unit = $2) ORDER BY id LIMIT 20000
                    """,
                binds: [county.rawValue, unit?.rawValue],
            ))
        return try rows.map { row in
            OfficerRecord(
                id: OfficerID(try row.decode("id", as: String.self)),
                unit: UnitID(try row.decode("unit", as: String.self)),
                name: try row.decode("name", as: String.self),
                duty: try row.decode("duty", as: String.self),
                scopes: try row.decode("scopes", as: [String].self),
                validFrom: try row.decode("valid_from", as: String?.self),
                validTo: try row.decode("valid_to", as: String?.self),
            )
        }
    }

    /// Registers officers or changes them. An officer of another unit keeps
    /// that unit: the id is then taken.
    ///
    /// - Returns: the ids that were refused because another unit has them.
    @discardableResult
    package func putOfficers(_ officers: [OfficerRecord], county: CountyID) async throws -> [OfficerID] {
        try await pool.withTransaction { transaction in
            try await putOfficers(officers, county: county, in: transaction)
        }
    }

    @discardableResult
    func putOfficers(
        _ officers: [OfficerRecord], county: CountyID, in transaction: borrowing PostgresTransaction,
    ) async throws -> [OfficerID] {
        var refused: [OfficerID] = []
        for officer in officers {
            let rows = try await transaction.query(
                PostgresStatement(
                    name: "put_officer",
                    sql: """
                        INSERT INTO hub.officer AS o (county, id, unit, name, duty, scopes, valid_from, valid_to)
                        VALUES ($1, $2, $3, $4, $5, $6, $7::text::date, $8::text::date)
                        ON CONFLICT (county, id) DO UPDATE SET name = excluded.name, duty = excluded.duty,
                            scopes = excluded.scopes, valid_from = excluded.valid_from, valid_to = excluded.valid_to
                        WHERE o.unit = excluded.unit
                        RETURNING o.id
                        """,
                    binds: [
                        county.rawValue, officer.id.rawValue, officer.unit.rawValue, officer.name, officer.duty,
                        officer.scopes, officer.validFrom, officer.validTo,
                    ],
                ))
            if rows.count == 0 { refused.append(officer.id) }
        }
        return refused
    }
}
