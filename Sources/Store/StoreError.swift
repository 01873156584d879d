/// What the store reports of itself, beside the database's own errors.
package struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    private enum Kind: Sendable, Hashable {
        case unexpectedShape(String)
        case foreignSchema
        case schemaNewer(Int32)
        case migrationChanged(String)
        case clockOutOfReach
    }

    private let kind: Kind

    /// A statement answered with other rows than it can.
    package static func unexpectedShape(_ statement: String) -> StoreError {
        StoreError(kind: .unexpectedShape(statement))
    }

    /// The database has a schema `hub` that this program did not make, or
    /// other tables where an empty database was expected.
    package static let foreignSchema = StoreError(kind: .foreignSchema)

    /// The database was migrated by a newer program.
    package static func schemaNewer(_ version: Int32) -> StoreError {
        StoreError(kind: .schemaNewer(version))
    }

    /// A migration that is applied has another text now.
    package static func migrationChanged(_ name: String) -> StoreError {
        StoreError(kind: .migrationChanged(name))
    }

    /// A county's clock was to be moved beyond the years in which it can run.
    package static let clockOutOfReach = StoreError(kind: .clockOutOfReach)

    package var description: String {
        switch kind {
        case .unexpectedShape(let statement):
            "statement \(statement) answered with rows of another shape than expected"
        case .foreignSchema:
            "the database is not empty and was not made by liankong; name an empty database"
        case .schemaNewer(let version):
            "the database has schema version \(version), newer than this program; use a newer liankong"
        case .migrationChanged(let name):
            "migration \(name) was applied with another text; restore the released file"
        case .clockOutOfReach:
            "a county's clock runs in the years 2000 to 2100"
        }
    }
}
