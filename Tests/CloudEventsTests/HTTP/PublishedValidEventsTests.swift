import CloudEvents
import Testing

/// The valid events and batches of the public conformance suite of the JSON
/// format (https://github.com/cloudevents/conformance, format/json): each is
/// read, in structured mode and as a batch of one, and says what it says.
struct PublishedValidEventsTests {
    /// What is added to the minimal event, by the test's id there.
    private static let events: [(id: String, members: KeyValuePairs<String, JSONValue?>)] = [
        ("validMinimal", [:]),
        (
            "validMinimalWithNullForOptional",
            ["datacontenttype": .null, "dataschema": .null, "subject": .null, "time": .null]
        ),
        (
            "validAllCoreAttributes",
            [
                "datacontenttype": "text/plain", "dataschema": "https://cloudevents.io/dataschema", "subject": "tests",
                "time": "2018-04-05T17:31:00Z",
            ]
        ),
        ("validMinimalWithTimeUtc", ["time": "2018-04-05T17:31:00Z"]),
        ("validMinimalWithTimeToNanosecondsUtc", ["time": "2018-04-05T17:31:00.000000000Z"]),
        ("validMinimalWithTimeUsingPositiveOffset", ["time": "2018-04-05T18:31:00+01:00"]),
        ("validMinimalWithTimeUsingNegativeOffset", ["time": "2018-04-05T16:31:00-01:00"]),
        ("validRelativeSource", ["source": "#fragment"]),
        ("validSimpleTextData", ["datacontenttype": "text/plain", "data": "Simple text"]),
        (
            "validAllExtensionTypes",
            [
                "extinteger": 10, "extboolean": true, "extstring": "text", "exturi": "https://cloudevents.io",
                "exturiref": "//authority/path", "exttimestamp": "2023-03-31T15:12:00Z", "extbinary": "TWE=",
            ]
        ),
    ]

    @Test(arguments: events.indices)
    func isRead(index: Int) throws {
        let (id, members) = Self.events[index]
        let message = structuredMessage(structuredEvent(members))
        let event = try decodedEvent(message.headers, message.body)
        #expect(event.id == "1" && event.type == "t", "\(id)")
        for (name, value) in members {
            guard let value, value != .null else { continue }
            switch name {
            case "source": #expect(event.source == value.stringValue)
            case "data": #expect(event.data == .text("Simple text") || event.data == .json("Simple text"), "\(id)")
            default: #expect(HTTPBinding.structuredValue(of: event)[name] == value, "\(id) \(name)")
            }
        }
    }

    /// The batches: empty, one, the same twice, two kinds.
    @Test(arguments: [[], [0], [0, 0], [0, 2], [0, 9]])
    func batchIsRead(indices: [Int]) throws {
        let body = JSONValue.array(indices.map { structuredEvent(Self.events[$0].members) }).encodedBytes()
        let headers: Headers = [("content-type", "application/cloudevents-batch+json")]
        guard case .batch(let events) = try HTTPBinding.decode(headers: headers, body: body).get() else {
            Issue.record("no batch")
            return
        }
        #expect(try events.map { try $0.get().id } == indices.map { _ in "1" })
    }
}
