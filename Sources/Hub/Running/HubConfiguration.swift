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
    /// How often other processes' changes of counties and the database's clock are looked at. 2 s unless set.
    package var refreshEvery: Duration = .seconds(2)
    /// How many events share a commit at the most. 500 unless set.
    package var admissionBatch = 500
    /// How many changes of duties share a commit at the most. 500 unless set.
    package var changeBatch = 500

    /// A configuration with the stated defaults.
    ///
    /// - Parameter databaseURL: a libpq connection string or URI.
    package init(databaseURL: String, keyFile: String) {
        database = PostgresConfiguration(connectionString: databaseURL)
        self.keyFile = keyFile
    }
}
