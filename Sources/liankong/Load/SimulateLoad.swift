import ArgumentParser
import ChineseIdentifiers
import CloudEvents
import Coordination
import Foundation
import HubClient

/// A month of a prefecture's load, in minutes.
struct SimulateLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play a month of a prefecture's load through a hub, in demonstration counties. 模拟一个月的负载。",
        discussion: """
            Units report, officers sign and settle or do not, sweeps remind and escalate, hour by hour of the counties' \
            own clocks: registers in the mornings of school days, offices in their hours, internet cafés in the \
            evenings and at weekends. Everybody in it is made up. Speaks to the hub over HTTP with the tokens of \
            .liankong/tokens.json, which needs the officers' tokens too.

              liankong load simulate
              liankong load simulate --days 7 --calendar deploy/mengjin/calendar.yaml
              liankong load simulate --county demo-1 --county demo-2 --events-per-day 1400

            A prefecture of nine counties reports \(LoadShape.eventsPerDay) events on a working day: each county has \
            some 50,000 pupils, of whom 1.2 % are absent, and 100 reports of other kinds. The counties share them \
            evenly. Units send as fast as the hub lets them: start it with a higher --rate for a shorter time.

            The same seed and first day make the same events, so that a repetition stores nothing twice; without \
            --from it goes on after the counties' time. Exit status: 0 done; 1 events were refused, or a county is no \
            demonstration; 2 unreadable; 4 no hub answers.
            """,
    )

    @Option(help: "Keys of demonstration counties; all of the file where none is named. 演示县。")
    var county: [String] = []

    @Option(help: "How many days. 天数。")
    var days = 30

    @Option(name: .customLong("events-per-day"), help: "Events of a working day, of all counties. 每工作日事件数。")
    var eventsPerDay = LoadShape.eventsPerDay

    @Option(
        help: "The first day, 2026-11-02; else the day after the latest county's time. 起始日。", transform: Self.readDay)
    var from: CivilDate?

    @Option(help: "A calendar of holidays, such as deploy/mengjin/calendar.yaml; else weekends alone. 工作日历。")
    var calendar: String?

    @Option(help: "The same seed makes the same events. 随机种子。")
    var seed: UInt64 = 1

    @Option(help: "Requests at a time. 并发请求数。")
    var connections = 16

    @Option(help: "End after so many minutes, wherever it stands. 最长分钟数。")
    var minutes = 60

    @Option(help: "The hub; else LIANKONG_URL, else the address in the file of tokens. 平台地址。")
    var url: String?

    @OptionGroup var output: OutputOptions

    private static func readDay(_ text: String) throws -> CivilDate {
        guard let day = CivilDate(text) else {
            throw ValidationError("write a day as in 2026-11-02 / 请写日期，如2026-11-02")
        }
        return day
    }

    func validate() throws {
        for (name, number, range) in [
            ("--days", days, 1...3660), ("--events-per-day", eventsPerDay, 1...10_000_000),
            ("--connections", connections, 1...1024), ("--minutes", minutes, 1...10_080),
        ] {
            guard range.contains(number) else {
                throw ValidationError("\(name) is \(range.lowerBound) to \(range.upperBound) / 超出范围")
            }
        }
    }

    func run() async throws {
        let tokens = try tokenFile()
        let counties = try chosenCounties(tokens)
        let calendar = LoadCalendar(calendar: try self.calendar.map(Self.read(calendar:)))
        var retries = RetryPolicy()
        // A unit over its rate is told when to come again, as often as it takes.
        retries.limit = 100
        let url = self.url ?? ProcessInfo.processInfo.environment["LIANKONG_URL"] ?? tokens.url ?? HubOptions.defaultURL
        let casts = counties.map { Cast(url: url, tokens: tokens, county: $0, retries: retries) }
        do {
            try await play(casts, counties: counties, tokens: tokens, calendar: calendar)
        } catch {
            for cast in casts { await cast.leave() }
            throw error
        }
        for cast in casts { await cast.leave() }
    }

    private func play(
        _ casts: [Cast], counties: [String], tokens: TokenFile, calendar: LoadCalendar,
    ) async throws {
        var first = from
        for (cast, county) in zip(casts, counties) where from == nil {
            let day = try await Self.nextDay(of: cast, units: tokens.units(county: county))
            first = max(first ?? day, day)
        }
        guard let first else { return }
        let tally = LoadTally(hours: days * 24 * counties.count)
        let deadline = ContinuousClock.now + .seconds(minutes * 60)
        var simulations: [CountySimulation] = []
        for (cast, county) in zip(casts, counties) {
            simulations.append(
                CountySimulation(
                    reports: try await .prepare(
                        seed: seed, county: county, units: tokens.units(county: county), cast: cast, firstDay: first),
                    cast: cast, calendar: calendar, days: days, perDay: Double(eventsPerDay) / Double(counties.count),
                    connections: max(1, connections / counties.count), deadline: deadline, tally: tally))
        }
        let isComplete = try await Self.run(simulations, tally: tally)
        if output.isJSON {
            Output.json(tally.json(counties: counties.count, days: days, first: "\(first)", isComplete: isComplete))
        } else {
            tally.printSummary(counties: counties.count, days: days, first: "\(first)", isComplete: isComplete)
        }
        let refused = tally.now.refused
        guard refused == 0 else {
            throw CommandFailure(
                .refused, code: "partly-refused", "refused \(Words.count(refused, "event", "events"))",
                "\(refused)个事件被拒收")
        }
    }

    private static func run(_ simulations: [CountySimulation], tally: LoadTally) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool?.self) { group in
            for simulation in simulations { group.addTask { try await simulation.run() } }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(2))
                    if !Task.isCancelled { Output.error(tally.progress) }
                }
                return nil
            }
            var (left, isComplete) = (simulations.count, true)
            while left > 0, let ended = try await group.next() {
                guard let ended else { continue }
                left -= 1
                isComplete = isComplete && ended
            }
            group.cancelAll()
            return isComplete
        }
    }

    // MARK: - What is needed

    private func tokenFile() throws -> TokenFile {
        guard let tokens = try TokenFile.found() else {
            throw CommandFailure(
                .unreadable, code: "no-token-file", "there is no .liankong/tokens.json here or above", "未找到令牌文件",
                hints: ["liankong token provision writes it; deploy/run does"])
        }
        return tokens
    }

    private func chosenCounties(_ tokens: TokenFile) throws -> [String] {
        for key in county where !tokens.isDemonstration(county: key) {
            throw CommandFailure(
                .refused, code: "not-a-sandbox",
                "'\(key)' is no demonstration in \(tokens.path); load is played in one",
                "模拟负载只能在演示县进行")
        }
        let all = county.isEmpty ? tokens.counties.filter { tokens.isDemonstration(county: $0) } : county
        guard !all.isEmpty else {
            throw CommandFailure(
                .refused, code: "not-a-sandbox", "\(tokens.path) has no demonstration; load is played in one",
                "令牌文件中没有演示县，模拟负载只能在演示县进行")
        }
        return all
    }

    private static func read(calendar path: String) throws -> WorkCalendar {
        let text = String(decoding: try Output.file(path), as: UTF8.self)
        return try WorkCalendar.load(files: [(name: path, text: text)]).get()
    }

    private static func nextDay(of cast: Cast, units: [String]) async throws -> CivilDate {
        let now = try await cast.client(of: units.first ?? "").me()["serverTime"]?.stringValue
            .flatMap { Timestamp(rfc3339: $0) }
        guard let now else {
            throw CommandFailure(.refused, code: "not-a-hub", "the hub does not tell its time", "平台未返回时间")
        }
        return now.beijingDate.adding(days: 1)
    }
}
