import ArgumentParser
import CloudEvents
import Foundation
import Hub

/// Plays the plan's world in a sandbox county.
struct DemonstrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demonstrate",
        abstract: "Play sample reports through a running hub, in a demonstration county. 演示。",
        discussion: """
            Publishes every sample, shows who received it and by when, lets two officers sign, moves the county's \
            clock past a deadline and shows who is reminded and where it escalates. deploy/run does this once; what \
            was played before is left as it is. Needs the hub running, its tokens in .liankong/tokens.json, and the \
            database, for the clock.

              liankong demonstrate deploy/mengjin/samples --county mengjin-demo
            """,
    )

    @Argument(help: "The folder of samples. 样例文件夹。")
    var samples: String

    @Option(help: "The key of the sandbox county. 演示县。")
    var county: String

    @Option(help: "Where the hub is; else the address in the file of tokens. 平台地址。")
    var url: String?

    @OptionGroup var database: DatabaseOptions

    func run() async throws {
        guard let tokens = try TokenFile.found() else {
            throw CommandFailure(
                .unreadable, code: "no-token-file", "there is no .liankong/tokens.json here or above", "未找到令牌文件",
                hints: ["liankong token provision writes it"])
        }
        let reports = try Sample.all(in: samples)
        try await database.withStore { store in
            let county = try await Installation(store: store).county(self.county)
            guard county.record.sandbox else {
                throw CommandFailure(
                    .refused, code: "not-a-sandbox",
                    "'\(self.county)' is a real county; samples play in a demonstration",
                    "样例只能在演示县播放")
            }
            let cast = Cast(
                url: url ?? tokens.url ?? "http://127.0.0.1:8320", tokens: tokens, county: self.county,
                officers: try await store.officers(county: county.id))
            do {
                try await Story(cast: cast, county: county, store: store, samples: reports).play()
            } catch {
                await cast.leave()
                throw error
            }
            await cast.leave()
        }
    }
}
