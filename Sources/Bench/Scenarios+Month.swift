import CloudEvents
import Foundation

/// A month of a prefecture's load between two measurements of the same: what a
/// hub has lived through must not make it slower.
extension Scenarios {
    /// What is measured before the month and after it.
    enum MonthPart: String, CaseIterable {
        case publish
        case sign
        case sweep
        case board

        fileprivate var what: String {
            switch self {
            case .publish: "publish-single-64 after a month of a prefecture's load"
            case .sign: "sign-64 after that month"
            case .sweep: "sweep with nothing due in the county of that month"
            case .board: "the board, 4 connections, after that month"
            }
        }

        fileprivate var name: String { "month-\(rawValue)-ratio" }
    }

    /// Measures all parts, and lets a month pass in a county of its own.
    func prepareMonth(command: String, tokens: String, calendar: String) throws {
        for part in MonthPart.allCases {
            let line = try measured(part)
            monthBefore[part] = (line.name, line.rate ?? 0)
        }
        let begin = Monotonic.now
        let told = try Command.output(
            of: command, environment: ["LIANKONG_TOKENS": tokens],
            [
                "load", "simulate", "--county", HubUnderTest.County.month.rawValue, "--url",
                "http://127.0.0.1:\(hub.port)", "--calendar", calendar, "--json",
            ])
        guard let line = told.split(separator: "\n").last, case .success(let tally) = JSONReader.read(Array(line.utf8))
        else { throw BenchFailure("the month's tally cannot be read: \(told.suffix(300))") }
        monthTally = String(decoding: tally.encodedBytes(), as: UTF8.self)
        Command.progress("a month after \((Monotonic.now - begin) / 1_000_000_000) s")
        try accounting.session.query("CHECKPOINT")
        try awaitFolding()
        // Whatever is due at the end of the month is done before it is looked for in vain.
        let admin = try hub.requests(with: "admin", in: .month)
        _ = try hub.exchange(admin.post("/v1/sweeps", body: Array("{}".utf8)), patience: 600)
    }

    /// The part again, compared with what it was before.
    func month(_ part: MonthPart) throws -> Measurement {
        var line = try measured(part)
        line.reference = monthBefore[part]
        line.goal = Goal(ratio: 0.9)
        return line
    }

    private func measured(_ part: MonthPart) throws -> Measurement {
        switch part {
        case .publish: return try publishSingle(connections: 64, as: part.name, what: part.what)
        case .sign: return try sign(as: part.name, what: part.what)
        case .sweep:
            return try repeated(
                part, unit: "sweeps", connections: 1,
                hub.requests(with: "admin", in: .month).post("/v1/sweeps", body: Array("{}".utf8)))
        case .board:
            return try repeated(part, unit: "looks", connections: 4, hub.requests(with: "secretariat").get("/v1/board"))
        }
    }

    private func repeated(
        _ part: MonthPart, unit: String, connections: Int, _ request: [UInt8],
    ) throws -> Measurement {
        var line = Measurement(part.name, part.what, unit: unit)
        try measure(&line) {
            try load(connections, warmUp: 1).run(next: {
                $0.append(contentsOf: request)
                return true
            })
        }
        return line
    }
}
