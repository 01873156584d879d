import HubClient
import TestProcesses
import TestSupport
import Testing

/// Several hub processes on one database, which a test stops, kills and starts
/// again one by one; each stays at its address.
struct HubFleet: Sendable {
    let processes: [HubProcess]
    /// The same processes, as those see them who speak to them.
    let hubs: [TestHub]

    /// Runs a body against so many hubs over a database of the test's own; what
    /// is left of them is gone afterwards.
    static func with<Result: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (HubFleet) async throws -> Result
    ) async throws -> Result {
        try await TestDatabase.with { database in
            let processes = try (0..<count).map { try HubProcess(over: database, number: $0) }
            do {
                // The first one makes the keys that all share.
                for process in processes { try await process.start() }
                let result = try await reached(processes[...], []) {
                    try await body(HubFleet(processes: processes, hubs: $0))
                }
                for process in processes { await process.remove() }
                return result
            } catch {
                for process in processes {
                    Issue.record("the log of the hub at port \(process.port):\n\(process.lastWords)")
                    await process.remove()
                }
                throw error
            }
        }
    }

    private static func reached<Result: Sendable>(
        _ processes: ArraySlice<HubProcess>, _ hubs: [TestHub],
        _ body: @escaping @Sendable ([TestHub]) async throws -> Result
    ) async throws -> Result {
        guard let first = processes.first else { return try await body(hubs) }
        return try await TestHub.with(port: first.port, of: first.database, keyFile: first.keyFile) { hub in
            try await reached(processes.dropFirst(), hubs + [hub], body)
        }
    }

    /// What a client is told that may go to any of them, one before the others.
    func clientConfiguration(as speaker: TestHub.Speaker, first: Int = 0) async throws -> HubClientConfiguration {
        let urls = processes.map { "http://127.0.0.1:\($0.port)" }
        return HubClientConfiguration(
            urls: Array(urls[first...] + urls[..<first]), token: try await hubs[0].token(speaker))
    }

    /// Stops one gracefully and starts it again.
    func restart(_ process: HubProcess, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        await process.terminate()
        let end = await process.end()
        // Within the time it is given, and not cut off.
        #expect(end == .exited(0), sourceLocation: sourceLocation)
        try await process.start()
    }
}
