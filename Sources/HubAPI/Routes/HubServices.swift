package import Coordination
package import Hub
package import Logging
package import Store

/// The services behind the routes.
package struct HubServices: Sendable {
    package let core: HubCore
    package let rates: RateLimiter
    package let metrics: HubMetrics
    package let drain: Drain
    package let capacity: Capacity
    package let logEnds = LogEnds()

    package init(
        core: HubCore, rates: RateLimiter, metrics: HubMetrics, drain: Drain, capacity: Capacity = Capacity(),
    ) {
        self.core = core
        self.rates = rates
        self.metrics = metrics
        self.drain = drain
        self.capacity = capacity
    }

    package var store: Store { core.store }
    package var counties: CountyRegistry { core.counties }
    package var clock: HubClock { core.clock }
    package var publisher: Publisher { core.publisher }
    package var desk: DutyDesk { core.desk }
    package var sweeper: Sweeper { core.sweeper }
    package var opener: Opener { core.opener }
    package var consumers: ConsumerDesk { core.consumers }
    package var wakeups: Wakeups { core.wakeups }
    package var tokens: TokenDirectory { core.tokens }
    package var logger: Logger { core.logger }

    /// Whether a county is a demonstration, which every answer about it says.
    package func isDemonstration(_ county: CountyID) -> Bool {
        (try? counties.county(county).record.sandbox) ?? false
    }
}
