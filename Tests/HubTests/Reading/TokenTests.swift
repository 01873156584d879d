import CloudEvents
import Coordination
import Hub
import HubAPI
import Store
import TestSupport
import Testing

/// Tokens that are not, or no longer, valid; and how much one unit may ask.
struct TokenTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    /// A token of hrss's program that lives so long.
    private func issue(in hub: TestHub, seconds: Int64) async throws -> (token: BearerToken, record: TokenRecord) {
        let token = BearerToken.generate()
        let record = try await hub.inspection.issueToken(
            hash: token.hash, county: try hub.county(.mengjin).id, unit: "hrss", officer: nil,
            scopes: ["publish", "receive"], label: "test",
            expiresAt: try await hub.inspection.databaseNow().advanced(bySeconds: seconds))
        return (token, record)
    }

    @Test func unknownExpiredAndRevokedTokensAreRefusedAlike() async throws {
        try await TestHub.with { hub in
            let expired = try await issue(in: hub, seconds: -1)
            let revoked = try await issue(in: hub, seconds: 3600)
            #expect(try await hub.inspection.revokeToken(id: revoked.record.id, county: nil))
            let speakers: [TestHub.Speaker] = [
                .nobody, .token("x"), .token(BearerToken.generate().text), .token(expired.token.text),
                .token(revoked.token.text),
            ]
            var answers: [TestAnswer] = []
            for speaker in speakers { answers.append(try await hub.get("/v1/me", as: speaker)) }
            // Another scheme.
            answers.append(try await hub.get("/v1/me", as: .nobody, headers: [("Authorization", "Basic eDp5")]))
            for answer in answers {
                #expect(answer.status == 401 && answer.header("www-authenticate") == "Bearer")
                #expect(answer.json.with("requestId", nil) == answers[0].json.with("requestId", nil))
                #expect(answer.headers.map(\.name) == answers[0].headers.map(\.name))
            }
        }
    }

    @Test func aTokenExpiresWhileItIsInUse() async throws {
        try await TestHub.with { hub in
            let issued = try await issue(in: hub, seconds: 2)
            let before = try await hub.get("/v1/me", as: .token(issued.token.text))
            #expect(before.status == 200)
            try await eventually("the token is refused", within: .seconds(6)) {
                try await hub.get("/v1/me", as: .token(issued.token.text)).status == 401
            }
        }
    }

    @Test func aRevokedTokenIsRefusedWithinFiveSeconds() async throws {
        try await TestHub.with { hub in
            let issued = try await issue(in: hub, seconds: 3600)
            let before = try await hub.get("/v1/me", as: .token(issued.token.text))
            #expect(before.status == 200)
            #expect(try await hub.inspection.revokeToken(id: issued.record.id, county: nil))
            try await eventually("the token is refused", within: .seconds(5)) {
                try await hub.get("/v1/me", as: .token(issued.token.text)).status == 401
            }
        }
    }

    @Test func aRevokedTokensStreamsEndWithinFiveSeconds() async throws {
        try await TestHub.with { hub in
            let issued = try await issue(in: hub, seconds: 3600)
            var revokedAt: ContinuousClock.Instant?
            // Ends when the hub ends it.
            try await hub.stream("/v1/feed", as: .token(issued.token.text)) { _ in
                if revokedAt == nil {
                    revokedAt = .now
                    let isDone = try await hub.inspection.revokeToken(id: issued.record.id, county: nil)
                    #expect(isDone)
                }
                return true
            }
            let took = try #require(revokedAt).duration(to: .now)
            #expect(took < .seconds(5))
        }
    }

    /// The waiting ends by itself: nothing need come for it.
    @Test func aRevokedTokensLongPollEndsWithinFiveSeconds() async throws {
        try await TestHub.with { hub in
            let issued = try await issue(in: hub, seconds: 3600)
            async let poll = hub.get("/v1/feed?start=latest&wait=PT40S", as: .token(issued.token.text))
            try await eventually("the poll waits") { try await hub.metric("hub_readers_waiting") == 1 }
            let revokedAt = ContinuousClock.now
            #expect(try await hub.inspection.revokeToken(id: issued.record.id, county: nil))
            let answer = try await poll
            #expect(revokedAt.duration(to: .now) < .seconds(5))
            #expect(answer.status == 401 && answer.code == "unauthorised", "\(answer.text)")
        }
    }

    // MARK: Rates

    @Test func aUnitOverItsRateIsToldWhenToComeAgain() async throws {
        try await TestHub.with(configure: { $0.defaultRate = 5 }) { hub in
            // A burst of four seconds' worth passes.
            let answers = try await requests(40, as: .unit("hrss"), to: hub)
            let refused = answers.filter { $0.status == 429 }
            #expect(answers.count { $0.status == 200 } >= 20 && !refused.isEmpty)
            for answer in refused {
                #expect(answer.code == "rate-limited" && answer.header("retry-after").flatMap { Int($0) } ?? 0 >= 1)
            }
            // One unit never starves another, nor the same unit of another county.
            let other = try await hub.get("/v1/me", as: Self.office)
            let namesake = try await hub.get("/v1/me", as: .unit("hrss", of: .sandbox))
            #expect(other.status == 200 && namesake.status == 200)
        }
    }

    @Test func theAdministratorSetsAUnitsRate() async throws {
        try await TestHub.with { hub in
            let admin = TestHub.Speaker.officer("county-gov-office-02")
            let set = try await hub.send(
                "PUT", "/v1/units/hrss/rate", as: admin, headers: [("Content-Type", "application/json")],
                body: Array(#"{"requestsPerSecond": 1}"#.utf8))
            #expect(set.status == 200, "\(set.text)")
            let answers = try await requests(20, as: .unit("hrss"), to: hub)
            #expect(answers.contains { $0.status == 429 })
            for (unit, body, status) in [("nobody", #"{"requestsPerSecond": 1}"#, 404), ("hrss", "{}", 422)] {
                let answer = try await hub.send(
                    "PUT", "/v1/units/\(unit)/rate", as: admin, headers: [("Content-Type", "application/json")],
                    body: Array(body.utf8))
                #expect(answer.status == status)
            }
        }
    }

    private func requests(_ count: Int, as speaker: TestHub.Speaker, to hub: TestHub) async throws -> [TestAnswer] {
        _ = try await hub.token(speaker)
        return try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for _ in 0..<count { group.addTask { try await hub.get("/v1/me", as: speaker) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
