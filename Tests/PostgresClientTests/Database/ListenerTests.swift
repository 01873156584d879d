import Testing

@testable import PostgresClient

extension DatabaseTests {
    @Suite struct ListenerTests {
        let database = TestDatabase.current

        /// Runs a body beside a listener to a channel, with a subscription
        /// that has heard of the beginning.
        private func withListener(
            timing: PostgresListener.Timing = PostgresListener.Timing(),
            _ body: (
                _ channel: String, _ application: String, inout PostgresSubscription.AsyncIterator, PostgresPool,
            ) async throws -> Void,
        ) async throws {
            let channel = "Lk \"\(UInt64.random(in: 0...UInt64.max))\""
            let configuration = database.configuration()
            let listener = PostgresListener(
                configuration: configuration, channels: [channel, channel + "2"], timing: timing, logger: .quiet)
            let subscription = listener.subscribe()
            var events = subscription.makeAsyncIterator()
            try await database.withPool(size: 1) { pool in
                let running = Task { await listener.run() }
                #expect(await events.next() == .mayHaveMissedSomething)
                do {
                    try await body(channel, configuration.applicationName, &events, pool)
                } catch {
                    running.cancel()
                    throw error
                }
                running.cancel()
                await running.value
                #expect(await events.next() == nil)
                try await pool.untilGone(configuration.applicationName)
            }
        }

        @Test func notificationsAreHeard() async throws {
            try await withListener { channel, _, events, pool in
                _ = try await pool.query("SELECT pg_notify(\(channel), 'one')")
                _ = try await pool.query("SELECT pg_notify(\(channel + "2"), '二')")
                #expect(await events.next() == .notification(PostgresNotification(channel: channel, payload: "one")))
                #expect(
                    await events.next() == .notification(PostgresNotification(channel: channel + "2", payload: "二")))
            }
        }

        @Test func aLostConnectionIsMadeAgainAndSaidSo() async throws {
            try await withListener { channel, application, events, pool in
                for round in 0..<3 {
                    try await pool.until(
                        """
                        SELECT count(pg_terminate_backend(pid)) = 1 FROM pg_stat_activity
                        WHERE application_name = \(application)
                        """)
                    #expect(await events.next() == .mayHaveMissedSomething)
                    _ = try await pool.query("SELECT pg_notify(\(channel), \(String(round)))")
                    #expect(
                        await events.next()
                            == .notification(PostgresNotification(channel: channel, payload: String(round))))
                }
            }
        }

        @Test func itNotifiesItselfToProveThatItIsAlive() async throws {
            var timing = PostgresListener.Timing()
            timing.probeInterval = .milliseconds(10)
            try await withListener(timing: timing) { channel, application, events, pool in
                // The session's latest statement is its latest probe.
                let probe: PostgresStatement =
                    "SELECT query FROM pg_stat_activity WHERE application_name = \(application)"
                var probes: Set<String> = []
                while probes.count < 3 {
                    let latest = try await pool.value(probe, as: String.self)
                    if latest.hasPrefix("NOTIFY \"probe_") { probes.insert(latest) }
                }
                _ = try await pool.query("SELECT pg_notify(\(channel), 'x')")
                #expect(await events.next() == .notification(PostgresNotification(channel: channel, payload: "x")))
            }
        }
    }
}
