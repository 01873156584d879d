import ArgumentParser
import Foundation
import Hub
import HubAPI

/// How much a hub takes on at once; beyond it callers are told to come again.
struct LimitOptions: ParsableArguments {
    @Option(
        name: .customLong("connections"),
        help: ArgumentHelp(
            "Connections at once. 同时连接数上限。",
            discussion: "Fewer where the system lets the process open fewer files; see ulimit -n or LimitNOFILE."))
    var connections = ServingLimits().connections

    @Option(
        name: .customLong("waits-per-unit"),
        help: "Event streams and long polls that a unit may have open. 每单位的事件流与长轮询数上限。")
    var waitsPerUnit = ServingLimits().waitsPerUnit

    @Option(
        name: .customLong("body-memory"),
        help: "MiB of request bodies in memory, of all requests; a unit at most half. 请求体内存上限（MiB）。")
    var bodyMemory = ServingLimits().bodyBytes >> 20

    @Option(
        name: .customLong("stream-memory"),
        help: "MiB that wait for the readers of streams; a unit at most half. 事件流待发内存上限（MiB）。")
    var streamMemory = ServingLimits().streamBytes >> 20

    @Option(
        name: .customLong("mailbox"),
        help: "Events that may wait for their commit; a unit at most half. 待提交事件数上限。")
    var mailbox = 20_000

    @Option(
        name: .customLong("head-timeout"),
        help: "Seconds in which the head of a request must have come. 请求头须在多少秒内发完。")
    var headTimeout = Int(ServingLimits().headTimeout.components.seconds)

    @Option(
        name: .customLong("body-timeout"),
        help: "Seconds in which the body must have come, and one more for each 16 KiB. 请求体须在多少秒内发完。")
    var bodyTimeout = 60

    /// More than a machine has of anything here, and little enough to reckon with.
    private static let most = 1_000_000

    func validate() throws {
        for (name, value, least) in [
            ("connections", connections, 1), ("waits-per-unit", waitsPerUnit, 1), ("body-memory", bodyMemory, 16),
            ("stream-memory", streamMemory, 1), ("mailbox", mailbox, 1_000), ("head-timeout", headTimeout, 1),
            ("body-timeout", bodyTimeout, 1),
        ] where !(least...Self.most).contains(value) {
            throw ValidationError("--\(name) is \(least) to \(Self.most) / 应在\(least)至\(Self.most)之间")
        }
    }

    /// Puts the limits into a configuration.
    func apply(to configuration: inout HubServerConfiguration) {
        configuration.limits.connections = min(connections, OpenFiles.forConnections())
        configuration.limits.waitsPerUnit = waitsPerUnit
        configuration.limits.bodyBytes = bodyMemory << 20
        configuration.limits.streamBytes = streamMemory << 20
        configuration.limits.headTimeout = .seconds(headTimeout)
        configuration.bodyTimeout = .seconds(bodyTimeout)
        configuration.hub.mailbox = mailbox
    }
}

/// How many files, sockets among them, the process may open.
enum OpenFiles {
    /// What is not for connections: the database, the log, refused connections.
    private static let others = 512

    /// Asks the system for as many as it gives without more rights.
    ///
    /// - Returns: how many of them can be connections.
    static func forConnections() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        let files = Int(clamping: limit.rlim_cur)
        return max(64, files - others)
    }
}
