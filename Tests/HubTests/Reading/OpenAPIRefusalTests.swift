import CloudEvents
import TestSupport
import Testing

/// What the document says of refusals, and of the bodies of commands.
struct OpenAPIRefusalTests {
    @Test func refusalsToReckonWithAreNamed() async throws {
        try await TestHub.with { hub in
            let document = try await hub.get("/openapi.json", as: .nobody).json
            for (path, statuses) in [
                ("/v1/events", ["400", "401", "403", "409", "413", "415", "422", "429", "501"]),
                ("/v1/events/dry-run", ["409", "422", "501"]),
                ("/v1/duties/{id}/{command}", ["400", "401", "403", "404", "409", "412", "422", "501"]),
            ] {
                let responses = document.at("paths")?.objectValue?[path]?.at("post/responses")?.objectValue ?? [:]
                for status in statuses { #expect(responses[status] != nil, "\(path) \(status)") }
            }
            for name in ["duties", "explanation"] {
                let operation = document.at("paths")?.objectValue?["/v1/events/{position}/\(name)"]?.at("get")
                #expect(operation?.at("x-scopes") == ["publish", "secretariat"])
                #expect(operation?.text("x-or-role") == "lead")
                #expect(operation?.text("description")?.contains("lead unit") == true)
            }
            let page = try await hub.get("/docs", as: .nobody).text
            #expect(page.contains("或为牵头单位"))
        }
    }

    @Test func everyMemberOfAProblemIsDescribed() async throws {
        try await TestHub.with { hub in
            let document = try await hub.get("/openapi.json", as: .nobody).json
            let members = Set((document.at("components/schemas/Problem/properties")?.objectValue ?? [:]).map(\.key))
            let office = TestHub.Speaker.unit("jm-office")
            let event = try Sample.report(id: "LB-1", employer: 1)
            let receipt = try await hub.publish(event, as: office)
            let duty = try #require(receipt.json.text("recipients/1/dutyId"))
            let handler = TestHub.Speaker.officer("hrss-01")
            let problems = [
                try await hub.publish(event.with("data", [:]), as: office),
                try await hub.publish(event.with("source", "/410322/units/hrss"), as: office),
                try await hub.publish(batch: [[:], event], as: office, query: "?strict=true"),
                try await hub.post("/v1/duties/\(duty)/verify", [:], as: handler),
                try await hub.post("/v1/duties/\(duty)/start", [:], as: handler),
                try await hub.post("/v1/duties/\(duty)/accept", [:], as: handler, headers: [("If-Match", "\"9\"")]),
                try await hub.send("DELETE", "/v1/events", as: office),
            ]
            #expect(problems.map(\.status) == [409, 403, 422, 403, 409, 412, 405])
            for problem in problems {
                let undescribed = problem.json.names.subtracting(members)
                #expect(undescribed.isEmpty, "\(problem.text)")
            }
        }
    }

    @Test func aContractIsDescribed() async throws {
        try await TestHub.with { hub in
            let document = try await hub.get("/openapi.json", as: .nobody).json
            let members = Set((document.at("components/schemas/Contract/properties")?.objectValue ?? [:]).map(\.key))
            let contract = try await hub.get(
                "/v1/contracts/labour.child-labour.reported?as=hrss", as: .unit("jm-office"))
            #expect(contract.json.names == members)
            let command = document.at("components/schemas/DutyCommand/properties")?.objectValue ?? [:]
            for name in ["role", "missing", "signedAt", "paper"] { #expect(command[name] != nil) }
        }
    }
}
