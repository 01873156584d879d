import CloudEvents
import TestSupport
import Testing

/// The invalid events and batches of the public conformance suite of the JSON
/// format (https://github.com/cloudevents/conformance, format/json). Each fault
/// stands in a report that is accepted without it, so that nothing else can be
/// why it is refused.
struct PublishedInvalidEventsTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    /// By the test's id there: the member that is wrong, and what it says; nil
    /// where it is missing.
    private static let events: [(id: String, member: String, value: JSONValue?)] = [
        ("invalidNoSpecVersion", "specversion", nil),
        ("invalidNoId", "id", nil),
        ("invalidNoType", "type", nil),
        ("invalidNoSource", "source", nil),
        ("invalidTimeGarbage", "time", "lunchtime"),
        ("invalidTimeToMinute", "time", "2018-04-05T18:31Z"),
        ("invalidTimeOffsetX", "time", "2018-04-05T18:31:00X"),
        ("invalidTimeOffsetOutOfRange", "time", "2018-04-05T18:31:00+25:00"),
        ("invalidTimeOffsetNonInteger", "time", "2018-04-05T18:31:00+xx:00"),
        ("invalidTimeOffsetHourOnly", "time", "2018-04-05T18:31:00+05"),
        ("invalidEmptyId", "id", ""),
        ("invalidEmptyType", "type", ""),
        ("invalidEmptySource", "source", ""),
        ("invalidEmptySpecVersion", "specversion", ""),
        ("invalidUnknownSpecVersion", "specversion", "0.9"),
        ("invalidNonRfc2046DataContentType", "datacontenttype", "xyz"),
        ("invalidEmptyDataContentType", "datacontenttype", ""),
        ("invalidEmptyDataSchema", "dataschema", ""),
        ("invalidEmptySubject", "subject", ""),
        ("invalidNumericId", "id", 25),
        ("invalidObjectId", "id", ["xyz": "abc"]),
        ("invalidCapitalizedExtension", "MyExtension", "bad"),
        ("invalidPunctuatedExtension", "my.extension", "bad"),
        ("invalidNonIntegerExtensionValue", "my.extension", .number(1.5)),
        ("invalidBothDataAndDataBase64", "data_base64", "eyAieHl6IjogMTIzIH0="),
    ]

    private static func report(_ member: String, _ value: JSONValue?) throws -> JSONValue {
        guard case .object(var event) = try Sample.report(id: "conformance", employer: 1) else { return .null }
        event[member] = value
        return .object(event)
    }

    @Test func allOfThemAreRefused() async throws {
        try await TestHub.with { hub in
            for (id, member, value) in Self.events {
                let answer = try await hub.publish(try Self.report(member, value), as: Self.office)
                #expect(answer.status == 400 || answer.status == 422, "\(id): \(answer.text)")
                let names = answer.faultPaths.map { $0.split { ":/".contains($0) }.last.map(String.init) ?? "" }
                let isNamed = names.contains(member) || (member == "data_base64" && names.contains("data"))
                #expect(isNamed, "\(id): \(answer.text)")
            }
            #expect(try await hub.number("SELECT count(*) FROM hub.event_key") == 0)
            let whole = try await hub.publish(try Sample.report(id: "conformance", employer: 1), as: Self.office)
            #expect(whole.status == 201, "\(whole.text)")
        }
    }

    /// A batch with an event that is none: that one is refused, and with
    /// `strict` the batch as well.
    @Test(
        arguments: [
            ("invalidBatchMixedSpecVersions", ["specversion": "0.9"] as JSONValue),
            ("invalidBatchContainingInvalidCloudEvent", ["id": JSONValue.null]),
            ("invalidBatchContainingNonObject", "not an object"),
        ] as [(String, JSONValue)])
    func oneIsRefusedWithinItsBatch(id: String, change: JSONValue) async throws {
        try await TestHub.with { hub in
            var bad = try Sample.report(id: "bad", employer: 1)
            if case .object(var event) = bad, let members = change.objectValue {
                for (name, value) in members { event[name] = value }
                bad = .object(event)
            } else {
                bad = change
            }
            let good = try Sample.report(id: "good", employer: 2)
            let answer = try await hub.publish(batch: [bad, good], as: Self.office, query: "?strict=true")
            #expect(answer.status == 422 && answer.code == "partly-refused", "\(id): \(answer.text)")
            let statuses = answer.json.list("results").map { $0["status"]?.integerValue }
            #expect(statuses == [400, 201], "\(id): \(answer.text)")
            #expect(try await hub.number("SELECT count(*) FROM hub.event_key") == 1)
        }
    }
}
