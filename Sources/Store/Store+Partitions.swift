import PostgresClient

extension Store {
    /// How many positions beyond the last one partitions are made for.
    ///
    /// At 20,000 events a second an event takes some eight positions, so this
    /// is two minutes at full speed, four turns of the maintenance, and more
    /// than a month of a prefecture's load.
    private static let partitionsAhead: Int64 = 20_000_000

    /// Makes the partitions that the next positions will need; nobody who reads
    /// or stores waits for it.
    ///
    /// - Returns: how many tables it made.
    package func makePartitions() async throws -> Int32 {
        let rows = try await pool.query(
            PostgresStatement(
                name: "make_partitions",
                sql: "SELECT hub.make_partitions((SELECT last_value FROM hub.position_seq) + $1) AS made",
                binds: [Self.partitionsAhead],
            ))
        return try rows.first?.decode("made", as: Int32.self) ?? 0
    }

    /// Runs a statement that takes positions, over one of the lanes.
    ///
    /// Where maintenance has not kept ahead, as after a long stop of it, the
    /// statement has stored nothing; the partitions are made then and it runs
    /// again, so that nothing is ever refused for want of one.
    func query(taking statement: PostgresStatement, over lane: PostgresPool) async throws -> PostgresRows {
        do {
            return try await lane.query(statement)
        } catch let error as PostgresError where error.lacksPartition {
            _ = try await makePartitions()
            return try await lane.query(statement)
        }
    }
}

extension PostgresError {
    /// A row lies beyond the last partition. The server reports it as a check
    /// that failed, and of those alone without the name of a constraint.
    fileprivate var lacksPartition: Bool {
        code == .server && sqlState == .checkViolation && constraint == nil
    }
}
