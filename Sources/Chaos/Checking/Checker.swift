import PostgresClient

/// Compares a ledger with its database, and the database with itself.
struct Checker: Sendable {
    /// The ledger as it stood before the database was looked at.
    let book: Ledger.Book
    /// The last entry of each unit's log that every follower must have; what
    /// the hubs' own sweeps add later may or may not have come.
    let lastEntries: [String: Int64]

    /// How many examples of a breach are told.
    private static let examples = 3

    /// Everything that is wrong, as one instant shows it.
    ///
    /// - Parameter isInTransaction: whether the session is in one already.
    func findings(_ session: PostgresScriptSession, isInTransaction: Bool = false) async throws -> [String] {
        if !isInTransaction {
            try await session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", name: "begin")
        }
        var findings: [String] = []
        for (what, sql) in Invariants.all {
            findings += Self.finding(what, try await session.texts(sql).map { $0.joined(separator: " ") })
        }
        findings += try await events(session)
        findings += try await signatures(session)
        findings += try await steps(session)
        findings += try await consumers(session)
        findings += try await logs(session)
        if !isInTransaction { try await session.run("COMMIT", name: "commit") }
        return findings
    }

    private static func finding(_ what: String, _ breaches: [String]) -> [String] {
        guard !breaches.isEmpty else { return [] }
        let shown = breaches.prefix(examples).joined(separator: ", ")
        return ["\(what): \(breaches.count) (\(shown)\(breaches.count > examples ? ", …" : ""))"]
    }

    // MARK: - Against the ledger

    /// What was answered is stored, once, for the very recipients that were
    /// named; nothing else is.
    private func events(_ session: PostgresScriptSession) async throws -> [String] {
        let rows = try await session.texts(
            "SELECT convert_from(e.attrs, 'UTF8')::jsonb ->> 'id', e.position::text FROM hub.event AS e")
        let stored = Dictionary(grouping: rows.compactMap { row in Int64(row[1]).map { (row[0], $0) } }, by: \.0)
        var duties: [Int64: [String: Int64?]] = [:]
        var several: [String] = []
        for row in try await session.texts("SELECT r.event::text, r.unit, r.duty::text FROM hub.recipient AS r") {
            guard let event = Int64(row[0]) else { continue }
            if duties[event, default: [:]].updateValue(Int64(row[2]), forKey: row[1]) != nil {
                several.append("\(row[1]) of \(event)")
            }
        }
        var missing: [String] = []
        var double: [String] = []
        var moved: [String] = []
        var other: [String] = []
        for (id, answer) in book.stored {
            guard let found = stored[id] else {
                missing.append(id)
                continue
            }
            if found.count > 1 { double.append(id) }
            if found[0].1 != answer.position { moved.append("\(id) at \(found[0].1), not \(answer.position)") }
            if duties[answer.position] ?? [:] != answer.duties { other.append(id) }
        }
        let unasked = stored.keys.filter { !book.sent.contains($0) }
        let unanswered = stored.keys.filter { book.sent.contains($0) && book.stored[$0] == nil }
        return Self.finding("an answered event that is missing", missing)
            + Self.finding("an event that is stored twice", double)
            + Self.finding("an event that stands elsewhere than was answered", moved)
            + Self.finding("an event with other duties than were answered", other)
            + Self.finding("a unit that received an event twice", several)
            + Self.finding("an event that nobody sent", unasked)
            + Self.finding("an event that is stored and was never answered", unanswered)
    }

    private func signatures(_ session: PostgresScriptSession) async throws -> [String] {
        let rows = try await session.texts(
            "SELECT d.id::text, d.signed_by FROM hub.duty AS d WHERE d.signed_at IS NOT NULL")
        let signed = Dictionary(rows.compactMap { row in Int64(row[0]).map { ($0, row[1]) } }) { first, _ in first }
        let missing = book.signatures.filter { signed[$0.key] != $0.value }.map { "\($0.key)" }
        let unasked = signed.keys.filter { book.signatures[$0] == nil }.map { "\($0)" }
        return Self.finding("an answered signature that is missing", missing)
            + Self.finding("a signature that was never answered", unasked)
    }

