package import Coordination
package import PostgresClient

extension Store {
    /// Stores a batch of changes through the lane, in one round trip and one
    /// commit, and returns when it is durable.
    ///
    /// - Returns: for each change its position; nil for one that lost a race:
    ///   the duty is in another version than the change was judged on.
    /// - Throws: ``PostgresError``; `.outcomeUnknown` when the connection was
    ///   lost at the commit: the duty's version tells what became of it.
    package func changeDuties(_ batch: [DutyChangeRow]) async throws -> [Position?] {
        let rows = try await query(
            taking: PostgresStatement(
                name: "change_duties", sql: Self.changeDutiesSQL, binds: DutyChangeArrays(batch).binds),
            over: changeLane)
        guard rows.count == batch.count else { throw StoreError.unexpectedShape("change_duties") }
        return try rows.map { row in
            try row.decode("change_position", as: Int64?.self).map(Position.init(rawValue:))
        }
    }

    private static let changeDutiesSQL: String = {
        let binds = DutyChangeArrays.types.enumerated().map { "$\($0.offset + 1)::\($0.element)[]" }
        return """
            SELECT change_position FROM hub.change_duties(\(binds.joined(separator: ", "))) ORDER BY ordinal
            """
    }()

    /// The request that was stored under a key; nil for a new key, or one that
    /// maintenance has forgotten.
    package func commandRequest(
        of key: PostgresUUID, duty: DutyID, county: CountyID,
    ) async throws -> [UInt8]? {
        let rows = try await pool.query(
            PostgresStatement(
                name: "command_key",
                sql: """
                    SELECT request FROM hub.command_key
                    WHERE county = $1 AND duty = $2 AND key = $3
                    """,
                binds: [county.rawValue, duty.rawValue, key],
            ))
        return try rows.first?.decode("request", as: [UInt8].self)
    }
}

/// A batch turned on its side: one array a column, as the statement takes it.
private struct DutyChangeArrays {
    static let types =
        [
            "smallint", "bigint", "integer", "timestamptz", "uuid", "text", "text", "text", "text", "bytea", "bytea",
            "text",
            "timestamptz", "text", "timestamptz", "timestamptz", "timestamptz", "text", "text", "smallint", "smallint",
            "smallint", "timestamptz", "uuid", "bytea",
            "text", "text", "text", "text", "text", "timestamptz", "timestamptz", "boolean", "boolean", "boolean",
            "uuid", "bytea",
            "integer", "text", "smallint", "timestamptz",
        ] + WordingArrays.types

    let binds: [any PostgresEncodable]

    init(_ batch: [DutyChangeRow]) {
        let assigned = batch.map { $0.isAssignment ? $0.duty : nil }
        let timers = batch.enumerated().flatMap { index, row in row.timers.map { (change: Int32(index + 1), timer: $0) }
        }
        var wordings = WordingArrays()
        let hashes = batch.map { row in row.wording.map { wordings.add($0, of: row.duty.county) } }
        binds =
            [
                batch.map(\.duty.county.rawValue),
                batch.map(\.duty.id.rawValue),
                batch.map { $0.duty.version - 1 },
                batch.map { PostgresTimestamp($0.at) },
                batch.map(\.token),
                batch.map(\.byUnit.rawValue),
                batch.map(\.officer?.rawValue),
                batch.map(\.command),
                batch.map(\.duty.state.rawValue),
                batch.map(\.detail),
                batch.map(\.sealedNote),
                [String?](repeating: nil, count: batch.count),

                batch.map { $0.duty.signedAt.map { PostgresTimestamp($0) } },
                batch.map(\.duty.signedBy?.rawValue),
                batch.map { $0.duty.acceptedAt.map { PostgresTimestamp($0) } },
                batch.map { $0.duty.startedAt.map { PostgresTimestamp($0) } },
                batch.map { $0.duty.completedAt.map { PostgresTimestamp($0) } },
                batch.map(\.duty.completedBy?.rawValue),
                batch.map(\.duty.outcome),
                batch.map(\.duty.step),
                batch.map(\.duty.reminders),
                batch.map(\.duty.reworks),
                batch.map { $0.duty.endedAt.map { PostgresTimestamp($0) } },
                hashes,
                batch.map { $0.wording == nil ? nil : $0.duty.milestones.clocks },

                assigned.map { $0?.unit.rawValue },
                assigned.map { $0?.role.rawValue },
                assigned.map { $0?.planRole.rawValue },
                assigned.map { $0?.ladder },
                assigned.map { $0?.verifier?.rawValue },
                assigned.map { $0?.signBy.map { PostgresTimestamp($0) } },
                assigned.map { $0?.settleBy.map { PostgresTimestamp($0) } },
                assigned.map { $0?.provisional },
                assigned.map { $0?.needsCompletion },
                batch.map(\.isAssignment),

                batch.map(\.idempotency?.key),
                batch.map(\.idempotency?.request),

                timers.map(\.change),
                timers.map(\.timer.milestone),
                timers.map(\.timer.step),
                timers.map { PostgresTimestamp($0.timer.due) },
                wordings.county, wordings.hash, wordings.body,
            ] as [any PostgresEncodable]
    }
}
