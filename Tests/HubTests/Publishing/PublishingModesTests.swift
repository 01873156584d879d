import CloudEvents
import TestSupport
import Testing

/// The three modes of the HTTP protocol binding, and what is none of them.
struct PublishingModesTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    @Test func anEventInStructuredFormIsStored() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            #expect(answer.status == 201, "\(answer.text)")
            let position = try #require(answer.json.text("position"))
            #expect(answer.header("location") == "/v1/events/\(position)")
            #expect(answer.json.text("id") == "LB-1")
            #expect(answer.json.text("source") == "/410322/units/jm-office/intake")
            #expect(answer.json.text("status") == "routed")
        }
    }

    @Test func headersOfABinaryEventArePercentDecoded() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "来电-1", employer: 1).with("subject", "登记\"第 1 号\"，100%")
            let answer = try await hub.publishBinary(event, as: Self.office)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json.text("id") == "来电-1")
            let stored = try await hub.get(try #require(answer.header("location")), as: Self.office)
            #expect(stored.json.text("event/subject") == "登记\"第 1 号\"，100%")
            #expect(stored.json.text("event/id") == "来电-1")
        }
    }

    @Test func theFormOfTheHeadersIsFree() async throws {
        try await TestHub.with { hub in
            // Quoted text and lower-case escapes, as clients write them too.
            let event = try Sample.report(id: "LB-1", employer: 1).with("subject", nil)
            let answer = try await hub.publishBinary(
                event, as: Self.office, headers: [("CE-Subject", "\"\\\"%e7%bc%96\\\"\"")])
            #expect(answer.status == 201, "\(answer.text)")
            let stored = try await hub.get(try #require(answer.header("location")), as: Self.office)
            #expect(stored.json.text("event/subject") == "\"编\"")
        }
    }

    @Test func oneEventInAllModesIsOneEvent() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let structured = try await hub.publish(event, as: Self.office)
            let binary = try await hub.publishBinary(event, as: Self.office)
            let batch = try await hub.publish(batch: [event], as: Self.office)
            let bytes = event.with("data", nil).with("data_base64", .string(Self.base64(event)))
            let encoded = try await hub.publish(bytes, as: Self.office)
            #expect([structured, binary, batch, encoded].map(\.status) == [201, 200, 200, 200])
            let first = structured.json.with("duplicate", true)
            #expect(binary.json == first)
            #expect(
                batch.json == [
                    "accepted": 0, "duplicates": 1, "rejected": 0, "results": [["status": 200, "receipt": first]],
                ])
            #expect(encoded.json == first)
        }
    }

    private static func base64(_ event: JSONValue) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bytes = event.at("/data")?.encodedBytes() ?? []
        // White space around JSON changes nothing, so there is no padding to make.
        while !bytes.count.isMultiple(of: 3) { bytes.append(0x20) }
        return stride(from: 0, to: bytes.count, by: 3).map { start in
            let triple = bytes[start..<(start + 3)].reduce(0) { $0 << 8 | Int($1) }
            return String([18, 12, 6, 0].map { alphabet[triple >> $0 & 63] })
        }.joined()
    }

    @Test func aByteOrderMarkIsIgnored() async throws {
        try await TestHub.with { hub in
            let body = [0xEF, 0xBB, 0xBF] + (try Sample.report(id: "LB-1", employer: 1)).encodedBytes()
            let answer = try await hub.send(
                "POST", "/v1/events", as: Self.office,
                headers: [("Content-Type", "application/cloudevents+json; charset=UTF-8")], body: body)
            #expect(answer.status == 201, "\(answer.text)")
        }
    }

    @Test(arguments: [
        "text/plain", "application/cloudevents+xml", "application/cloudevents+avro", "application/xml",
        "application/cloudevents+json; charset=gbk", "application/x-www-form-urlencoded", "multipart/form-data",
        "application/cloudevents",
    ])
    func otherContentTypesAreRefused(type: String) async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let answer = try await hub.post("/v1/events", event, as: Self.office, type: type)
            #expect(answer.status == 415 && answer.code == "unsupported-media-type", "\(answer.text)")
        }
    }

    @Test func dataInAnotherEncodingAreRefusedInEveryMode() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
                .with("datacontenttype", "application/json; charset=gbk")
            for answer in [
                try await hub.publish(event, as: Self.office), try await hub.publishBinary(event, as: Self.office),
            ] {
                #expect(answer.status == 415 && answer.code == "unsupported-media-type", "\(answer.text)")
            }
            let batch = try await hub.publish(batch: [event], as: Self.office)
            #expect(batch.json.at("results/0/status") == 415, "\(batch.text)")
        }
    }

    @Test func theTraceOfTheRequestIsPassedOn() async throws {
        try await TestHub.with { hub in
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            let answer = try await hub.publish(
                try Sample.report(id: "LB-1", employer: 1), as: Self.office, headers: [("traceparent", trace)])
            #expect(answer.status == 201)
            let feed = try await hub.get("/v1/feed", as: .unit("hrss"))
            #expect(feed.json.text("items/0/event/traceparent") == trace)
        }
    }

    @Test func jsonWithoutAttributesTellsWhatIsMissing() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.post("/v1/events", try Sample.report(id: "LB-1", employer: 1), as: Self.office)
            #expect(answer.status == 400 && answer.code == "bad-envelope")
            let names = ["specversion", "id", "source", "type"]
            #expect(answer.json.faults == Set(names.map { ShownFault("attribute:\($0)", "required") }))
        }
    }

    @Test func dataThatAreNoJSONObjectAreRefused() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let text = event.with("datacontenttype", "text/plain").with("data", "一家工厂")
            for event in [text, event.with("data", []), event.with("data", "一家工厂")] {
                let answer = try await hub.publish(event, as: Self.office)
                #expect(answer.status == 422 && answer.json.faults == [ShownFault("/data", "wrong-type")])
            }
        }
    }
}
