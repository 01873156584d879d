import CloudEvents
import TestSupport
import Testing

/// The commands on consumers, against a hub.
struct ConsumerCommandTests {
    private static func consumers(_ arguments: String..., of hub: TestHub, input: String = "") async throws
        -> CommandRun
    {
        try await CommandRun.liankong(
            ["consumers"] + arguments, input: input,
            environment: [
                "LIANKONG_URL": "http://127.0.0.1:\(hub.port)",
                "LIANKONG_TOKEN": try await hub.token(.unit("hrss")) ?? "",
            ])
    }

    private static func withReports(
        _ count: Int, _ body: @escaping @Sendable (TestHub) async throws -> Void,
    ) async throws {
        try await TestHub.with { hub in
            for number in 0..<count {
                let answer = try await hub.publish(
                    try Sample.report(id: "r-\(number)", employer: number), as: .unit("jm-office"))
                try #require(answer.status == 201)
            }
            try await body(hub)
        }
    }

    private static func json(_ run: CommandRun) throws -> JSONValue {
        try JSONReader.read(Array(run.output.utf8)).get()
    }

    /// What `ack` takes, read off a table of `fetch`.
    private static func held(_ run: CommandRun) -> [String] {
        run.output.split(separator: "\n").dropFirst(2).compactMap { $0.split(separator: " ").first.map(String.init) }
    }

    @Test func aConsumerIsSetBitByBitAndRemoved() async throws {
        try await Self.withReports(0) { hub in
            let made = try await Self.consumers(
                "set", "intake", "--lease", "5m", "--filter", "type LIKE 'labour.%'", of: hub)
            #expect(made.status == 0, "\(made.errors)")
            for words in ["intake", "5m", "type LIKE 'labour.%'", "earliest 从头", "运行中", "none 不限"] {
                #expect(made.output.contains(words), "\(words) is missing")
            }
            let changed = try await Self.consumers(
                "set", "intake", "--max-attempts", "3", "--ordering", "case", "--json", of: hub)
            let json = try Self.json(changed)
            #expect(json["lease"] == "PT300S" && json["filter"] == "type LIKE 'labour.%'")
            #expect(json["maxAttempts"] == 3 && json["ordering"] == "case")
            let freed = try await Self.consumers("set", "intake", "--filter", "", "--json", of: hub)
            #expect(try Self.json(freed)["filter"] == .null)
            let moved = try await Self.consumers("set", "intake", "--latest", of: hub)
            #expect(moved.status == 1 && moved.errors.contains("start-is-fixed"))
            let wrong = try await Self.consumers(
                "set", "intake", "--filter", "type LIKE", "--types", "no.such", of: hub)
            #expect(wrong.status == 1 && wrong.errors.contains("/filter") && wrong.errors.contains("/types/0"))
            let list = try await Self.consumers("list", of: hub)
            #expect(list.status == 0 && list.output.contains("intake"))
            let removed = try await Self.consumers("remove", "intake", of: hub)
            #expect(removed.status == 0 && removed.output.contains("已删除"))
            let gone = try await Self.consumers("show", "intake", of: hub)
            #expect(gone.status == 1 && gone.errors.contains("not-found"))
        }
    }

    @Test func whatFetchShowsCanBeSettled() async throws {
        try await Self.withReports(3) { hub in
            _ = try await Self.consumers("set", "intake", of: hub)
            let fetched = try await Self.consumers("fetch", "intake", of: hub)
            let held = Self.held(fetched)
            #expect(fetched.status == 0 && held.count == 3, "\(fetched)")
            for words in ["主办 handling", "labour.child-labour.reported", "r-2"] {
                #expect(fetched.output.contains(words), "\(words) is missing")
            }
            let extended = try await Self.consumers("extend", "intake", held[0], of: hub)
            #expect(extended.status == 0 && extended.output.contains("已延长"))
            let acked = try await Self.consumers("ack", "intake", held[0], held[1], of: hub)
            #expect(acked.status == 0 && acked.output.contains("已确认"))
            let again = try await Self.consumers("ack", "intake", held[0], "--json", of: hub)
            #expect(again.status == 0)
            #expect(try Self.json(again)["results"]?.arrayValue?.first?["result"] == "already-acked")
            let back = try await Self.consumers(
                "nack", "intake", held[2], "--delay", "1h", "--reason", "档案系统维护中", of: hub)
            #expect(back.status == 0 && back.output.contains("已退还"))
            let late = try await Self.consumers("ack", "intake", held[2], of: hub)
            #expect(late.status == 1 && late.output.contains("stale") && late.errors.contains("not-held"))
            let none = try await Self.consumers("fetch", "intake", of: hub)
            #expect(none.status == 0 && none.output.contains("none 无"))
        }
    }

    @Test func fetchCanBePipedIntoAck() async throws {
        try await Self.withReports(2) { hub in
            _ = try await Self.consumers("set", "intake", of: hub)
            let fetched = try await Self.consumers("fetch", "intake", "--json", "--wait", "5s", of: hub)
            #expect(try Self.json(fetched)["deliveries"]?.arrayValue?.count == 2)
            let acked = try await Self.consumers("ack", "intake", "-", of: hub, input: fetched.output)
            #expect(acked.status == 0, "\(acked.errors)")
            // Nothing fetched is nothing to acknowledge.
            let empty = try await Self.consumers("fetch", "intake", "--json", of: hub)
            let nothing = try await Self.consumers("ack", "intake", "-", "--json", of: hub, input: empty.output)
            #expect(nothing.status == 0)
            #expect(try Self.json(nothing)["results"] == [])
            let wrong = try await Self.consumers("ack", "intake", "-", of: hub, input: "no")
            #expect(wrong.status == 2 && wrong.errors.contains("no-deliveries"))
            let shown = try await Self.consumers("show", "intake", "--json", of: hub)
            #expect(try Self.json(shown)["inFlight"] == 0)
        }
    }

    @Test func whatWasGivenUpIsShownAndRedriven() async throws {
        try await Self.withReports(1) { hub in
            _ = try await Self.consumers("set", "intake", "--max-attempts", "1", of: hub)
            let held = Self.held(try await Self.consumers("fetch", "intake", of: hub))
            _ = try await Self.consumers("nack", "intake", held[0], "--reason", "表格\n打不开", of: hub)
            let dead = try await Self.consumers("dead", "intake", of: hub)
            #expect(dead.status == 0 && dead.output.contains("表格 打不开") && dead.output.contains("r-0"))
            let others = try await Self.consumers("redrive", "intake", "999999999", "--json", of: hub)
            #expect(try Self.json(others)["redriven"] == 0)
            let redriven = try await Self.consumers("redrive", "intake", of: hub)
            #expect(redriven.status == 0 && redriven.output.contains("1 delivery"))
        }
    }

    @Test func aPausedConsumerSaysSo() async throws {
        try await Self.withReports(1) { hub in
            _ = try await Self.consumers("set", "intake", of: hub)
            let paused = try await Self.consumers("pause", "intake", of: hub)
            #expect(paused.status == 0 && paused.output.contains("已暂停"))
            let refused = try await Self.consumers("fetch", "intake", of: hub)
            #expect(refused.status == 1 && refused.errors.contains("paused"))
            let resumed = try await Self.consumers("resume", "intake", of: hub)
            #expect(resumed.status == 0 && resumed.output.contains("运行中"))
        }
    }
}
