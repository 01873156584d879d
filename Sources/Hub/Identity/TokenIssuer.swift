import CloudEvents
package import Coordination
import PostgresClient
package import Store

/// A token that was just issued: the only moment at which its text is known.
package struct IssuedToken: Sendable {
    package let token: BearerToken
    package let record: TokenRecord
}

/// Issues, revokes and lists tokens. The database holds hashes only, so a text
/// that is lost is lost: issue another and revoke the old one.
package struct TokenIssuer: Sendable {
    private let store: Store
    /// How long a token lives unless told otherwise.
    package static let defaultLifetime = Duration.seconds(365 * 86_400)

    package init(store: Store) {
        self.store = store
    }

    /// Why no token is issued.
    package enum Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        case unknownUnit(UnitID)
        /// Villages, external addressees and sub-units are reached through others.
        case unitWithoutAccount(UnitID)
        case unknownOfficer(OfficerID)
        /// The scope belongs to persons, or to programs, or the officer does not have it.
        case scopeNotAllowed(Scope)

        package var description: String {
            switch self {
            case .unknownUnit(let unit): "there is no unit '\(unit.rawValue)' in this county / 本县没有此单位"
            case .unitWithoutAccount(let unit):
                "'\(unit.rawValue)' has no account of its own; it is reached through another unit / 该单位没有自己的账号，由其他单位代收"
            case .unknownOfficer(let officer):
                "there is no officer '\(officer.rawValue)' in office in this county / 本县没有此在任经办人"
            case .scopeNotAllowed(let scope):
                "the scope '\(scope.rawValue)' may not be given to this holder / 不得授予此持有人“\(scope.rawValue)”权限"
            }
        }
    }

    /// Issues a token to a unit's program.
    ///
    /// - Throws: ``Refusal``, or what the database says.
    package func issue(
        unit: UnitID, county: CountyRuntime, scopes: Set<Scope> = Scope.ofUnits, label: String = "",
        lifetime: Duration = defaultLifetime,
    ) async throws -> IssuedToken {
        guard let known = county.directory.unit(unit) else { throw Refusal.unknownUnit(unit) }
        guard known.kind.hasAccount else { throw Refusal.unitWithoutAccount(unit) }
        if let scope = Self.first(of: scopes.subtracting(Scope.ofUnits)) { throw Refusal.scopeNotAllowed(scope) }
        return try await store(
            county: county.id, unit: unit, officer: nil, scopes: scopes, label: label, lifetime: lifetime)
    }

    /// Issues a token to a registered officer.
    ///
    /// - Parameter scopes: what it carries; everything the officer may do when nil.
    /// - Throws: ``Refusal``, or what the database says.
    package func issue(
        officer: OfficerID, county: CountyRuntime, scopes: Set<Scope>? = nil, label: String = "",
        lifetime: Duration = defaultLifetime,
    ) async throws -> IssuedToken {
        let now = try await store.databaseNow()
        let today = Timestamp(microseconds: now.microseconds + county.record.clockOffset).beijingDate
        let officers = try await store.officers(county: county.id)
        guard let known = officers.first(where: { $0.id == officer }), known.isInOffice(on: today) else {
            throw Refusal.unknownOfficer(officer)
        }
        let own = Set(known.scopes.compactMap(Scope.init(rawValue:))).subtracting(Scope.ofUnits)
        if let scope = Self.first(of: (scopes ?? own).subtracting(own)) { throw Refusal.scopeNotAllowed(scope) }
        return try await store(
            county: county.id, unit: known.unit, officer: officer, scopes: scopes ?? own, label: label,
            lifetime: lifetime)
    }

    /// Revokes a token by its id; it is refused within five seconds, and its
    /// streams end.
    ///
    /// - Parameter county: revoke only a token of this county; any when nil.
    /// - Returns: whether there was a live one.
    package func revoke(id: String, county: CountyID? = nil) async throws -> Bool {
        guard let uuid = PostgresUUID(id) else { return false }
        return try await store.revokeToken(id: uuid, county: county)
    }

    /// The tokens of a county, newest first.
    package func list(county: CountyID) async throws -> [TokenRecord] {
        try await store.tokens(county: county)
    }

    // MARK: -

    private func store(
        county: CountyID, unit: UnitID, officer: OfficerID?, scopes: Set<Scope>, label: String, lifetime: Duration,
    ) async throws -> IssuedToken {
        let token = BearerToken.generate()
        let expiresAt = try await store.databaseNow().advanced(bySeconds: lifetime.components.seconds)
        let record = try await store.issueToken(
            hash: token.hash, county: county, unit: unit, officer: officer, scopes: scopes.map(\.rawValue).sorted(),
            label: label, expiresAt: expiresAt)
        return IssuedToken(token: token, record: record)
    }

    private static func first(of scopes: Set<Scope>) -> Scope? {
        Scope.allCases.first { scopes.contains($0) }
    }
}
