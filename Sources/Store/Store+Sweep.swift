package import CloudEvents
package import Coordination
package import PostgresClient

extension Store {
    /// The timers of a county that are due at an instant, in the order of their
    /// due instants, after one that was read before.
    ///
    /// They are read without locks: whoever carries a decision out first takes
    /// the timer (``fireSteps(_:county:asOf:at:)``).
    package func dueTimers(
        county: CountyID, asOf: Timestamp, after: DueTimer? = nil, limit: Int,
    ) async throws -> [DueTimer] {
        let rows = try await pool.query(
            Self.dueTimersStatement(county: county, asOf: asOf, after: after, limit: limit))
        return try rows.map { row in
            DueTimer(
                duty: DutyID(rawValue: try row.decode("duty", as: Int64.self)),
                milestone: try row.decode("kind", as: String.self),
                step: try row.decode("step", as: Int16.self),
                due: try row.decode("due", as: PostgresTimestamp.self).timestamp,
                lastFired: try row.decode("last_fired", as: Int16?.self),
            )
        }
    }

    /// The statement of ``dueTimers(county:asOf:after:limit:)``, for the test of its plan.
    package static func dueTimersStatement(
        county: CountyID, asOf: Timestamp, after: DueTimer?, limit: Int,
    ) -> PostgresStatement {
        PostgresStatement(
            name: "due_timers",
            sql: """
                SELECT t.due, t.duty, t.kind, t.step, f.step AS last_fired
                FROM (
                    SELECT due, duty, kind, step FROM hub.timer
                    WHERE county = $1 AND due <= $2 AND (due, duty, kind, step) > ($3, $4, $5, $6)
                    ORDER BY due, duty, kind, step LIMIT \(limit)
                ) AS t
                LEFT JOIN LATERAL (
                    SELECT o.step FROM hub.step_fired AS o
                    WHERE o.county = $1 AND o.duty = t.duty AND o.kind = t.kind
                    ORDER BY o.step DESC LIMIT 1
                ) AS f ON true
                ORDER BY t.due, t.duty, t.kind, t.step
                """,
            binds: [
                county.rawValue, PostgresTimestamp(asOf),
                after.map { PostgresTimestamp($0.due) } ?? .negativeInfinity, after?.duty.rawValue ?? 0,
                after?.milestone ?? "", after?.step ?? 0,
            ],
        )
    }

    /// Carries out what a sweep decided, in one call and one commit.
    ///
    /// - Parameters:
    ///   - asOf: the instant the sweep looked from, kept with each step.
    ///   - at: when it goes on the duties' record.
    /// - Returns: for each decision whether it was carried out. Otherwise the
    ///   timer is gone, or the duty has changed and the timer stands.
    package func fireSteps(
        _ decisions: [TimerDecision], county: CountyID, asOf: Timestamp, at: Timestamp,
    ) async throws -> [Bool] {
        guard !decisions.isEmpty else { return [] }
        let rows = try await query(
            taking: PostgresStatement(
                name: "fire_steps",
                sql: Self.fireStepsSQL,
                binds: FiringArrays(decisions, county: county, asOf: asOf, at: at).binds,
            ), over: changeLane)
        guard let applied = try rows.first?.decode("applied", as: [Bool].self), applied.count == decisions.count else {
            throw StoreError.unexpectedShape("fire_steps")
        }
        return applied
    }

    private static let fireStepsSQL: String = {
        let binds = FiringArrays.types.enumerated().map { "$\($0.offset + 1)::\($0.element)[]" }
        return "SELECT hub.fire_steps(\(binds.joined(separator: ", "))) AS applied"
    }()
}

/// Decisions turned on their side: one array a column, as the statement takes it.
private struct FiringArrays {
    static let types = [
        "smallint", "timestamptz", "bigint", "text", "smallint", "integer", "timestamptz", "timestamptz",
        "smallint", "text", "text", "bytea", "text", "smallint", "smallint", "smallint", "timestamptz",
        "integer", "smallint",
    ]

    let binds: [any PostgresEncodable]

    init(_ decisions: [TimerDecision], county: CountyID, asOf: Timestamp, at: Timestamp) {
        let skipped = decisions.enumerated().flatMap { index, decision in
            (decision.firing?.skipped ?? []).map { (timer: Int32(index + 1), step: $0) }
        }
        let next = decisions.map { $0.next.timer }
        binds =
            [
                [Int16](repeating: county.rawValue, count: decisions.count),
                decisions.map { PostgresTimestamp($0.timer.due) },
                decisions.map(\.timer.duty.rawValue),
                decisions.map(\.timer.milestone),
                decisions.map(\.timer.step),
                decisions.map(\.version),
                [PostgresTimestamp](repeating: PostgresTimestamp(asOf), count: decisions.count),
                [PostgresTimestamp](repeating: PostgresTimestamp(at), count: decisions.count),

                decisions.map(\.firing?.step),
                decisions.map(\.firing?.outcome.rawValue),
                decisions.map(\.firing?.command.rawValue),
                decisions.map(\.firing?.detail),
                decisions.map(\.firing?.logUnit?.rawValue),
                decisions.map(\.firing?.dutyStep),
                decisions.map(\.firing?.reminders),

                next.map { $0?.step },
                next.map { $0?.due },
                skipped.map(\.timer),
                skipped.map(\.step),
            ] as [any PostgresEncodable]
    }
}

extension TimerDecision.Next {
    /// The row to wait in; nil for none.
    fileprivate var timer: (step: Int16, due: PostgresTimestamp)? {
        switch self {
        case .nothing: nil
        case .timer(let timer): (timer.step, PostgresTimestamp(timer.due))
        case .rest: (LadderStep.highest + 1, .infinity)
        }
    }
}
