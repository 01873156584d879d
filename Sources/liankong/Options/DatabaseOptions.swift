import ArgumentParser
import Foundation
import Hub
import Logging
import PostgresClient
import Store

/// Which database a command works on.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .customLong("database-url"),
        help: ArgumentHelp(
            "The database, as libpq takes it; else LIANKONG_DATABASE_URL. 数据库连接串。",
            valueName: "postgresql://…"))
    var databaseURL: String?

    /// The connection string.
    func url() throws -> String {
        if let url = databaseURL ?? ProcessInfo.processInfo.environment["LIANKONG_DATABASE_URL"], !url.isEmpty {
            return url
        }
        throw CommandFailure(
            .unreadable, code: "no-database", "say which database", "请指明数据库",
            hints: ["--database-url postgresql://…, or LIANKONG_DATABASE_URL"])
    }

    /// Runs something with a store that is closed afterwards.
    func withStore<Result>(_ body: (Store) async throws -> Result) async throws -> Result {
        let store = Store(
            configuration: PostgresConfiguration(connectionString: try url()), readers: 1, logger: Logs.quiet)
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}

/// Where the keys are that the database does not hold.
struct KeyOptions: ParsableArguments {
    @Option(help: "The key file; else LIANKONG_KEYS, else .liankong/keys.json. 密钥文件。")
    var keys: String?

    /// The path of the key file.
    var path: String {
        keys ?? ProcessInfo.processInfo.environment["LIANKONG_KEYS"] ?? ".liankong/keys.json"
    }
}

/// The loggers of the command.
enum Logs {
    /// For short commands: only what is wrong, on standard error.
    static let quiet: Logger = {
        var logger = Logger(label: "liankong") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        return logger
    }()

    /// For a hub that serves.
    static func serving(level: Logger.Level) -> Logger {
        var logger = Logger(label: "hub") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}
