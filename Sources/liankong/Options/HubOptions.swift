import ArgumentParser
import Foundation
import HubClient

/// Which hub a command speaks to, and as whom.
struct HubOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The hub's address. 平台地址。",
            discussion: "Else LIANKONG_URL, else the address in .liankong/tokens.json, found upwards from here."))
    var url: String?

    @Option(help: "The token, lk_…; else LIANKONG_TOKEN. 令牌。")
    var token: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Speak as this unit or officer, with its token in .liankong/tokens.json. 以该单位或经办人的身份。",
            valueName: "unit|officer"))
    var speaker: String?

    @Option(help: "The county to speak in, where the file of tokens has several. 县。")
    var county: String?

    /// Where a hub on this machine is unless told otherwise.
    static let defaultURL = "http://127.0.0.1:8320"

    /// Where the hub is and who speaks.
    func configuration() throws -> HubClientConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let file = try TokenFile.found()
        let url = self.url ?? environment["LIANKONG_URL"] ?? file?.url ?? Self.defaultURL
        var configuration = HubClientConfiguration(url: url, token: try chosenToken(file, environment))
        configuration.retries.limit = 3
        if (environment["LC_ALL"] ?? environment["LANG"] ?? "").hasPrefix("zh") { configuration.language = "zh" }
        return configuration
    }

    private func chosenToken(_ file: TokenFile?, _ environment: [String: String]) throws -> String {
        if let token { return token }
        if let speaker {
            guard let file else {
                throw CommandFailure(
                    .unreadable, code: "no-token-file", "there is no .liankong/tokens.json here or above",
                    "未找到令牌文件", hints: ["deploy/run writes it; or name the token with --token"])
            }
            return try file.token(of: speaker, county: county)
        }
        if let token = environment["LIANKONG_TOKEN"] { return token }
        throw CommandFailure(
            .unreadable, code: "no-token", "say who speaks", "请指明身份",
            hints: ["--as UNIT with the tokens of deploy/run, such as --as hrss; or --token lk_…, or LIANKONG_TOKEN"])
    }

    /// Runs something with a client of that hub.
    func withClient<Result>(_ body: (HubClient) async throws -> Result) async throws -> Result {
        try await HubClient.withClient(try configuration(), body)
    }
}
