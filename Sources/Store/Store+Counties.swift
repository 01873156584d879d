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

    private static func bundle(_ row: borrowing PostgresRow) throws -> CountyBundle {
        CountyBundle(
            county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
            version: try row.decode("version", as: Int32.self),
            policyVersion: try row.decode("policy_version", as: String.self),
            files: try row.decode("files", as: [UInt8].self),
        )
    }

    /// What is loaded for a county.
    package struct CountyLoad: Sendable {
        package var key: String
        package var nameZh: String
        package var nameEn: String
        package var sandbox: Bool
        package var codes: [(code: String, validFrom: String?, validTo: String?)]
        package var policyVersion: String
        package var checksum: [UInt8]
        package var files: [UInt8]
        package var officers: [OfficerRecord]

        package init(
            key: String, nameZh: String, nameEn: String, sandbox: Bool,
            codes: [(code: String, validFrom: String?, validTo: String?)], policyVersion: String, checksum: [UInt8],
            files: [UInt8], officers: [OfficerRecord],
        ) {
            self.key = key
            self.nameZh = nameZh
            self.nameEn = nameEn
            self.sandbox = sandbox
            self.codes = codes
            self.policyVersion = policyVersion
            self.checksum = checksum
            self.files = files
            self.officers = officers
        }
    }

    /// Registers a county or loads a new version of its files, in one
    /// transaction. The same files again change nothing.
    ///
    /// - Returns: the county, and the version of its bundle now in force.
    package func loadCounty(_ load: CountyLoad) async throws -> (county: CountyID, version: Int32, isNew: Bool) {
        try await pool.withTransaction { transaction in
            _ = try await transaction.query(
                PostgresStatement(
                    name: "load_county_lock",
                    sql: "SELECT pg_advisory_xact_lock(hub._advisory_class('county-load'), 0)",
                    binds: [],
                ))
            let known = try await transaction.query(
                PostgresStatement(
                    name: "load_county_known",
                    sql: "SELECT id FROM hub.county WHERE key = $1",
                    binds: [load.key],
                ))
            let id: Int16
            if let row = known.first {
                id = try row.decode("id", as: Int16.self)
            } else {
                let made = try await transaction.query(
                    PostgresStatement(
                        name: "load_county_new",
                        sql: """
                            INSERT INTO hub.county (id, key, name_zh, name_en, sandbox)
                            SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4 FROM hub.county RETURNING id
                            """,
                        binds: [load.key, load.nameZh, load.nameEn, load.sandbox],
                    ))
                guard let row = made.first else { throw StoreError.unexpectedShape("load_county_new") }
                id = try row.decode("id", as: Int16.self)
            }
            _ = try await transaction.query(
                PostgresStatement(
                    name: "load_county_names",
                    sql: "UPDATE hub.county SET name_zh = $2, name_en = $3 WHERE id = $1",
                    binds: [id, load.nameZh, load.nameEn],
                ))
            _ = try await transaction.query(
                PostgresStatement(
                    name: "load_county_codes_clear",
                    sql: "DELETE FROM hub.county_code WHERE county = $1",
                    binds: [id],
                ))
            for code in load.codes {
                _ = try await transaction.query(
                    PostgresStatement(
                        name: "load_county_code",
                        sql: """
                            INSERT INTO hub.county_code (code, county, valid)
                            VALUES ($1, $2, daterange($3::text::date, $4::text::date))
                            """,
                        binds: [code.code, id, code.validFrom, code.validTo],
                    ))
            }
            try await putOfficers(load.officers, county: CountyID(rawValue: id), in: transaction)
            let current = try await transaction.query(
                PostgresStatement(
                    name: "load_county_current",
                    sql: """
                        SELECT version, checksum FROM hub.county_bundle
                        WHERE county = $1 ORDER BY version DESC LIMIT 1
                        """,
                    binds: [id],
                ))
            let version = try current.first?.decode("version", as: Int32.self) ?? 0
            if let row = current.first, try row.decode("checksum", as: [UInt8].self) == load.checksum {
                return (CountyID(rawValue: id), version, false)
            }
            _ = try await transaction.query(
                PostgresStatement(
                    name: "load_county_bundle",
                    sql: """
                        INSERT INTO hub.county_bundle (county, version, policy_version, checksum, files)
                        VALUES ($1, $2, $3, $4, $5)
                        """,
                    binds: [id, version + 1, load.policyVersion, load.checksum, load.files],
                ))
            return (CountyID(rawValue: id), version + 1, true)
        }
    }

    /// Moves the clock of a sandbox county to an instant.
    ///
    /// - Returns: false when the county is no sandbox.
    package func moveClock(of county: CountyID, to instant: Timestamp) async throws -> Bool {
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
