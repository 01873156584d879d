import ChineseIdentifiers
import CloudEvents
import Coordination
import HubClient

/// One county through its days, hour by hour: its clock is moved to the end of
/// the hour, its units report what happened in it, its officers sign and
/// settle, and mornings and evenings sweep.
struct CountySimulation: Sendable {
    let reports: SyntheticReports
    let cast: Cast
    let calendar: LoadCalendar
    let days: Int
    /// Events of a working day.
    let perDay: Double
    /// Requests at a time.
    let connections: Int
    let deadline: ContinuousClock.Instant
    let tally: LoadTally

    private static let batch = 100
    /// Before the offices open, and after they have closed.
    private static let sweepHours: Set = [8, 18]

    /// Runs to the end, or until the time is over.
    ///
    /// - Returns: whether it came to the end.
    func run() async throws -> Bool {
        let keeper = try cast.client(of: try await cast.officer(with: "admin").id)
        var diary = OfficeDiary(
            firstDay: reports.firstDay, calendar: calendar,
            random: SeededRandom(reports.seed, [reports.county, "officers"]))
        var clock = try await keeper.me()["serverTime"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        for hour in 0..<days * 24 {
            try Task.checkCancellation()
            guard ContinuousClock.now < deadline else { return false }
            let happening = happening(in: hour)
            let work = diary.take(hour)
            let sweeps = Self.sweepHours.contains(hour % 24)
            if !happening.isEmpty || !work.isEmpty || sweeps {
                let end = Timestamp(startOf: reports.firstDay).advanced(bySeconds: Int64(hour + 1) * 3600)
                // The clock never goes back; a repetition finds it ahead.
                if clock.map({ $0 < end }) ?? true { clock = try await keeper.moveSandboxClock(to: end) ?? end }
                try await publish(happening, in: hour, diary: &diary)
                try await act(work, in: hour, diary: &diary)
                if sweeps { try await sweep(keeper) }
            }
            let now = clock
            tally.add {
                $0.hours += 1
                $0.clocks[reports.county] = now
            }
        }
        return true
    }

    private func happening(in hour: Int) -> [SyntheticReports.Report] {
        let day = reports.firstDay.adding(days: hour / 24)
        let isWorkingDay = calendar.isWorkingDay(day)
        return LoadShape.streams.flatMap {
            reports.reports(of: $0, day: day, hour: hour % 24, isWorkingDay: isWorkingDay, perDay: perDay)
        }
    }

    // MARK: - Units

    private func publish(_ reports: [SyntheticReports.Report], in hour: Int, diary: inout OfficeDiary) async throws {
        let batches = Dictionary(grouping: reports, by: \.publisher).sorted { $0.key < $1.key }
            .flatMap { publisher, reports in
                stride(from: 0, to: reports.count, by: Self.batch).map { first in
                    (publisher, reports[first..<min(first + Self.batch, reports.count)].map(\.event))
                }
            }
        let answers = try await several(batches) { publisher, events in
            try await cast.client(of: publisher).publish(batch: JSONValue.array(events).encodedBytes())
        }
        for result in answers.flatMap(\.results) {
            switch result {
            case .refused(let problem):
                tally.add {
                    $0.refused += 1
                    if $0.firstRefusal == nil { $0.firstRefusal = problem }
                }
            case .stored(let receipt) where receipt.isDuplicate: tally.add { $0.duplicates += 1 }
            case .stored(let receipt):
                let duties = receipt.recipients.filter { $0.dutyID != nil && !$0.isJoined }
                tally.add {
                    $0.stored += 1
                    $0.duties += duties.count
                }
                for recipient in duties {
                    guard let duty = recipient.dutyID, let officer = cast.officer(of: recipient.unit) else { continue }
                    diary.receive(duty, officer: officer.id, in: hour)
                }
            }
        }
    }

    // MARK: - Officers

    private func act(_ work: [OfficeDiary.Entry], in hour: Int, diary: inout OfficeDiary) async throws {
        let lists = Dictionary(grouping: work.filter { $0.act == .sign }, by: \.officer).sorted { $0.key < $1.key }
            .flatMap { officer, entries in
                stride(from: 0, to: entries.count, by: Self.batch).map { first in
                    (officer, entries[first..<min(first + Self.batch, entries.count)].map(\.duty))
                }
            }
        let signed = try await several(lists) { officer, duties in
            (officer, try await cast.client(of: officer).sign(duties: duties))
        }
        for (officer, results) in signed {
            for result in results {
                guard result["status"]?.integerValue == 200, let json = result["duty"] else {
                    tally.add { $0.commandsRefused += 1 }
                    continue
                }
                tally.add { $0.signed += 1 }
                let duty = HubDuty(json: json)
                if duty.allowed.contains("accept") { diary.sign(duty.id, officer: officer, in: hour) }
            }
        }
        _ = try await several(work.filter { $0.act == .settle }) { entry in
            do {
                try await settle(entry.duty, by: try cast.client(of: entry.officer))
                tally.add { $0.settled += 1 }
            } catch let error as HubClientError where error.problem != nil && !error.isTransient {
                tally.add { $0.commandsRefused += 1 }
            }
        }
    }

    private func settle(_ id: String, by officer: HubClient) async throws {
        var duty = try await officer.command("accept", duty: id)
        if !duty.allowed.contains("complete") {
            duty = try await officer.command("start", duty: id, fields: ["note": "演示：已立案"])
        }
        let allowed = duty.json["allowed"]?.arrayValue?.first { $0["command"] == "complete" }
        var fields = JSONObject()
        if let outcome = allowed?["outcomes"]?.arrayValue?.first { fields["outcome"] = outcome }
        for name in allowed?["required"]?.arrayValue ?? [] where name == "note" { fields["note"] = "演示：已办结" }
        _ = try await officer.command("complete", duty: id, fields: fields)
    }

    private func sweep(_ keeper: HubClient) async throws {
        let result = try await keeper.sweep()
        tally.add {
            $0.sweeps += 1
            $0.steps += Int(result["stepsFired"]?.integerValue ?? 0)
        }
    }

    // MARK: - Several at a time

    /// Does something with every item, some at a time; the results in any order.
    private func several<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Result,
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { group in
            var results: [Result] = []
            var rest = items[...]
            for _ in 0..<connections {
                guard let item = rest.popFirst() else { break }
                group.addTask { try await body(item) }
            }
            while let result = try await group.next() {
                results.append(result)
                if let item = rest.popFirst() { group.addTask { try await body(item) } }
            }
            return results
        }
    }
}
