import CloudEvents
import TestSupport
import Testing

@testable import HubAPI

/// What a client would rather have.
struct AcceptHeaderTests {
    @Test(
        arguments: [
            (["text/event-stream"], true), (["TEXT/Event-Stream"], true), (["text/event-stream; q=0.5"], true),
            (["text/event-stream, */*"], true), (["application/json;q=0.9, text/event-stream"], true),
            (["*/*;q=0.1", "text/event-stream"], true),
            ([], false), (["*/*"], false), (["text/*"], false), (["text/event-stream;q=0"], false),
            (["text/event-stream;q=0.0"], false), (["application/json, text/event-stream"], false),
            (["text/event-stream, application/json"], false), (["text/event-stream;q=0.8, application/json"], false),
            (["text/event-stream-foo"], false), (["x-text/event-stream"], false),
        ] as [([String], Bool)])
    func aStreamIsForThoseWhoWouldRatherHaveIt(_ values: [String], _ isStream: Bool) {
        #expect(AcceptHeader(values).prefers("text/event-stream", over: "application/json") == isStream)
    }

    @Test(
        arguments: [
            (["zh"], true), (["zh-CN"], true), (["en, ZH-Hans;q=0.1"], true), (["zh;q=0, zh-TW"], true), ([], false),
            (["en"], false), (["zh;q=0"], false), (["en;q=1, zh-CN;q=0"], false), (["zhx"], false), (["*"], false),
        ] as [([String], Bool)])
    func aLanguageIsTakenWhereItIsNotRefused(_ values: [String], _ isChinese: Bool) {
        #expect(AcceptHeader(values).takes(language: "zh") == isChinese)
    }

    @Test func answersComeInTheFormThatWasAskedFor() async throws {
        try await TestHub.with { hub in
            for accept in ["text/event-stream;q=0", "application/json, text/event-stream", "text/event-stream-foo"] {
                let page = try await hub.get("/v1/feed", as: .unit("hrss"), headers: [("Accept", accept)])
                #expect(page.header("content-type")?.hasPrefix("application/json") == true, "\(accept)")
            }
            let english = try await hub.get("/v1/me", as: .nobody, headers: [("Accept-Language", "zh;q=0, en")])
            let chinese = try await hub.get("/v1/me", as: .nobody, headers: [("Accept-Language", "en;q=0.5, zh-CN")])
            #expect(english.json["title"]?.stringValue == "a valid token is needed")
            #expect(chinese.json["title"]?.stringValue == "需要有效的令牌")
        }
    }
}
