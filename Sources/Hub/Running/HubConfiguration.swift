package import PostgresClient

/// What a hub process is told when it starts.
package struct HubConfiguration: Sendable {
    /// Where the database is.
    package var database: PostgresConfiguration
    /// The file with the keys that seal; made, with mode 0600, for a database that has none yet.
    package var keyFile: String
    /// Whether the database goes on with other keys than its own, because those are lost. No unless set.
    package var takesNewKeys = false
    /// How many connections serve reads. 4 unless set: a handful saturates a database.
    package var readers = 4
    /// How often due steps are looked for. 30 s unless set.
    package var sweepEvery: Duration = .seconds(30)
    /// How often the board is folded, partitions are made and old keys forgotten. 30 s unless set.
    package var maintainEvery: Duration = .seconds(30)
    /// How long what is not part of the record is kept.
    package var retention = Retention()
    /// How often other processes' changes of counties and the database's clock are looked at. 2 s unless set.
    package var refreshEvery: Duration = .seconds(2)
    /// When those who are refused during maintenance are told to try again. 10 s unless set: the
    /// client's persistent policy waits no longer.
    package var maintenanceRetryAfter: Duration = .seconds(10)
    /// How many events share a commit at the most. 500 unless set.
    package var admissionBatch = 500
    /// How many events may wait for their commit before publishers are told to wait; a batch is
    /// taken whole, so at least 1,000. 20,000 unless set.
    package var mailbox = 20_000
    /// How many changes of duties share a commit at the most. 500 unless set.
    package var changeBatch = 500
    /// How many consumers a unit may have. 100 unless set.
    package var consumersPerUnit = 100

    /// A configuration with the stated defaults.
    ///
    /// - Parameter databaseURL: a libpq connection string or URI.
    package init(databaseURL: String, keyFile: String) {
        database = PostgresConfiguration(connectionString: databaseURL)
        self.keyFile = keyFile
    }
}

/// How long what is not part of the record is kept; everything else stays as
/// long as the installation.
package struct Retention: Sendable, Hashable {
    /// For how many days a command is answered by its idempotency key. 30 unless
    /// set, which is what the API promises: not less.
    package var commandKeyDays: Int32 = 30
    /// For how many days after the event a delivery that a consumer has given
    /// up can be delivered again. 180 unless set; in the unit's log it stays.
    package var deadDeliveryDays: Int32 = 180

    /// The stated defaults.
    package init() {}
}
