package import CloudEvents
package import Coordination
package import PostgresClient

/// A token as it is stored: never the token itself.
package struct TokenRecord: Sendable, Hashable {
    package var id: PostgresUUID
    package var county: CountyID
    package var unit: UnitID
    package var officer: OfficerID?
    package var scopes: Set<String>
    package var label: String
    package var expiresAt: Timestamp
    package var revokedAt: Timestamp?
}

extension Store {
    /// The token with a hash, if it is neither expired nor revoked.
    package func liveToken(hash: [UInt8]) async throws -> TokenRecord? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "live_token",
                sql: """
                    SELECT id, county, unit, officer, scopes, label, expires_at, revoked_at FROM hub.token
                    WHERE hash = $1 AND revoked_at IS NULL AND expires_at > now()
                    """,
                binds: [hash],
            ))
        return try rows.first.map(Self.token)
    }

    /// Of these hashes, those whose tokens are neither expired nor revoked.
    package func liveTokens(hashes: [[UInt8]]) async throws -> Set<[UInt8]> {
        guard !hashes.isEmpty else { return [] }
        let rows = try await pool.query(
            PostgresStatement(
                name: "live_tokens",
                sql: """
                    SELECT hash FROM hub.token
                    WHERE hash = ANY ($1) AND revoked_at IS NULL AND expires_at > now()
                    """,
                binds: [hashes],
            ))
        return Set(try rows.map { try $0.decode("hash", as: [UInt8].self) })
    }

    /// Stores a new token by its hash.
    ///
    /// - Returns: the token's record, with the id by which it is revoked.
    package func issueToken(
        hash: [UInt8], county: CountyID, unit: UnitID, officer: OfficerID?, scopes: [String], label: String,
        expiresAt: Timestamp,
    ) async throws -> TokenRecord {
        let rows = try await pool.query(
            PostgresStatement(
                name: "issue_token",
                sql: """
                    INSERT INTO hub.token (hash, county, unit, officer, scopes, label, expires_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)
                    RETURNING id, county, unit, officer, scopes, label, expires_at, revoked_at
                    """,
                binds: [
                    hash, county.rawValue, unit.rawValue, officer?.rawValue, scopes, label,
                    PostgresTimestamp(expiresAt),
                ],
            ))
        guard let record = try rows.first.map(Self.token) else { throw StoreError.unexpectedShape("issue_token") }
        return record
    }

    /// Revokes a token by its id.
    ///
    /// - Returns: whether there was a live one.
    package func revokeToken(id: PostgresUUID, county: CountyID?) async throws -> Bool {
        let rows = try await pool.query(
            PostgresStatement(
                name: "revoke_token",
                sql: """
                    UPDATE hub.token SET revoked_at = now()
                    WHERE id = $1 AND revoked_at IS NULL AND ($2::smallint IS NULL OR county = $2) RETURNING id
                    """,
                binds: [id, county?.rawValue],
            ))
        return rows.count == 1
    }

    /// The tokens of a county, newest first.
    package func tokens(county: CountyID, limit: Int = 10_000) async throws -> [TokenRecord] {
        let rows = try await pool.query(
            PostgresStatement(
                name: "tokens",
                sql: """
                    SELECT id, county, unit, officer, scopes, label, expires_at, revoked_at FROM hub.token
                    WHERE county = $1 ORDER BY created_at DESC, id LIMIT $2
                    """,
                binds: [county.rawValue, Int64(limit)],
            ))
        return try rows.map(Self.token)
    }

    private static func token(_ row: borrowing PostgresRow) throws -> TokenRecord {
        TokenRecord(
            id: try row.decode("id", as: PostgresUUID.self),
            county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
            unit: UnitID(try row.decode("unit", as: String.self)),
            officer: try row.decode("officer", as: String?.self).map { OfficerID($0) },
            scopes: Set(try row.decode("scopes", as: [String].self)),
            label: try row.decode("label", as: String.self),
            expiresAt: try row.decode("expires_at", as: PostgresTimestamp.self).timestamp,
            revokedAt: try row.decode("revoked_at", as: PostgresTimestamp?.self)?.timestamp,
        )
    }
}
