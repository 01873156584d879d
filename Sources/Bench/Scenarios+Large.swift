import CloudEvents
import Foundation
import Glibc

extension Scenarios {
    /// Puts years of record into the hub's tables: so many events, a duty each.
    func prepareYears(_ total: Int64, psql: String, url: String) throws {
        let session = accounting.session
        try session.query("\\i \(scripts)/large.sql")
        let secretariat = try hub.requests(with: "secretariat")
        let contracts = try hub.exchange(secretariat.get("/v1/contracts?limit=500"))
        let types = (contracts["items"]?.arrayValue ?? []).compactMap { $0["type"]?.stringValue }
        guard !types.isEmpty else { throw BenchFailure("the hub knows no event types") }
        try session.query(
            """
            INSERT INTO bench.spread
            SELECT ARRAY[\(Self.list(hub.units))], ARRAY[\(Self.list(types))], now() + clock_offset
            FROM hub.county WHERE key = 'bench'
            """)
        guard let base = try session.query("SELECT last_value + 1000 FROM hub.position_seq").first?.first,
            let base = Int64(base)
        else { throw BenchFailure("the sequence of positions cannot be read") }
        try session.query("SELECT hub.make_partitions(\(base + 4 * total + 20_000_000))")
        try session.query("SELECT setval('hub.position_seq', \(base + 4 * total + 1000))")
        try unhurried {
            let writers = try (0..<2).map { _ in try SQLSession(psql: psql, url: url) }
            defer { for writer in writers { writer.close() } }
            try fill(total, base: base, by: writers)
            Command.progress("\(total) events: vacuum and statistics")
            try session.query("VACUUM (ANALYZE)")
        }
        try session.query("CHECKPOINT")
        // What was written without fsync is written out now, not while others measure.
        sync()
        try awaitFolding()
    }

    /// Does something that need not survive a crash, without what only costs
    /// time then; what is measured later runs with all of it.
    private func unhurried(_ body: () throws -> Void) throws {
        let settings = ["full_page_writes", "fsync", "autovacuum"]
        for name in settings { try accounting.session.query("ALTER SYSTEM SET \(name) = off") }
        try accounting.session.query("SELECT pg_reload_conf()")
        let result = Swift.Result { try body() }
        for name in settings { try accounting.session.query("ALTER SYSTEM RESET \(name)") }
        try accounting.session.query("SELECT pg_reload_conf()")
        try result.get()
    }

    /// The hub folds the board's counts by itself, every half minute.
    func awaitFolding() throws {
        for _ in 0..<180 {
            let left = try accounting.session.query("SELECT count(*) FROM hub.board_delta").first?.first
            if let left = left.flatMap({ Int64($0) }), left < 1000 { return }
            Thread.sleep(forTimeInterval: 1)
        }
        throw BenchFailure("the hub does not fold the board's counts")
    }

