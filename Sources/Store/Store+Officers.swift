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

/// Officers of other units have these ids: an officer keeps the unit.
package struct OfficerIDsTaken: Error, Sendable, Hashable {
    package var ids: [OfficerID]
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

    /// Registers officers or changes them, all or none.
    ///
    /// - Throws: ``OfficerIDsTaken`` for ids that officers of other units have.
    package func putOfficers(_ officers: [OfficerRecord], county: CountyID) async throws {
        try await pool.withTransaction { transaction in
            try await putOfficers(officers, county: county, in: transaction)
        }
    }

    func putOfficers(
        _ officers: [OfficerRecord], county: CountyID, in transaction: borrowing PostgresTransaction,
    ) async throws {
        var taken: [OfficerID] = []
        // In one order, so that two who change the same officers take turns.
        for officer in officers.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
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
            if rows.count == 0 { taken.append(officer.id) }
        }
        if !taken.isEmpty { throw OfficerIDsTaken(ids: taken) }
    }

    /// Takes officers out of office with the county's yesterday, if they are
    /// registered as it is said here; who has left before stays so.
    func endOffice(
        of officers: [OfficerRecord], county: CountyID, in transaction: borrowing PostgresTransaction,
    ) async throws {
        for officer in officers {
            _ = try await transaction.query(
                PostgresStatement(
                    name: "end_office",
                    sql: """
                        UPDATE hub.officer AS o SET valid_to = least(o.valid_to, c.today - 1)
                        FROM (
                            SELECT ((now() + clock_offset + interval '8 hours') AT TIME ZONE 'UTC')::date AS today
                            FROM hub.county WHERE id = $1
                        ) AS c
                        WHERE o.county = $1 AND o.id = $2 AND o.unit = $3 AND o.name = $4 AND o.duty = $5
                            AND o.scopes = $6 AND o.valid_from IS NOT DISTINCT FROM $7::text::date
                            AND o.valid_to IS NOT DISTINCT FROM $8::text::date
                        """,
                    binds: [
                        county.rawValue, officer.id.rawValue, officer.unit.rawValue, officer.name, officer.duty,
                        officer.scopes, officer.validFrom, officer.validTo,
                    ],
                ))
        }
    }
}
