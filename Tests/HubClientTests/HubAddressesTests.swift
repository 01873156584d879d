import CloudEvents
import TestSupport
import Testing

@testable import HubClient

/// A client that knows several processes of a hub.
struct HubAddressesTests {
    private static let urls = ["http://a", "http://b/", "https://c"]

    private static func error(_ code: String, status: Int? = nil) -> HubClientError {
        HubClientError(code: code, status: status, message: "test")
    }

    @Test(
        arguments: [
            // Nobody is there, or not for long: the next one at once.
            (error("unreachable"), true, true), (error("shutting-down", status: 503), true, true),
            // It cannot, and perhaps nobody can: the next one, after a pause.
            (error("timed-out"), true, false), (error("database-unavailable", status: 503), true, false),
            (error("bad-answer", status: 502), true, false),
            // The same everywhere.
            (error("internal", status: 500), false, false), (error("rate-limited", status: 429), false, false),
            (error("invalid", status: 422), false, false), (error("bad-url"), false, false),
        ] as [(HubClientError, Bool, Bool)])
    func anErrorSaysWhetherAnotherIsAsked(_ error: HubClientError, goesOn: Bool, isAtOnce: Bool) throws {
        let addresses = try HubAddresses(HubClientConfiguration(urls: Self.urls, token: nil))
        #expect(addresses.leave(0, after: error) == isAtOnce)
        #expect(addresses.current == (goesOn ? 1 : 0))
    }

    @Test func whoeverFailedAtOneMovesOnOnce() throws {
        let addresses = try HubAddresses(HubClientConfiguration(urls: Self.urls, token: nil))
        for _ in 0..<3 { #expect(addresses.leave(0, after: Self.error("unreachable"))) }
        #expect(addresses.current == 1)
        for index in 1..<3 { #expect(addresses.leave(index, after: Self.error("unreachable"))) }
        #expect(addresses.current == 0 && addresses.bases == ["http://a", "http://b", "https://c"])
    }

    @Test func oneAloneIsNeverLeft() throws {
        let addresses = try HubAddresses(HubClientConfiguration(url: "http://a", token: nil))
        #expect(!addresses.leave(0, after: Self.error("unreachable")))
        #expect(addresses.current == 0)
    }

    @Test(arguments: [[], ["http://a", "b"], ["http://a", "http://b c"]])
    func everyAddressMustBeOne(_ urls: [String]) {
        let error = #expect(throws: HubClientError.self) {
            try HubClient(configuration: HubClientConfiguration(urls: urls, token: nil))
        }
        #expect(error?.code == "bad-url")
    }

    @Test func aProcessThatIsGoneIsPassedOver() async throws {
        try await TestHub.with { hub in
            // Nobody listens at port 1.
            var configuration = HubClientConfiguration(
                urls: ["http://127.0.0.1:1", "http://127.0.0.1:\(hub.port)"],
                token: try await hub.token(.unit("hrss")))
            // A pause would be longer than the test.
            configuration.retries.firstPause = .seconds(600)
            configuration.feedRetries.firstPause = .seconds(600)
            try await HubClient.withClient(configuration) { client in
                let me = try await client.me()
                #expect(me["unit"] == "hrss")
                let isReady = try await client.isReady()
                #expect(isReady)
            }
            let answer = try await hub.publish(try Sample.report(id: "r", employer: 1), as: .unit("jm-office"))
            #expect(answer.status == 201)
            try await HubClient.withClient(configuration) { client in
                for try await item in client.stream(from: .earliest) {
                    #expect(item.event?["id"] == "r")
                    break
                }
            }
            // Who sends nothing twice learns that the first one is gone, and
            // finds the second the next time.
            configuration.retries = .never
            try await HubClient.withClient(configuration) { client in
                let error = await #expect(throws: HubClientError.self) { try await client.me() }
                #expect(error?.code == "unreachable")
                let me = try await client.me()
                #expect(me["unit"] == "hrss")
            }
        }
    }
}
