import Foundation
import Synchronization

/// A `liankong serve`, started again whenever it ends, as a service manager
/// does; always at the same address.
final class HubProcess: Sendable {
    private struct State {
        /// Whether it is to run; false while a fault keeps it down.
        var isWanted = false
        var isOver = false
        var database = ""
        var program: Program?
        /// Why its next end is no surprise.
        var isExpectedToEnd = false
        var hasServed = false
        var surprises: [String] = []
    }

    let index: Int
    let host: String
    let port: Int
    let log: String
    /// Between it and the database; nil for the one in a network namespace.
    let proxy: DatabaseProxy?
    /// The file from which its wall clock is read; nil where it is the machine's.
    let clockFile: String?
    private let liankong: String
    private let wrapper: @Sendable ([String]) -> [String]
    private let urlOf: @Sendable (String) -> String
    private let fakeTime: FakeTime?
    private let home: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - urlOf: the connection string of a database.
    ///   - wrapper: what goes before its command.
    init(
        index: Int, host: String, port: Int, home: String, logs: String, liankong: String, proxy: DatabaseProxy?,
        fakeTime: FakeTime?, urlOf: @escaping @Sendable (String) -> String,
        wrapper: @escaping @Sendable ([String]) -> [String] = { $0 },
    ) throws {
        self.index = index
        self.host = host
        self.port = port
        self.proxy = proxy
        self.liankong = liankong
        self.wrapper = wrapper
        self.urlOf = urlOf
        log = logs + "/hub-\(index).log"
        self.home = home
        if fakeTime != nil {
            let file = home + "/hub-\(index).clock"
            try FakeTime.set(file, ahead: 0)
            clockFile = file
        } else {
            clockFile = nil
        }
        self.fakeTime = fakeTime
    }

    var url: String { "http://\(host):\(port)" }
    var isUp: Bool { state.withLock { $0.program != nil } && Self.isOpen(host, port) }

    /// Ends of the process that nobody asked for, since this was asked last.
    func surprises() -> [String] {
        state.withLock { state in
            defer { state.surprises = [] }
            return state.surprises
        }
    }

    // MARK: - Keeping it running

    /// Keeps it running until ``end()``.
    func supervise() async {
        while true {
            let (program, isWanted, isOver) = state.withLock { ($0.program, $0.isWanted, $0.isOver) }
            if let program {
                if let end = program.poll() { note(end) } else if !isOver { noteService() }
            } else if isOver {
                return
            } else if isWanted {
                launch()
            }
            await Pause.outlastingCancellation(milliseconds: 30)
        }
    }

    private func launch() {
        let database = state.withLock { $0.database }
        var environment = [
            "LIANKONG_KEYS": home + "/keys.json", "LIANKONG_DATABASE_URL": urlOf(database),
            // By this it is found again where the harness itself was killed.
            "LIANKONG_CHAOS_HOME": home,
        ]
        if let fakeTime, let clockFile,
            let clock = try? fakeTime.environment(of: "hub-\(index)", following: clockFile)
        {
            environment.merge(clock) { $1 }
        }
        let command = wrapper([
            liankong, "serve", "--host", host, "--port", String(port), "--rate", "1000000", "--log-level", "info",
        ])
        let program = try? Program.start(command, output: log, environment: environment)
        state.withLock { state in
            state.program = program
            state.isExpectedToEnd = false
            state.hasServed = false
        }
    }

    private func noteService() {
        guard !state.withLock({ $0.hasServed }), Self.isOpen(host, port) else { return }
        state.withLock { $0.hasServed = true }
    }

    private func note(_ end: Program.End) {
        state.withLock { state in
            // A hub that loses its database at the start says so and ends; one
            // that has served stays, and none falls.
            let givesUpAtTheStart = if case .exited = end { !state.hasServed } else { false }
            if !state.isExpectedToEnd, !givesUpAtTheStart {
                state.surprises.append("hub \(index) ended by itself: \(end)")
            }
            state.program = nil
        }
    }

    // MARK: - What faults do

    /// Lets it run over a database.
    func run(over database: String) {
        state.withLock { state in
            state.database = database
            state.isWanted = true
        }
    }

    /// Sends a signal that ends it, and keeps it down until ``run(over:)`` or
    /// ``bringBack()``.
    func takeDown(_ signal: Int32) {
        state.withLock { state in
            state.isWanted = false
            state.isExpectedToEnd = true
            state.program?.send(signal)
            // A stopped one hears no other signal.
            if signal != SIGKILL { state.program?.send(SIGCONT) }
        }
    }

    func bringBack() { state.withLock { $0.isWanted = true } }

    /// Stops all its threads where they are, or lets them go on.
    func freeze(_ isFrozen: Bool) { state.withLock { $0.program?.send(isFrozen ? SIGSTOP : SIGCONT) } }

    /// Waits until it does not run.
    ///
    /// - Returns: false where it had to be killed.
    @discardableResult
    func awaitEnd(within limit: Duration = .seconds(20)) async -> Bool {
        let deadline = ContinuousClock.now + limit
        var endsByItself = true
        while state.withLock({ $0.program != nil }) {
            if endsByItself, ContinuousClock.now > deadline {
                endsByItself = false
                takeDown(SIGKILL)
            }
            await Pause.outlastingCancellation(milliseconds: 20)
        }
        return endsByItself
    }

    /// Ends it for good.
    func end() {
        takeDown(SIGKILL)
        state.withLock { $0.isOver = true }
        proxy?.close()
        fakeTime?.forget("hub-\(index)")
    }

    // MARK: - Ports

    /// A free port that no client is given by chance while the hub is down.
    static func steadyPort() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: 15_000..<32_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            if withAddress("127.0.0.1", port, { bind(descriptor, $0, $1) }) == 0 { return port }
        }
        throw ChaosFailure("no port is free")
    }

    /// Whether somebody listens at a port; asked without waiting for long.
    static func isOpen(_ host: String, _ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        if withAddress(host, port, { connect(descriptor, $0, $1) }) == 0 { return true }
        guard errno == EINPROGRESS else { return false }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, 100) == 1 else { return false }
        var fault: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &fault, &size)
        return fault == 0
    }

    private static func withAddress(
        _ host: String, _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32,
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
