package import Coordination
import PostgresClient

extension Store {
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

        package init(
            key: String, nameZh: String, nameEn: String, sandbox: Bool,
            codes: [(code: String, validFrom: String?, validTo: String?)], policyVersion: String, checksum: [UInt8],
            files: [UInt8],
        ) {
            self.key = key
            self.nameZh = nameZh
            self.nameEn = nameEn
            self.sandbox = sandbox
            self.codes = codes
            self.policyVersion = policyVersion
            self.checksum = checksum
            self.files = files
        }
    }

    /// What was loaded for a county before.
    package struct CountyPast: Sendable {
        /// The latest files; nil when the county is new.
        package var latest: CountyBundle?
        /// The latest files with the policy version that is loaded now.
        package var samePolicyVersion: CountyBundle?
    }

    /// What a load changes of the officers.
    package struct OfficerChanges: Sendable {
        /// Registered as it says here.
        package var put: [OfficerRecord]
        /// Out of office, if still registered as it says here.
        package var leaving: [OfficerRecord]

        package init(put: [OfficerRecord], leaving: [OfficerRecord]) {
            self.put = put
            self.leaving = leaving
        }
    }

    /// Registers a county or loads a new version of its files, in one
    /// transaction. The same files again change nothing.
    ///
    /// - Parameter judge: tells from what was loaded before which officers
    ///   change; what it throws ends the load, and nothing changes.
    /// - Returns: the county, and the version of its bundle now in force.
    /// - Throws: ``OfficerIDsTaken``, what `judge` throws, or what the database
    ///   says.
    package func loadCounty(
        _ load: CountyLoad, judge: (CountyPast) throws -> OfficerChanges,
    ) async throws -> (county: CountyID, version: Int32, isNew: Bool) {
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
            let current = try await transaction.query(
                PostgresStatement(
                    name: "load_county_current",
                    sql: """
                        SELECT county, version, policy_version, files, checksum FROM hub.county_bundle
                        WHERE county = $1 ORDER BY version DESC LIMIT 1
                        """,
                    binds: [id],
                ))
            let latest = try current.first.map(Self.bundle)
            let version = latest?.version ?? 0
            if let row = current.first, try row.decode("checksum", as: [UInt8].self) == load.checksum {
                return (CountyID(rawValue: id), version, false)
            }
            let samePolicy = try await transaction.query(
                PostgresStatement(
                    name: "load_county_same_policy",
                    sql: """
                        SELECT county, version, policy_version, files FROM hub.county_bundle
                        WHERE county = $1 AND policy_version = $2 ORDER BY version DESC LIMIT 1
                        """,
                    binds: [id, load.policyVersion],
                ))
            let changes = try judge(
                CountyPast(latest: latest, samePolicyVersion: try samePolicy.first.map(Self.bundle)))
            try await putOfficers(changes.put, county: CountyID(rawValue: id), in: transaction)
            try await endOffice(of: changes.leaving, county: CountyID(rawValue: id), in: transaction)
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
}
