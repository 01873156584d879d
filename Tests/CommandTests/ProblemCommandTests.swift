import CloudEvents
import Foundation
import TestSupport
import Testing

/// What the command says when a hub refuses, and when there is little to show.
struct ProblemCommandTests {
    private static let sample = Repository.file("deploy/mengjin/samples/03-internet-cafe-minors.json")

    private static func liankong(
        _ arguments: [String], as speaker: TestHub.Speaker, of hub: TestHub, input: String = "",
    ) async throws -> CommandRun {
        try await CommandRun.liankong(
            arguments, input: input,
            environment: [
                "LIANKONG_URL": "http://127.0.0.1:\(hub.port)", "LIANKONG_TOKEN": try await hub.token(speaker) ?? "",
            ])
    }

    /// A folder that is gone afterwards.
    private static func withFolder(_ body: @Sendable (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lk \(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func sendsEveryFileAndNamesThoseThatWereRefused() async throws {
        try await TestHub.with { hub in
            try await Self.withFolder { folder in
                let sample = try String(contentsOfFile: Self.sample, encoding: .utf8)
                let other = sample.replacing("WB202010023", with: "WB202010024")
                try "{}".write(toFile: folder + "/bad.json", atomically: true, encoding: .utf8)
                try other.write(toFile: folder + "/other.json", atomically: true, encoding: .utf8)
                let files = [Self.sample, folder + "/bad.json", folder + "/other.json"]
                let run = try await Self.liankong(["publish"] + files, as: .unit("psb"), of: hub)
                #expect(run.status == 1)
                for file in files { #expect(run.output.contains("── \(file)")) }
                #expect(run.errors.contains("\(files[1]): 400 bad-envelope"))
                #expect(run.errors.contains("refused 1 of 3 events"))
                let list = try await Self.liankong(["events", "list", "--json"], as: .unit("psb"), of: hub)
                let json = try JSONReader.read(Array(list.output.utf8)).get()
                #expect(json["items"]?.arrayValue?.count == 2)
                let good = try await Self.liankong(["publish", files[0], files[2]], as: .unit("psb"), of: hub)
                #expect(good.status == 0 && good.output.contains("2 events stored"))
                let asJSON = try await Self.liankong(["publish", "--json"] + files, as: .unit("psb"), of: hub)
                #expect(asJSON.output.split(separator: "\n").count == 2)
                #expect(asJSON.errors.contains("\"file\":\"\(files[1])\""))
            }
        }
    }

    @Test func whatTheHubCannotReadEndsWithTwo() async throws {
        try await TestHub.with { hub in
            let officer = TestHub.Speaker.officer("jm-office-01")
            for input in ["", "{", "{}"] {
                let run = try await Self.liankong(["publish", "-"], as: .unit("psb"), of: hub, input: input)
                #expect(run.status == 2 && !run.errors.contains("  : "), "\(input)")
            }
            for arguments in [["--state", "bogus"], ["--limit", "0"]] {
                let run = try await Self.liankong(["duties", "list"] + arguments, as: officer, of: hub)
                #expect(run.status == 2 && run.errors.contains("400 bad-query: a query parameter"))
                #expect(run.errors.contains("查询参数无法识别"))
            }
        }
    }

    @Test func aRefusalTellsWhatIsNeededAndWhatIsAllowed() async throws {
        try await TestHub.with { hub in
            let forbidden = try await Self.liankong(["board"], as: .officer("culture-tourism-01"), of: hub)
            #expect(forbidden.status == 1 && forbidden.errors.contains("secretariat or 或 convene"))
            _ = try await Self.liankong(["publish", Self.sample], as: .unit("psb"), of: hub)
            let officer = TestHub.Speaker.officer("culture-tourism-01")
            let list = try await Self.liankong(["duties", "list", "--open", "--json"], as: officer, of: hub)
            let duty = try JSONReader.read(Array(list.output.utf8)).get()["items"]?.arrayValue?.first?["id"]?
                .stringValue
            let id = duty ?? ""
            let early = try await Self.liankong(["duties", "start", id, "--note", "去"], as: officer, of: hub)
            #expect(early.status == 1)
            #expect(early.errors.contains("state 状态: 待签收 dispatched") && early.errors.contains("签收 sign"))
            _ = try await Self.liankong(["duties", "sign", id], as: officer, of: hub)
            let accepted = try await Self.liankong(["duties", "accept", id], as: officer, of: hub)
            #expect(accepted.output.contains("办结 complete --outcome …; outcomes 办理结果: "))
            #expect(accepted.output.contains("no-violation") && accepted.output.contains("签收 sign  "))
            let complete = ["duties", "complete", id, "--outcome", "no-violation", "--note", "未发现"]
            let completed = try await Self.liankong(complete, as: officer, of: hub)
            #expect(completed.output.contains("outcome 办理结果 no-violation; 未发现"))
        }
    }

    @Test func anUnknownTypeIsToldByItsNameAndAKnownOneByItsFields() async throws {
        try await TestHub.with { hub in
            let unknown = try await Self.liankong(["contracts", "show", "nonsense"], as: .unit("psb"), of: hub)
            #expect(unknown.status == 1 && unknown.errors.contains("there is no event type nonsense"))
            let type = "culture.minor-admission.reported"
            let plain = try await Self.liankong(["contracts", "show", type], as: .unit("psb"), of: hub)
            #expect(plain.output.contains("✓") && !plain.output.contains("visible"))
            let seen = try await Self.liankong(
                ["contracts", "show", type, "--as-unit", "culture-tourism"], as: .unit("psb"), of: hub)
            #expect(seen.output.contains("可见 full") && seen.output.contains("seen by 查看单位: culture-tourism"))
        }
    }

    @Test func anEmptyListSaysSo() async throws {
        try await TestHub.with { hub in
            let list = try await Self.liankong(["events", "list"], as: .unit("psb"), of: hub)
            #expect(list.status == 0 && list.lastLine == "none 无")
            let count = try await Self.liankong(
                ["duties", "list", "--count"], as: .officer("culture-tourism-01"), of: hub)
            #expect(count.lastLine == "0 duties 共0件")
        }
    }
}
