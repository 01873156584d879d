package import Coordination
import PostgresClient

/// A unit's own rate, in requests per second.
package struct UnitRate: Sendable, Hashable {
    package var county: CountyID
    package var unit: UnitID
    package var requestsPerSecond: Int32
}

extension Store {
    /// The units that have a rate of their own, of all counties.
    package func unitRates() async throws -> [UnitRate] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "unit_rates",
                sql: "SELECT county, unit, requests_per_second FROM hub.unit_rate ORDER BY county, unit LIMIT 100000",
                binds: [],
            ))
        return try rows.map { row in
            UnitRate(
                county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
                unit: UnitID(try row.decode("unit", as: String.self)),
                requestsPerSecond: try row.decode("requests_per_second", as: Int32.self),
            )
        }
    }

    /// Sets a unit's own rate; nil gives it the default again.
    package func setUnitRate(_ rate: Int32?, of unit: UnitID, county: CountyID) async throws {
        guard let rate else {
            _ = try await pool.query(
                PostgresStatement(
                    name: "clear_unit_rate",
                    sql: "DELETE FROM hub.unit_rate WHERE county = $1 AND unit = $2",
                    binds: [county.rawValue, unit.rawValue],
                ))
            return
        }
        _ = try await pool.query(
            PostgresStatement(
                name: "set_unit_rate",
                sql: """
                    INSERT INTO hub.unit_rate (county, unit, requests_per_second) VALUES ($1, $2, $3)
                    ON CONFLICT (county, unit) DO UPDATE SET requests_per_second = excluded.requests_per_second
                    """,
                binds: [county.rawValue, unit.rawValue, rate],
            ))
    }
}
