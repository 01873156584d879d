import CloudEvents
import TestSupport
import Testing

/// What traces a request is passed on to every recipient, so it is a trace and
/// nothing else.
struct TraceAttributeTests {
    private static let office = TestHub.Speaker.unit("jm-office")
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test(arguments: [
        ("traceparent", "410322200706129015", "bad-traceparent"), ("traceparent", "牛样", "bad-traceparent"),
        ("tracestate", "周子木", "bad-tracestate"), ("tracestate", "a=13912340003", "personal-data-in-attribute"),
        ("tracestate", "a=%E5%90%95%E5%B0%8F%E6%A0%B7", "personal-data-in-attribute"),
        ("datacontenttype", "application/json; x=13912340003", "personal-data-in-attribute"),
        ("datacontenttype", "application/json; x=\"吕小样\"", "personal-data-in-attribute"),
    ])
    func anAttributeThatIsNoTraceIsRefused(name: String, value: String, code: String) async throws {
        try await TestHub.with { hub in
            let event = try ShippedSample.childLabour.event()
            let answer = try await hub.publish(event.with([name: .string(value)]), as: .unit(event.sender))
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.json.faults == [ShownFault("attribute:\(name)", code)])
            #expect(!answer.text.contains(value))
        }
    }

    /// W3C: what is no trace context is ignored.
    @Test(arguments: [
        [("traceparent", "13912340003"), ("tracestate", "a=1")],
        [("traceparent", parent), ("tracestate", "13912340003")],
    ])
    func aHeaderThatIsNoTraceIsIgnored(headers: [(String, String)]) async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(
                try Sample.report(id: "LB-1", employer: 1), as: Self.office, headers: headers)
            #expect(answer.status == 201, "\(answer.text)")
            let stored = try await hub.get(try #require(answer.header("location")), as: Self.office)
            #expect(!stored.text.contains("13912340003") && stored.json.at("event/tracestate") == nil)
        }
    }

    @Test func aNumberInTheTraceStateOfTheRequestIsRefused() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(
                try Sample.report(id: "LB-1", employer: 1), as: Self.office,
                headers: [("traceparent", Self.parent), ("tracestate", "a=13912340003")])
            #expect(answer.status == 422)
            #expect(answer.json.faults == [ShownFault("attribute:tracestate", "personal-data-in-attribute")])
        }
    }
}
