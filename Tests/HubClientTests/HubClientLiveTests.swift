import CloudEvents
import Foundation
import HubClient
import TestSupport
import Testing

/// The client against a hub on a real socket.
struct HubClientLiveTests {
    private static func sample(_ name: String, id: String) throws -> [UInt8] {
        let text = try Repository.text("deploy/mengjin/samples/\(name)")
        guard case .success(.object(var event)) = JSONReader.read(Array(text.utf8)) else { throw Missing() }
        event["id"] = .string(id)
        return JSONValue.object(event).encodedBytes()
    }

    private struct Missing: Error {}

    private static func withClient<Result: Sendable>(
        of speaker: TestHub.Speaker, of hub: TestHub, retries: RetryPolicy = RetryPolicy(),
        _ body: (HubClient) async throws -> Result,
    ) async throws -> Result {
        var configuration = HubClientConfiguration(
            url: "http://127.0.0.1:\(hub.port)", token: try await hub.token(speaker))
        configuration.retries = retries
        return try await HubClient.withClient(configuration, body)
    }

    @Test func publishesAndGetsTheSameReceiptAgain() async throws {
        try await TestHub.with { hub in
            try await Self.withClient(of: .unit("psb"), of: hub) { client in
                let body = try Self.sample("03-internet-cafe-minors.json", id: "client-1")
                let first = try await client.publish(structured: body)
                let second = try await client.publish(structured: body)
                #expect(first.status == "routed")
                #expect(!first.isDuplicate && second.isDuplicate)
                #expect(first.position == second.position)
                #expect(first.recipients.contains { $0.role == "handling" && $0.dutyID != nil && $0.signBy != nil })
            }
        }
    }

    @Test func tellsEveryFaultOfARefusedEvent() async throws {
        try await TestHub.with { hub in
            try await Self.withClient(of: .unit("psb"), of: hub) { client in
                var event = CloudEvent(
                    id: "client-2", source: "/410322/units/psb/x", type: "culture.minor-admission.reported")
                event.time = "2020-10-27T20:40:00+08:00"
                event.dataContentType = "application/json"
                event.data = .json(["nonsense": 1])
                let error = try await #require(throws: HubClientError.self) { try await client.publish(event) }
                #expect(error.status == 422)
                #expect((error.problem?.faults.count ?? 0) > 1)
                #expect(error.requestID != nil)
            }
        }
    }

    @Test func answersABatchInItsOrder() async throws {
        try await TestHub.with { hub in
            try await Self.withClient(of: .unit("psb"), of: hub) { client in
                let good = try Self.sample("03-internet-cafe-minors.json", id: "client-3")
                let bad = Array("{\"specversion\":\"1.0\"}".utf8)
                let body = Array("[".utf8) + good + Array(",".utf8) + bad + Array("]".utf8)
                let answer = try await client.publish(batch: body)
                guard answer.results.count == 2, case .stored = answer.results[0], case .refused = answer.results[1]
                else {
                    Issue.record("unexpected answer \(answer.json)")
                    return
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func readsALogToItsEndAndWhatComes(polls: Bool) async throws {
        try await TestHub.with { hub in
            try await Self.withClient(of: .unit("psb"), of: hub) { publisher in
                try await Self.withClient(of: .unit("culture-tourism"), of: hub) { reader in
                    let before = try await publisher.publish(
                        structured: try Self.sample("03-internet-cafe-minors.json", id: "client-4"))
                    async let found = Self.first(2, polls: polls, of: reader)
                    let after = try await publisher.publish(
                        structured: try Self.sample("03-internet-cafe-minors.json", id: "client-5"))
                    #expect(try await found == [before.position, after.position])
                }
            }
        }
    }

    private static func first(_ count: Int, polls: Bool, of reader: HubClient) async throws -> [String] {
        var positions: [String] = []
        if polls {
            for try await item in reader.poll(from: .earliest) where item.kind == "delivery" {
                positions.append(item.cursor)
                if positions.count == count { break }
            }
        } else {
            for try await item in reader.stream(from: .earliest) where item.kind == "delivery" {
                positions.append(item.cursor)
                if positions.count == count { break }
            }
        }
        return positions
    }

    @Test func actsOnADutyAndKeepsItsKey() async throws {
        try await TestHub.with { hub in
            let duty = try await Self.withClient(of: .unit("psb"), of: hub) { client in
                let receipt = try await client.publish(
                    structured: try Self.sample("03-internet-cafe-minors.json", id: "client-6"))
                return receipt.recipients.first { $0.unit == "culture-tourism" }?.dutyID ?? ""
            }
            try await Self.withClient(of: .officer("culture-tourism-01"), of: hub) { client in
                let signed = try await client.command("sign", duty: duty, key: "k")
                let again = try await client.command("sign", duty: duty, key: "k")
                #expect(signed.state != "dispatched" && signed.version == again.version)
                #expect(signed.history.contains { $0["command"]?.stringValue == "sign" })
                let error = try await #require(throws: HubClientError.self) {
                    try await client.command("accept", duty: duty, ifVersion: 1)
                }
                #expect(error.code == "stale-version")
                #expect(try await client.dutyCount() >= 1)
            }
        }
    }

    @Test func saysThatNobodyListens() async throws {
        var configuration = HubClientConfiguration(url: "http://127.0.0.1:1", token: nil)
        configuration.retries = .never
        let error = try await #require(throws: HubClientError.self) {
            try await HubClient.withClient(configuration) { try await $0.me() }
        }
        #expect(error.isUnreachable && error.code == "unreachable")
    }

    @Test(arguments: ["127.0.0.1:80", "ftp://host", "", "http://a b"])
    func refusesAnAddressThatIsNone(url: String) {
        #expect(throws: HubClientError.self) {
            try HubClient(configuration: HubClientConfiguration(url: url, token: nil))
        }
    }
}
