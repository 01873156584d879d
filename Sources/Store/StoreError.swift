/// What the store reports of itself, beside the database's own errors.
package struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    private enum Kind: Sendable, Hashable {
        case unexpectedShape(String)
        case foreignSchema
        case schemaNewer(Int32)
        case migrationChanged(String)
        case hubsAtWork(Int64, String)
        case functionReshaped(String, Int64)
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

    /// Hubs of other releases are at work that would break.
    package static func hubsAtWork(_ count: Int64, _ what: String) -> StoreError {
        StoreError(kind: .hubsAtWork(count, what))
    }

    /// A function answers otherwise to the same arguments, and hubs of other
    /// releases are at work that call it.
    package static func functionReshaped(_ name: String, _ hubs: Int64) -> StoreError {
        StoreError(kind: .functionReshaped(name, hubs))
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
        case .hubsAtWork(let count, let what):
            "\(what) would break hubs of other releases that are at work (\(count)); stop them first"
        case .functionReshaped(let name, let count):
            "\(name) answers otherwise to the same arguments; stop the hubs of other releases first (\(count))"
        case .clockOutOfReach:
            "a county's clock runs in the years 2000 to 2100"
        }
    }

    /// The same in Chinese.
    package var messageZh: String {
        switch kind {
        case .unexpectedShape(let statement): "语句\(statement)的结果与预期不符"
        case .foreignSchema: "数据库非空且不是本系统所建，请指明空数据库"
        case .schemaNewer(let version): "数据库结构版本\(version)比本程序新，请使用新版程序"
        case .migrationChanged(let name): "迁移\(name)与已执行的内容不同，请恢复发布的文件"
        case .hubsAtWork(let count, let what): "\(what)会使正在运行的其他版本平台（\(count)个）出错，请先停用"
        case .functionReshaped(let name, let count): "\(name)的结果有变，请先停用其他版本的平台（\(count)个）"
        case .clockOutOfReach: "县时钟应在2000年至2100年之间"
        }
    }
}
