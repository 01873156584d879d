package import Hub
package import Logging
package import Store

/// The services behind the routes.
package struct HubServices: Sendable {
    package let store: Store
    package let counties: CountyRegistry
    package let clock: HubClock
    package let sealer: Sealer
    package let publisher: Publisher
    package let desk: DutyDesk
    package let sweeper: Sweeper
    package let wakeups: Wakeups
    package let tokens: TokenDirectory
    package let rates: RateLimiter
    package let metrics: HubMetrics
    package let logger: Logger

    package init(
        store: Store, counties: CountyRegistry, clock: HubClock, sealer: Sealer, publisher: Publisher,
        desk: DutyDesk, sweeper: Sweeper, wakeups: Wakeups, tokens: TokenDirectory, rates: RateLimiter,
        metrics: HubMetrics, logger: Logger,
    ) {
        self.store = store
        self.counties = counties
        self.clock = clock
        self.sealer = sealer
        self.publisher = publisher
        self.desk = desk
        self.sweeper = sweeper
        self.wakeups = wakeups
        self.tokens = tokens
        self.rates = rates
        self.metrics = metrics
        self.logger = logger
    }
}
