import CloudEvents
import Foundation
import TestSupport
import Testing

/// The commands that speak to a hub.
struct HubCommandTests {
    /// Runs the command against a hub, as a speaker.
    private static func liankong(
        _ arguments: [String], as speaker: TestHub.Speaker, of hub: TestHub, input: String = "",
    ) async throws -> CommandRun {
        try await CommandRun.liankong(
            arguments, input: input,
            environment: [
                "LIANKONG_URL": "http://127.0.0.1:\(hub.port)", "LIANKONG_TOKEN": try await hub.token(speaker) ?? "",
            ])
    }

    private static let sample = Repository.file("deploy/mengjin/samples/03-internet-cafe-minors.json")

    private static func json(_ run: CommandRun) throws -> JSONValue {
        try JSONReader.read(Array(run.output.utf8)).get()
    }

    @Test func publishesAndShowsWhoReceivedIt() async throws {
        try await TestHub.with { hub in
            let run = try await Self.liankong(["publish", Self.sample], as: .unit("psb"), of: hub)
            #expect(run.status == 0)
            for words in ["牵头单位", "主办（责任）单位", "协办（责任）单位", "知会", "督办", "文化广电和旅游局", "III."] {
                #expect(run.output.contains(words), "\(words) is missing")
            }
            let again = try await Self.liankong(["publish", "--json", Self.sample], as: .unit("psb"), of: hub)
            #expect(try Self.json(again)["duplicate"] == true)
        }
    }

    @Test func aDryRunStoresNothing() async throws {
        try await TestHub.with { hub in
            let run = try await Self.liankong(["publish", "--dry-run", Self.sample], as: .unit("psb"), of: hub)
            #expect(run.status == 0 && run.output.contains("dry run"))
            let list = try await Self.liankong(["events", "list", "--json"], as: .unit("psb"), of: hub)
            #expect(try Self.json(list)["items"] == [])
        }
    }

    @Test func aRefusedEventEndsWithOneAndEveryFault() async throws {
        try await TestHub.with { hub in
            var event = try JSONReader.read(Array(try String(contentsOfFile: Self.sample, encoding: .utf8).utf8)).get()
            guard case .object(var object) = event, case .object(var data)? = object["data"] else {
                Issue.record("the sample is no object")
                return
            }
            data["nonsense"] = 1
            data["venueKind"] = "casino"
            object["data"] = .object(data)
            event = .object(object)
            let text = String(decoding: event.encodedBytes(), as: UTF8.self)
            let run = try await Self.liankong(["publish", "-"], as: .unit("psb"), of: hub, input: text)
            #expect(run.status == 1)
            #expect(run.errors.contains("/data/nonsense") && run.errors.contains("/data/venueKind"))
            let json = try await Self.liankong(["publish", "--json", "-"], as: .unit("psb"), of: hub, input: text)
            #expect(json.output.isEmpty && json.errors.hasPrefix("{") && json.errors.contains("\"errors\""))
        }
    }

    @Test func aBatchShowsEachResult() async throws {
        try await TestHub.with { hub in
            let good = try String(contentsOfFile: Self.sample, encoding: .utf8)
            let run = try await Self.liankong(
                ["publish", "-"], as: .unit("psb"), of: hub, input: "[\(good), {\"specversion\": \"1.0\"}]")
            #expect(run.status == 1)
            #expect(run.output.contains("✗ 2: 400 bad-envelope"))
        }
    }

    @Test func explainsByTheSentenceOfThePlan() async throws {
        try await TestHub.with { hub in
            let published = try await Self.liankong(["publish", "--json", Self.sample], as: .unit("psb"), of: hub)
            let position = try Self.json(published)["position"]?.stringValue ?? ""
            let stored = try await Self.liankong(["explain", position], as: .unit("psb"), of: hub)
            #expect(stored.status == 0 && stored.output.contains("方案依据"))
            let planned = try await Self.liankong(["explain", Self.sample], as: .unit("psb"), of: hub)
            #expect(planned.status == 0)
            let shown = try await Self.liankong(["events", "show", position], as: .unit("psb"), of: hub)
            #expect(shown.status == 0 && shown.output.contains("待签收"))
        }
    }

