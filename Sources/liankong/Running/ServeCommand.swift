import ArgumentParser
import Foundation
import Hub
import HubAPI
import Logging
import PostgresClient
import UnixSignals

/// Serves the API.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a hub over a database that is migrated and has a county. 运行平台。",
        discussion: """
            Answers on loopback unless told otherwise; put a proxy with TLS before it. SIGTERM or SIGINT stops it \
            gracefully: it accepts nothing new and answers what it has. Several hubs may run over one database.

              liankong migrate
              liankong county load deploy/mengjin --key mengjin
              liankong serve --port 8320
            """,
    )

    @Option(help: "The address to listen on. 监听地址。")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes any that is free. 端口。")
    var port = 8320

    @Flag(name: .customLong("next-free"), help: "If the port is taken, take the next free one. 端口被占用时顺延。")
    var takesNextFree = false

    @Option(
        name: .customLong("address-file"),
        help: "Write the hub's address into this file once it answers. 启动后写入地址。")
    var addressFile: String?

    @Option(help: "Requests a second that a unit may send unless set otherwise. 每单位每秒请求数。")
    var rate = 50

    @Option(
        name: .customLong("consumers-per-unit"), help: "How many consumers a unit may have. 每单位消费者数上限。")
    var consumersPerUnit = 100

    @Option(
        name: .customLong("database-silence"),
        help: ArgumentHelp(
            "Seconds without a word after which a database server counts as lost. 数据库无响应多少秒后视为失联。",
            discussion: "More than its statement_timeout, which is 30 s unless the connection string sets another."))
    var databaseSilence = 40

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error. 日志级别。")
    var logLevel = "info"

    @Flag(
        name: .customLong("new-keys"),
        help: ArgumentHelp(
            "The old key file is lost for good: go on with a new one. 旧密钥文件已永久丢失，改用新密钥。",
            discussion: """
                What was sealed before stays sealed, and open cases are not found again. \
                此前密封的内容无法再打开，已有个案不再匹配。
                """))
    var takesNewKeys = false

    @OptionGroup(title: "Limits 上限") var limits: LimitOptions
    @OptionGroup(title: "What is kept 保留") var retention: RetentionOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var keys: KeyOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is 0 to 65535 / 端口应在0至65535之间") }
        guard rate > 0 else { throw ValidationError("--rate is at least 1 / 应不小于1") }
        guard consumersPerUnit >= 0 else {
            throw ValidationError("--consumers-per-unit is at least 0 / 应不小于0")
        }
        guard databaseSilence > 0 else { throw ValidationError("--database-silence is at least 1 / 应不小于1") }
        guard Logger.Level(rawValue: logLevel) != nil else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--log-level is one of \(levels) / 日志级别应为其中之一")
        }
    }

    func run() async throws {
        var configuration = HubServerConfiguration(
            hub: HubConfiguration(databaseURL: try database.url(), keyFile: keys.path))
        configuration.hub.takesNewKeys = takesNewKeys
        configuration.hub.retention = retention.value
        configuration.hub.consumersPerUnit = consumersPerUnit
        configuration.hub.database.silenceTimeout = .seconds(databaseSilence)
        configuration.host = host
        configuration.port = try chosenPort()
        configuration.defaultRate = rate
        limits.apply(to: &configuration)
        let base = "http://\(host.contains(":") ? "[\(host)]" : host):"
        let addressFile = addressFile
        let logger = Logs.serving(level: Logger.Level(rawValue: logLevel) ?? .info)
        let server = HubHTTPServer(configuration: configuration, logger: logger) { port in
            Output.error("liankong: serving at 服务地址 \(base)\(port)")
            guard let addressFile else { return }
            // Whole or not at all: who waits for the file must not read half.
            try? Data("\(base)\(port)\n".utf8).write(to: URL(fileURLWithPath: addressFile), options: .atomic)
        }
        do {
            try await server.run(gracefulShutdownSignals: [.sigterm, .sigint])
        } catch let fault as Keyring.Fault {
            throw CommandFailure(fault)
        } catch {
            if LocalPort.isTaken(configuration.port, host: host) { throw Self.taken(configuration.port) }
            throw error
        }
    }

    private func chosenPort() throws -> Int {
        guard port > 0, LocalPort.isTaken(port, host: host) else { return port }
        guard takesNextFree else { throw Self.taken(port) }
        let last = min(port + 100, 65_535)
        guard let free = (port...last).first(where: { !LocalPort.isTaken($0, host: host) }) else {
            throw Self.taken(port)
        }
        Output.error("liankong: port \(port) is taken, taking \(free) / 端口\(port)被占用，改用\(free)")
        return free
    }

    private static func taken(_ port: Int) -> CommandFailure {
        CommandFailure(
            .refused, code: "port-taken", "port \(port) is taken", "端口\(port)被占用",
            hints: ["stop what uses it, name another with --port, or add --next-free"])
    }
}

extension CommandFailure {
    /// A key file with which a hub does not start.
    fileprivate init(_ fault: Keyring.Fault) {
        let hints =
            switch fault {
            case .unreadable, .malformed: [String]()
            case .missing, .foreign:
                [
                    "name the right file with --keys or LIANKONG_KEYS, or restore it from the key backup "
                        + "请用--keys指明正确的文件，或从密钥备份恢复",
                    "only if it is lost for good: liankong serve --new-keys 仅在确已永久丢失时使用",
                ]
            }
        self.init(.unreadable, code: "keys", fault.description, fault.messageZh, hints: hints)
    }
}
