import CloudEvents
import TestSupport
import Testing

/// One event in, its receipt out, over a real socket and a real database.
struct PublishingTests {
    @Test func aReportReachesThoseWhoMustAct() async throws {
        try await TestHub.with { hub in
            let contracts = try await hub.get("/v1/contracts", as: .unit("jm-office"))
            #expect(contracts.status == 200)
            let sample = try await hub.get("/v1/contracts/labour.child-labour.reported/sample", as: .unit("jm-office"))
            #expect(sample.status == 200)
            let answer = try await hub.publish(sample.json, as: .unit("jm-office"))
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json["status"]?.stringValue == "routed")
        }
    }
}