    @Test func officersSignAndSettleFromTheCommandLine() async throws {
        try await TestHub.with { hub in
            _ = try await Self.liankong(["publish", Self.sample], as: .unit("psb"), of: hub)
            let officer = TestHub.Speaker.officer("culture-tourism-01")
            let list = try await Self.liankong(["duties", "list", "--open", "--json"], as: officer, of: hub)
            let duty = try Self.json(list)["items"]?.arrayValue?.first?["id"]?.stringValue ?? ""
            let signed = try await Self.liankong(["duties", "sign", duty], as: officer, of: hub)
            #expect(signed.status == 0 && signed.output.contains("已签收"))
            let accepted = try await Self.liankong(["duties", "accept", duty, "--note", "受理"], as: officer, of: hub)
            #expect(accepted.status == 0 && accepted.output.contains("已受理"))
            let wrong = try await Self.liankong(["duties", "verify", duty], as: officer, of: hub)
            #expect(wrong.status == 1)
            let count = try await Self.liankong(["duties", "list", "--count", "--json"], as: officer, of: hub)
            #expect(try Self.json(count)["count"] == 1)
            let several = try await Self.liankong(["duties", "sign", duty, "999999999"], as: officer, of: hub)
            #expect(several.status == 1 && several.output.contains("not-found"))
        }
    }

    @Test func readsTheFeedALineAnEntry() async throws {
        try await TestHub.with { hub in
            _ = try await Self.liankong(["publish", Self.sample], as: .unit("psb"), of: hub)
            let run = try await Self.liankong(["feed", "--json"], as: .unit("culture-tourism"), of: hub)
            let lines = run.output.split(separator: "\n")
            #expect(lines.count == 1)
            #expect(lines.first?.contains("\"kind\":\"delivery\"") ?? false)
            let cursor = run.errors.split(separator: " ").last.map(String.init) ?? ""
            let rest = try await Self.liankong(
                ["feed", "--after", cursor.trimmingCharacters(in: .newlines), "--json"],
                as: .unit("culture-tourism"), of: hub)
            #expect(rest.output.isEmpty && rest.status == 0)
        }
    }

    @Test func showsTheBoardAndSweeps() async throws {
        try await TestHub.with { hub in
            _ = try await Self.liankong(["publish", Self.sample], as: .unit("psb"), of: hub)
            let board = try await Self.liankong(["board"], as: .officer("jm-office-01"), of: hub)
            #expect(board.status == 0 && board.output.contains("文化广电和旅游局"))
            let sweep = try await Self.liankong(["sweep", "--dry-run"], as: .officer("jm-office-01"), of: hub)
            #expect(sweep.status == 0 && sweep.output.contains("dry run"))
            let forbidden = try await Self.liankong(["sweep"], as: .officer("hrss-01"), of: hub)
            #expect(forbidden.status == 1 && forbidden.errors.contains("scope-missing"))
        }
    }

    @Test func showsContractsSchemasAndSamplesThatCanBePublished() async throws {
        try await TestHub.with { hub in
            let type = "culture.minor-admission.reported"
            let list = try await Self.liankong(["contracts", "list"], as: .unit("psb"), of: hub)
            #expect(list.status == 0 && list.output.contains(type))
            let shown = try await Self.liankong(["contracts", "show", type], as: .unit("psb"), of: hub)
            #expect(shown.status == 0 && shown.output.contains("venueName"))
            let schema = try await Self.liankong(["contracts", "schema", type], as: .unit("psb"), of: hub)
            #expect(schema.output.contains("$schema"))
            let sample = try await Self.liankong(["contracts", "sample", type], as: .unit("psb"), of: hub)
            let source = try Self.json(sample)["source"]?.stringValue ?? ""
            let publisher = source.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
            let published = try await Self.liankong(
                ["publish", "-"], as: .unit(publisher), of: hub, input: sample.output)
            #expect(published.status == 0)
        }
    }

    @Test func playsTheSamplesOnce() async throws {
        try await TestHub.with { hub in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("demo \(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let environment = [
                "LIANKONG_DATABASE_URL": hub.database.url, "LIANKONG_TOKENS": folder + "/tokens.json",
                "LIANKONG_URL": "http://127.0.0.1:\(hub.port)",
            ]
            let clock = try await CommandRun.liankong(
                ["sandbox", "clock", "--county", "mengjin-demo", "--to", "2020-10-28T18:00:00+08:00", "--start"],
                environment: environment)
            #expect(clock.status == 0)
            let tokens = try await CommandRun.liankong(
                [
                    "token", "provision", "--county", "mengjin-demo", "--into", folder + "/tokens.json", "--url",
                    "http://127.0.0.1:\(hub.port)",
                ], environment: environment)
            #expect(tokens.status == 0)
            let arguments = ["demonstrate", Repository.file("deploy/mengjin/samples"), "--county", "mengjin-demo"]
            let story = try await CommandRun.liankong(arguments, environment: environment)
            #expect(story.status == 0, "\(story.errors)")
            for words in [
                "演示数据", "人力资源和社会保障局", "文化广电和旅游局", "主办（责任）单位", "方案依据", "signed 签收", "时钟调至", "催办 remind",
                "拟稿 draft",
            ] {
                #expect(story.output.contains(words), "\(words) is missing in \(story.output)")
            }
            let again = try await CommandRun.liankong(arguments, environment: environment)
            #expect(again.status == 0 && again.output.contains("played before"))
        }
    }
}
