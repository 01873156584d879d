package import CloudEvents
package import Coordination
import PostgresClient

/// A county as it is registered.
package struct CountyRecord: Sendable, Hashable {
    package var id: CountyID
    /// The folder-like name an operator uses, such as `mengjin`.
    package var key: String
    package var nameZh: String
    package var nameEn: String
    /// Whether it is a demonstration, whose clock may be moved.
    package var sandbox: Bool
    /// How far its clock runs ahead of the database's, in microseconds.
    package var clockOffset: Int64
}

/// The files a county was loaded from, as one text, with what identifies them.
package struct CountyBundle: Sendable, Hashable {
    package var county: CountyID
    package var version: Int32
    package var policyVersion: String
    /// JSON: an object of file texts by name.
    package var files: [UInt8]
}

/// A six-digit code with the days on which it names a county.
package struct CountyCodeRecord: Sendable, Hashable {
    package var code: String
    package var county: CountyID
    /// The first day, `2021-03-18`; nil for always before.
    package var validFrom: String?
    /// The first day on which it names the county no longer.
    package var validTo: String?
}

extension Store {
    /// All counties.
    package func counties() async throws -> [CountyRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "counties",
                sql: """
                    SELECT id, key, name_zh, name_en, sandbox,
                        (extract(epoch FROM clock_offset) * 1000000)::bigint AS clock_offset
                    FROM hub.county ORDER BY id LIMIT 1000
                    """,
                binds: [],
            ))
        return try rows.map { row in
            CountyRecord(
                id: CountyID(rawValue: try row.decode("id", as: Int16.self)),
                key: try row.decode("key", as: String.self),
                nameZh: try row.decode("name_zh", as: String.self),
                nameEn: try row.decode("name_en", as: String.self),
                sandbox: try row.decode("sandbox", as: Bool.self),
                clockOffset: try row.decode("clock_offset", as: Int64.self),
            )
        }
    }

    /// All codes of all counties.
    package func countyCodes() async throws -> [CountyCodeRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "county_codes",
                sql: """
                    SELECT code, county, lower(valid)::text AS valid_from, upper(valid)::text AS valid_to
                    FROM hub.county_code ORDER BY code, valid LIMIT 10000
                    """,
                binds: [],
            ))
        return try rows.map { row in
            CountyCodeRecord(
                code: try row.decode("code", as: String.self),
                county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
                validFrom: try row.decode("valid_from", as: String?.self),
                validTo: try row.decode("valid_to", as: String?.self),
            )
        }
    }

    /// The latest bundle of each county, without those whose version the caller has.
    package func latestBundles(except known: [CountyID: Int32]) async throws -> [CountyBundle] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "latest_bundles",
                sql: """
                    SELECT b.county, b.version, b.policy_version, b.files
                    FROM (SELECT county, max(version) AS version FROM hub.county_bundle GROUP BY county) AS l
                    JOIN hub.county_bundle AS b ON b.county = l.county AND b.version = l.version
                    LEFT JOIN unnest($1::smallint[], $2::integer[]) AS k (county, version)
                        ON k.county = b.county AND k.version = b.version
                    WHERE k.county IS NULL
                    LIMIT 1000
                    """,
                binds: [known.keys.map(\.rawValue), known.keys.map { known[$0] ?? 0 }],
            ))
        return try rows.map(Self.bundle)
    }

    /// The bundle of a county before a version; nil when that was the first.
    package func bundle(of county: CountyID, before version: Int32) async throws -> CountyBundle? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "bundle_before",
                sql: """
                    SELECT county, version, policy_version, files FROM hub.county_bundle
                    WHERE county = $1 AND version < $2 ORDER BY version DESC LIMIT 1
                    """,
                binds: [county.rawValue, version],
            ))
        return try rows.first.map(Self.bundle)
    }

    static func bundle(_ row: borrowing PostgresRow) throws -> CountyBundle {
        CountyBundle(
            county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
            version: try row.decode("version", as: Int32.self),
            policyVersion: try row.decode("policy_version", as: String.self),
            files: try row.decode("files", as: [UInt8].self),
        )
    }

    /// Moves the clock of a sandbox county to an instant.
    ///
    /// - Returns: false when the county is no sandbox.
    /// - Throws: ``StoreError/clockOutOfReach`` beyond ``Timestamp/clockReach``.
    package func moveClock(of county: CountyID, to instant: Timestamp) async throws -> Bool {
        guard Timestamp.clockReach.contains(instant) else { throw StoreError.clockOutOfReach }
        let rows = try await pool.query(
            PostgresStatement(
                name: "move_clock",
                sql: "UPDATE hub.county SET clock_offset = $2 - now() WHERE id = $1 AND sandbox RETURNING id",
                binds: [county.rawValue, PostgresTimestamp(instant)],
            ))
        return rows.count == 1
    }

    /// The database's clock, which judges every deadline.
    package func databaseNow() async throws -> Timestamp {
        let rows = try await pool.query(
            PostgresStatement(name: "database_now", sql: "SELECT clock_timestamp() AS now", binds: []))
        guard let row = rows.first else { throw StoreError.unexpectedShape("database_now") }
        return try row.decode("now", as: PostgresTimestamp.self).timestamp
    }
}