    private static func list(_ texts: [String]) -> String {
        texts.map { "'\($0.replacingOccurrences(of: "'", with: "''"))'" }.joined(separator: ", ")
    }

    /// Sessions, one for each core, take turns.
    private func fill(_ total: Int64, base: Int64, by writers: [SQLSession]) throws {
        let step = max(1, min(200_000, total / 20))
        func chunk(_ from: Int64) -> String {
            "SELECT bench.years(\(from), \(min(total, from + step)), \(total), \(base)) \\gexec"
        }
        let begin = Monotonic.now
        var told = begin
        let before = try size()
        try accounting.session.query(chunk(0))
        try checkSpace(for: total, each: Double(try size() - before) / Double(step))
        for (number, from) in stride(from: step, to: total, by: Int64.Stride(step)).enumerated() {
            let writer = writers[number % writers.count]
            if number >= writers.count { try writer.finish() }
            try writer.begin(chunk(from))
            guard Monotonic.now - told > 20_000_000_000 else { continue }
            told = Monotonic.now
            Command.progress("\(from) of \(total) events after \((told - begin) / 1_000_000_000) s")
        }
        for writer in writers { try writer.finish() }
        Command.progress("\(total) events after \((Monotonic.now - begin) / 1_000_000_000) s")
    }

    private func size() throws -> Int64 {
        try accounting.session.query("SELECT pg_database_size(current_database())").first?.first.flatMap { Int64($0) }
            ?? 0
    }

    /// Says so before the disk is full, and leaves room for the log.
    private func checkSpace(for total: Int64, each bytes: Double) throws {
        let folder = try accounting.session.query("SHOW data_directory").first?.first ?? "/"
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (attributes[.systemFreeSize] as? NSNumber)?.doubleValue else { return }
        let room = free - 10e9
        guard bytes * Double(total) > room else { return }
        let most = Int64(room / bytes) / 100_000 * 100_000
        throw BenchFailure(
            "\(total) events would take \(Int(bytes * Double(total) / 1e9)) GB, and beside the log there are "
                + "\(Int(room / 1e9)): use --rows \(most)")
    }

    /// The board and lists of duties, over years of record.
    func board() throws -> Measurement {
        var line = Measurement("board-10m", "the board and lists of duties, 4 connections", unit: "looks")
        line.goal = Goal(p99: 50)
        let looks = try looks()
        var latencies = looks.map { _ in LoadResult() }
        var asked = [Int](repeating: 0, count: 4)
        var number = 0
        try measure(&line) {
            let loop = try LoadLoop(ports: asked.map { _ in hub.port })
            let measureFrom = Monotonic.now + 1_000_000_000
            let end = measureFrom + UInt64(seconds * 1e9)
            var result = LoadResult()
            result.seconds = seconds
            try loop.run(
                until: end,
                next: { connection, buffer in
                    asked[connection] = number % looks.count
                    let variants = looks[asked[connection]].requests
                    buffer.append(contentsOf: variants[number / looks.count % variants.count])
                    number += 1
                    return true
                },
                answered: { connection, answer, now in
                    guard answer.status == 200 else { return result.refuse(answer) }
                    result.total += 1
                    guard now >= measureFrom, now < end else { return }
                    result.answered += 1
                    result.latencies.append(now - answer.startedAt)
                    latencies[asked[connection]].latencies.append(now - answer.startedAt)
                })
            return result
        }
        line.parts = zip(looks, latencies).map { look, result in
            let percentiles = result.percentiles([0.5, 0.99])
            return (look.name, percentiles[0], percentiles[1])
        }
        return line
    }

    /// What is looked at, in several variants each.
    private func looks() throws -> [(name: String, requests: [[UInt8]])] {
        let secretariat = try hub.requests(with: "secretariat")
        let found =
            try accounting.session.query(
                """
                SELECT s.units, s.types, to_char(s.now, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), m.case_id, m.id
                FROM (
                    SELECT array_to_string(units, ' ') AS units, array_to_string(types, ' ') AS types,
                        (now + interval '12 hours') AT TIME ZONE 'UTC' AS now
                    FROM bench.spread
                ) AS s, LATERAL (
                    SELECT case_id, id FROM hub.duty
                    WHERE county = 1 AND id <= (SELECT max(id) / 2 FROM hub.duty WHERE county = 1) AND case_id IS NOT NULL
                    ORDER BY id DESC LIMIT 1
                ) AS m
                """
            ).first ?? []
        guard found.count == 5 else { throw BenchFailure("there is nothing to look at") }
        let units = found[0].split(separator: " ").map(String.init)
        let types = found[1].split(separator: " ").map(String.init)
        func all(_ name: String, _ paths: [String]) -> (name: String, requests: [[UInt8]]) {
            (name, paths.map { secretariat.get("/v1/\($0)") })
        }
        return [
            all("the board", ["board"]),
            all("the board of a unit", units.map { "board?unit=\($0)" }),
            all("all duties", ["duties"]),
            all("all open duties", ["duties?open=true"]),
            all("a unit's duties", units.map { "duties?unit=\($0)" }),
            all("a unit's duties, half the record back", units.map { "duties?unit=\($0)&cursor=\(found[4])" }),
            all("a unit's open duties", units.map { "duties?unit=\($0)&open=true" }),
            all("a unit's signed duties", units.map { "duties?unit=\($0)&state=signed" }),
            all("a unit's duties by role", units.map { "duties?unit=\($0)&role=responsible" }),
            all("duties of a type", types.map { "duties?type=\($0)" }),
            all("open duties of a type", types.map { "duties?type=\($0)&open=true" }),
            all("duties not signed in time", ["duties?overdue=sign"]),
            all("a unit's duties not settled in time", units.map { "duties?unit=\($0)&overdue=settle" }),
            all("duties due within twelve hours", ["duties?dueBefore=\(found[2])"]),
            all("duties of a case", ["duties?case=c-\(found[3])"]),
        ]
    }

    /// Publishing over years of record.
    func publishOverYears(_ total: Int64) throws -> Measurement {
        let reference = try reference()
        var line = try publishSingle(
            connections: 64, as: "publish-10m-ratio", what: "publish-single-64 with \(total) events on record")
        line.reference = reference
        line.goal = Goal(ratio: 0.9)
        return line
    }
}
