package import Coordination
package import PostgresClient

/// What a token may do; one name a scope, as the API's table has it.
package enum Scope: String, Sendable, Hashable, CaseIterable {
    case publish, receive, handle, approve, secretariat, convene, supervise, audit, admin

    /// The scopes of programs; all others need a person.
    package static let ofUnits: Set<Scope> = [.publish, .receive]
}

/// Who is speaking: the token's unit and county, and the officer of a person's
/// token. Nothing of it ever comes from the request itself.
package struct Principal: Sendable, Hashable {
    package var token: PostgresUUID
    package var county: CountyID
    package var unit: UnitID
    package var officer: OfficerID?
    package var scopes: Set<Scope>
    package var expiresAtMicroseconds: Int64

    package init(
        token: PostgresUUID, county: CountyID, unit: UnitID, officer: OfficerID?, scopes: Set<Scope>,
        expiresAtMicroseconds: Int64,
    ) {
        self.token = token
        self.county = county
        self.unit = unit
        self.officer = officer
        self.scopes = scopes
        self.expiresAtMicroseconds = expiresAtMicroseconds
    }

    package func has(_ scope: Scope) -> Bool { scopes.contains(scope) }
}
