package import Hub
import Hummingbird
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Store
import Synchronization
package import UnixSignals

/// What a hub process that serves the API is told when it starts.
package struct HubServerConfiguration: Sendable {
    /// Database, keys and intervals.
    package var hub: HubConfiguration
    /// The address to listen on. Loopback unless set: TLS and the outside belong to a proxy.
    package var host = "127.0.0.1"
    /// The port; 0 takes any that is free. 8080 unless set.
    package var port = 8080
    /// Requests per second of a unit without a rate of its own. 50 unless set.
    package var defaultRate = 50
    /// How much it takes on at once.
    package var limits = ServingLimits()
    /// How long a graceful shutdown may take before what is left is cut off. 20 s unless set.
    package var shutdownAfter: Duration = .seconds(20)
    /// How long a connection may idle between requests, or within one. 75 s unless set.
    package var idleTimeout: Duration = .seconds(75)
    /// How long the body of a request may take to come, beside one second for
    /// each 16 KiB of it. 60 s unless set: less than the time to idle, so that
    /// who is late is told.
    package var bodyTimeout: Duration = .seconds(60)

    /// A configuration with the stated defaults.
    package init(hub: HubConfiguration) {
        self.hub = hub
    }
}

/// The hub as a process: the core's services and the HTTP API over them.
///
/// A graceful shutdown goes from the outside in: the server stops accepting and
/// closes idle connections, long polls answer and streams end, requests that
/// are being judged get their answers, and only then do the lanes store what
/// waits and stop.
package final class HubHTTPServer: Sendable {
    private enum State {
        case starting([CheckedContinuation<Int, any Error>])
        case running(port: Int, group: ServiceGroup)
        case ended
    }

    /// The server did not get as far as a port, or has ended.
    package struct NotRunning: Error, Sendable, CustomStringConvertible {
        package var description: String { "the hub is not running" }
    }

    private let configuration: HubServerConfiguration
    private let logger: Logger
    private let onRunning: @Sendable (_ port: Int) async -> Void
    private let state = Mutex(State.starting([]))

    /// A server that is not yet running.
    ///
    /// - Parameter onRunning: called once, when requests are accepted.
    package init(
        configuration: HubServerConfiguration, logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Runs until ``shutDown()`` or one of the signals, gracefully, or until
    /// the task is cancelled, at once.
    ///
    /// - Throws: ``HubCore/Fault``, ``Keyring/Fault``, what the database says,
    ///   or that the port is taken.
    package func run(gracefulShutdownSignals: [UnixSignal] = []) async throws {
        defer { end() }
        let core = try await HubCore.open(configuration.hub, logger: logger)
        do {
            try await serve(core, gracefulShutdownSignals: gracefulShutdownSignals)
        } catch {
            await core.close()
            throw error
        }
        await core.close()
    }

    /// Stops accepting, answers what is being judged, ends streams; ``run``
    /// returns when that is done.
    package func shutDown() async {
        guard case .running(_, let group) = state.withLock({ $0 }) else { return }
        await group.triggerGracefulShutdown()
    }

    /// The port, once requests are accepted.
    ///
    /// - Throws: ``NotRunning`` when the server ended first.
    package func port() async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let known: Result<Int, any Error>? = state.withLock { state in
                switch state {
                case .starting(let waiting):
                    state = .starting(waiting + [continuation])
                    return nil
                case .running(let port, _): return .success(port)
                case .ended: return .failure(NotRunning())
                }
            }
            if let known { continuation.resume(with: known) }
        }
    }

    // MARK: -

    private func serve(_ core: HubCore, gracefulShutdownSignals: [UnixSignal]) async throws {
        let rates = RateLimiter(defaultRate: configuration.defaultRate)
        let services = HubServices(
            core: core, rates: rates, metrics: HubMetrics(), drain: Drain(wakeups: core.wakeups),
            capacity: Capacity(configuration.limits))
        services.registerMetrics()
        let started = AsyncStream.makeStream(of: Int.self)
        let http = try APIServer(
            services: services, host: configuration.host, port: configuration.port,
            idleTimeout: configuration.idleTimeout, bodyTimeout: configuration.bodyTimeout, logger: logger
        ) { port in
            started.continuation.yield(port)
            started.continuation.finish()
        }
        let running: [any Service] =
            core.services { rates.setRates(try await core.store.unitRates()) } + [http]
        var groupConfiguration = ServiceGroupConfiguration(
            services: running.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
            gracefulShutdownSignals: gracefulShutdownSignals, logger: logger)
        groupConfiguration.maximumGracefulShutdownDuration = configuration.shutdownAfter
        let group = ServiceGroup(configuration: groupConfiguration)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await port in started.stream { await self.begin(port: port, group: group) }
            }
            do {
                try await group.run()
            } catch {
                started.continuation.finish()
                throw error
            }
            started.continuation.finish()
            try await tasks.waitForAll()
        }
    }

    private func begin(port: Int, group: ServiceGroup) async {
        let waiting = state.withLock { state -> [CheckedContinuation<Int, any Error>] in
            guard case .starting(let waiting) = state else { return [] }
            state = .running(port: port, group: group)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: port) }
        logger.info("hub serving", metadata: ["hub_port": "\(port)"])
        await onRunning(port)
    }

    private func end() {
        let waiting = state.withLock { state -> [CheckedContinuation<Int, any Error>] in
            defer { state = .ended }
            if case .starting(let waiting) = state { return waiting }
            return []
        }
        for continuation in waiting { continuation.resume(throwing: NotRunning()) }
    }
}
