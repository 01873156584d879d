import CloudEvents
import TestSupport
import Testing

/// Asking what publishing would answer, without a trace.
struct DryRunTests {
    private static let office = TestHub.Speaker.unit("jm-office")
    private static let structured = "application/cloudevents+json"
    private static let batchType = "application/cloudevents-batch+json"

    private func dryRun(
        _ event: JSONValue, in hub: TestHub, query: String = "", type: String = structured
    ) async throws -> TestAnswer {
        try await hub.post("/v1/events/dry-run\(query)", event, as: Self.office, type: type)
    }

    /// What a receipt says that only storing gives, or that the clock tells.
    private static func comparable(_ receipt: JSONValue) -> JSONValue {
        var receipt = receipt
        for name in ["position", "caseId", "contentHash", "recordedAt", "links", "wouldBe", "explanation"] {
            receipt = receipt.with(name, nil)
        }
        for (index, _) in receipt.list("recipients").enumerated() {
            receipt = receipt.with("recipients/\(index)/dutyId", nil)
        }
        return receipt
    }

    @Test func itAnswersWhatPublishingAnswers() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let run = try await dryRun(event, in: hub)
            let published = try await hub.publish(event, as: Self.office)
            #expect(run.status == 200 && run.json.at("wouldBe") == 201)
            #expect(run.json.names == published.json.names.union(["wouldBe", "explanation"]))
            #expect(run.json.at("position") == .null)
            #expect(Self.comparable(run.json) == Self.comparable(published.json))
            let explanation = try await hub.get(
                "/v1/events/\(try #require(published.json.text("position")))/explanation", as: Self.office)
            #expect(run.json.at("explanation") == explanation.json.at("explanation"))
            for step in run.json.list("explanation") {
                #expect(step.names.isSuperset(of: ["rule", "sentence", "matched", "because"]))
            }
            // Now it is there.
            let again = try await dryRun(event, in: hub)
            #expect(again.json.at("wouldBe") == 200)
            #expect(again.json.with("wouldBe", nil).with("explanation", nil) == published.json.with("duplicate", true))
        }
    }

    @Test func theReasonsNameEveryUnitAndTheSentence() async throws {
        try await TestHub.with { hub in
            let run = try await dryRun(try Sample.report(id: "LB-1", employer: 1), in: hub)
            let steps = run.json.list("explanation").filter { $0.at("matched") == true }
            let units = Set(steps.compactMap { $0.text("unit") })
            #expect(units == Set(run.json.list("recipients").compactMap { $0.text("unit") }))
            #expect(steps.allSatisfy { $0.text("because")?.isEmpty == false && $0.text("becauseZh")?.isEmpty == false })
            #expect(steps.contains { $0.text("sentence") == "III.1.3-04b" && $0.text("rule") == "9" })
            // Reasons name rules, sentences and units, never a value of the event.
            #expect(!run.text.contains("41032220050307902X") && !run.text.contains("牛样"))
        }
    }

    @Test func itStoresNothing() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let published = try await hub.publish(event, as: Self.office)
            #expect(published.status == 201)
            let before = try await contents(of: hub)
            let single = try await dryRun(try Sample.report(id: "LB-2", employer: 1), in: hub)
            let duplicate = try await dryRun(event, in: hub)
            let refused = try await dryRun(event.with("data", [:]), in: hub)
            let batch = try await dryRun(
                .array([event, try Sample.report(id: "LB-3", employer: 3), 7]), in: hub, type: Self.batchType)
            #expect([single, duplicate, refused, batch].map(\.status) == [200, 200, 409, 200])
            let after = try await contents(of: hub)
            #expect(after == before && before.contains { $0 > 0 })
        }
    }

    /// How many rows each table has, and where the sequences stand.
    private func contents(of hub: TestHub) async throws -> [Int64] {
        try await hub.numbers(
            """
            SELECT (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM hub.%I', c.relname),
                false, true, '')))[1]::text::bigint
            FROM pg_class AS c WHERE c.relnamespace = 'hub'::regnamespace AND c.relkind IN ('r', 'p', 'S')
                AND c.relname NOT IN ('token') AND c.relkind <> 'S'
            UNION ALL SELECT coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'hub'
            """)
    }

    @Test(
        arguments: [
            ("source", "/410322/units/hrss"), ("type", "labour.child-labour.rumoured"),
            ("type", "labour.child-labour.case-filed"), ("priority", "high"), ("time", "2020-10-26T09:20:00"),
            ("data/childrenCount", "两"), ("specversion", nil), ("corrects", "1"), ("county", "999999"),
        ] as [(String, JSONValue?)])
    func itRefusesWhatPublishingRefusesInTheSameWords(pointer: String, value: JSONValue?) async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with(pointer, value)
            let run = try await dryRun(event, in: hub)
            let published = try await hub.publish(event, as: Self.office)
            #expect(run.status == published.status && published.status >= 400)
            for name in ["type", "title", "detail", "code", "status", "errors", "sources"] {
                #expect(run.json.at(name) == published.json.at(name))
            }
        }
    }

    @Test func itForeseesWhatAnEventWouldJoin() async throws {
        try await TestHub.with { hub in
            _ = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            let second = try Sample.report(id: "LB-2", employer: 1)
            let run = try await dryRun(second, in: hub)
            let published = try await hub.publish(second, as: Self.office)
            #expect(run.json.list("warnings").map { $0.text("code") } == ["possible-duplicate"])
            #expect(run.json.at("recipients") == published.json.at("recipients"))
            #expect(run.json.at("caseId") == published.json.at("caseId"))
        }
    }

    @Test func aBatchForeseesItsOwnNeighbours() async throws {
        try await TestHub.with { hub in
            let first = try Sample.report(id: "LB-1", employer: 1)
            let events = [
                first, first, try Sample.report(id: "LB-2", employer: 1), first.with("data/childrenCount", 9), 7,
                try Sample.report(id: "LB-3", employer: 1),
            ]
            let run = try await dryRun(.array(events), in: hub, type: Self.batchType)
            let published = try await hub.publish(batch: events, as: Self.office)
            #expect(run.status == 200 && run.json.at("wouldBe") == 200)
            for name in ["accepted", "duplicates", "rejected"] {
                #expect(run.json.at(name) == published.json.at(name))
            }
            let runs = run.json.list("results"), results = published.json.list("results")
            #expect(runs.map { $0.at("status") } == results.map { $0.at("status") })
            #expect(
                runs.compactMap { $0.at("receipt").map(Self.comparable) }
                    == results.compactMap { $0.at("receipt").map(Self.comparable) })
            #expect(runs.compactMap { $0.text("problem/code") } == results.compactMap { $0.text("problem/code") })
            let strict = try await dryRun(.array(events), in: hub, query: "?strict=true", type: Self.batchType)
            #expect(strict.status == 422 && strict.code == "partly-refused")
        }
    }

    // MARK: Another time

    @Test func itCanBeAskedForAnotherTime() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            // A Friday afternoon; Tuesday is the second working day after it.
            let run = try await dryRun(event, in: hub, query: "?at=2020-10-23T16:00:00%2B08:00")
            #expect(run.json.text("recordedAt") == "2020-10-23T16:00:00+08:00")
            #expect(run.json.text("recipients/0/signBy") == "2020-10-28T00:00:00+08:00")
            // Its own time lies ahead of that one.
            #expect(run.json.list("warnings").map { $0.text("code") } == ["clock-ahead"])
            #expect(run.json.text("recipients/0/unitName") == "孟津县教育体育局")
            let unreadable = try await dryRun(event, in: hub, query: "?at=friday")
            #expect(unreadable.status == 400 && unreadable.json.faults == [ShownFault("query:at", "bad-query")])
        }
    }

    @Test func anotherTimeHasThePolicyOfThatTime() async throws {
        try await TestHub.with { hub in
            try await EditedCounty.with { county in
                try county.replace("version: 2020-10-22.1", with: "version: 2022-01-01.1", in: "policy/policy.yaml")
                try county.replace(
                    "effectiveFrom: 2020-10-22", with: "effectiveFrom: 2022-01-01", in: "policy/policy.yaml")
                try await county.load(into: hub)
            }
            try await eventually("the new policy is in force") {
                try await hub.get("/v1/policy", as: Self.office).json.text("version") == "2022-01-01.1"
            }
            let event = try Sample.report(id: "LB-1", employer: 1)
            for (at, version) in [
                ("2021-12-31T23:59:59%2B08:00", "2020-10-22.1"), ("2022-01-01T00:00:00%2B08:00", "2022-01-01.1"),
                ("2019-01-01T00:00:00%2B08:00", "2020-10-22.1"),
            ] {
                let run = try await dryRun(event, in: hub, query: "?at=\(at)")
                #expect(run.json.text("policyVersion") == version, "\(run.text)")
            }
            let now = try await dryRun(event, in: hub)
            #expect(now.json.text("policyVersion") == "2022-01-01.1")
        }
    }
}
