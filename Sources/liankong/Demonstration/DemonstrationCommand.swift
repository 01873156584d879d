import ArgumentParser
import CloudEvents

/// Plays the plan's world in a sandbox county.
struct DemonstrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demonstrate",
        abstract: "Play sample reports through a running hub, in a demonstration county. 演示。",
        discussion: """
            Publishes every sample, shows who received it and by when, lets two officers sign, moves the county's \
            clock past a deadline and shows who is reminded and where it escalates. deploy/run does this once; what \
            was played before is left as it is. Speaks to the hub over HTTP, with the tokens of .liankong/tokens.json.

              liankong demonstrate deploy/mengjin/samples --county mengjin-demo
            """,
    )

    @Argument(help: "The folder of samples. 样例文件夹。")
    var samples: String

    @Option(help: "The key of the sandbox county. 演示县。")
    var county: String

    @Option(help: "Where the hub is; else the address in the file of tokens. 平台地址。")
    var url: String?

    func run() async throws {
        guard let tokens = try TokenFile.found() else {
            throw CommandFailure(
                .unreadable, code: "no-token-file", "there is no .liankong/tokens.json here or above", "未找到令牌文件",
                hints: ["liankong token provision writes it"])
        }
        guard tokens.isDemonstration(county: county) else {
            throw CommandFailure(
                .refused, code: "not-a-sandbox",
                "'\(county)' is no demonstration in \(tokens.path); samples play in one",
                "样例只能在演示县播放")
        }
        let reports = try Sample.all(in: samples)
        let cast = Cast(url: url ?? tokens.url ?? HubOptions.defaultURL, tokens: tokens, county: county)
        do {
            try await Story(cast: cast, samples: reports).play()
        } catch {
            await cast.leave()
            throw error
        }
        await cast.leave()
    }
}
