package import CloudEvents
package import Logging
package import PostgresClient

/// Everything that is kept, in PostgreSQL: one method a statement, one file an
/// aggregate, with the names the SQL has.
///
/// Reads go over the pool. What enters a log goes over two connections of its
/// own, one for events and one for changes of duties, because their calls hold
/// a county's lane until they have committed.
package struct Store: Sendable {
    /// Connections for reads and for writes outside the lane.
    package let pool: PostgresPool
    let admissionLane: PostgresPool
    let changeLane: PostgresPool
    let configuration: PostgresConfiguration
    let logger: Logger
    let wordings = WordingMemory()

    /// A store over a database; connects when first used.
    ///
    /// - Parameters:
    ///   - configuration: where the database is.
    ///   - readers: how many connections serve reads; a handful saturates the database.
    package init(configuration: PostgresConfiguration, readers: Int = 4, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        self.pool = PostgresPool(configuration: configuration, size: readers, logger: logger)
        self.admissionLane = PostgresPool(configuration: configuration, size: 1, logger: logger)
        self.changeLane = PostgresPool(configuration: configuration, size: 1, logger: logger)
    }

    /// Closes every connection; waiting calls fail.
    package func close() async {
        await pool.close()
        await admissionLane.close()
        await changeLane.close()
    }
}

extension PostgresTimestamp {
    /// The instant in the wire's type.
    package init(_ timestamp: Timestamp) {
        self.init(microseconds: timestamp.microseconds)
    }

    /// The instant in the domain's type.
    package var timestamp: Timestamp { Timestamp(microseconds: microseconds) }
}