    /// Sweeps whose answers were lost fired too, and so did the hubs' own: what
    /// was answered is the least.
    private func steps(_ session: PostgresScriptSession) async throws -> [String] {
        let rows = try await session.texts(
            "SELECT count(*)::text FROM hub.step_fired AS f WHERE f.outcome <> 'collapsed'")
        let stored = rows.first.flatMap { Int($0[0]) } ?? 0
        return stored < book.stepsFired
            ? ["sweeps answered that they fired \(book.stepsFired) steps, \(stored) are on record"] : []
    }

    /// Every delivery was handed out, never to two at once, and settled.
    private func consumers(_ session: PostgresScriptSession) async throws -> [String] {
        var findings: [String] = []
        for consumer in SharedConsumer.all {
            let rows = try await session.texts(
                """
                SELECT r.position::text FROM hub.recipient AS r
                WHERE r.unit = '\(consumer.unit)' AND r.officer IS NULL
                """)
            let expected = Set(rows.compactMap { Int64($0[0]) })
            let account = book.consumers[consumer.name] ?? Ledger.Account()
            let handed = Set(account.handings.map(\.delivery))
            let name = consumer.name
            findings += Self.finding(
                "\(name): a delivery that was never handed out", expected.subtracting(handed).sorted().map(String.init))
            findings += Self.finding(
                "\(name): a delivery that nobody settled",
                expected.subtracting(account.settled).sorted().map(String.init))
            findings += Self.finding(
                "\(name): a delivery that is none of the unit's",
                handed.subtracting(expected).sorted().map(String.init))
            findings += Self.finding("\(name): a delivery in two hands at once", Self.twoHands(account.handings))
        }
        return findings
    }

    private static func twoHands(_ handings: [Ledger.Handing]) -> [String] {
        let inOrder = handings.sorted { ($0.delivery, $0.attempt) < ($1.delivery, $1.attempt) }
        return zip(inOrder, inOrder.dropFirst()).compactMap { earlier, later in
            guard earlier.delivery == later.delivery, !earlier.isGivenBack else { return nil }
            let isRight = later.attempt > earlier.attempt && later.begin >= earlier.end
            return isRight ? nil : "\(later.delivery), attempts \(earlier.attempt) and \(later.attempt)"
        }
    }

    /// What each follower received is the log, whole and in order.
    private func logs(_ session: PostgresScriptSession) async throws -> [String] {
        var findings: [String] = []
        for unit in Follower.units {
            let whole = try await Self.log(of: unit, session)
            for mode in Follower.Mode.allCases {
                let name = "\(unit) \(mode.rawValue)"
                let received = book.followed[name] ?? []
                let last = max(received.last ?? 0, lastEntries[unit] ?? 0)
                let log = whole.prefix { $0 <= last }
                guard received != Array(log) else { continue }
                let missing = Set(log).subtracting(received).sorted().map(String.init)
                let others = Set(received).subtracting(log).sorted().map(String.init)
                findings += Self.finding("\(name): an entry of the log that it never received", missing)
                findings += Self.finding("\(name): an entry that is not in the log", others)
                if missing.isEmpty, others.isEmpty { findings.append("\(name): its log is not in order") }
            }
        }
        return findings
    }

    /// The positions of a unit's log.
    static func log(of unit: String, _ session: PostgresScriptSession) async throws -> [Int64] {
        try await session.texts(
            """
            SELECT a.position::text FROM (
                SELECT position FROM hub.recipient WHERE unit = '\(unit)' UNION ALL
                SELECT position FROM hub.duty_change WHERE '\(unit)' IN (unit, publisher, lead)
            ) AS a ORDER BY a.position
            """
        ).compactMap { Int64($0[0]) }
    }
}
