import CloudEvents
import Testing

extension CloudEvent {
    /// An event with the required attributes only.
    static let minimal = CloudEvent(id: "1", source: "/410322/units/hrss", type: "child-labour.reported")
}

struct CloudEventTests {
    @Test
    func attributesAreAllThatTheEventHas() {
        var event = CloudEvent.minimal
        #expect(
            event.attributes == [
                "specversion": "1.0", "id": "1", "source": "/410322/units/hrss", "type": "child-labour.reported",
            ])
        event.time = "2020-10-22T09:12:00+08:00"
        event.subject = "s"
        event.dataContentType = "application/json"
        event.dataSchema = "urn:x"
        event.extensions = [
            "flag": .boolean(true), "number": .integer(-3), "text": .string("津"), "bytes": .binary([0x4D, 0x61]),
        ]
        event.data = .json(["a": 1])
        #expect(
            event.attributes.keys == [
                "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "bytes",
                "flag", "number", "text",
            ])
        #expect(event.attributes["flag"] == true)
        #expect(event.attributes["number"] == -3)
        #expect(event.attributes["bytes"] == "TWE=")
        #expect(event.faults == nil)
    }

    @Test(arguments: [
        (AttributeValue.boolean(true), "true"), (.boolean(false), "false"), (.integer(.min), "-2147483648"),
        (.string("a b"), "a b"), (.binary([]), ""), (.binary([0]), "AA=="), (.binary([0xFF, 0xEE]), "/+4="),
        (.binary([0, 16, 131]), "ABCD"),
    ])
    func valuesHaveACanonicalText(_ value: AttributeValue, _ text: String) {
        #expect(value.text == text)
    }

    @Test
    func anEventMadeInCodeCanBeChecked() {
        var event = CloudEvent(id: "", source: "a\u{7}", type: "t", dataContentType: "json")
        event.extensions = ["Bad": .boolean(true), "id": .string("other"), "data": .integer(1)]
        let paths = event.faults?.faults.map { "\($0.path) \($0.code)" } ?? []
        #expect(
            Set(paths) == [
                "attribute:source control-character", "attribute:datacontenttype bad-media-type",
                "attribute:Bad bad-attribute-name", "attribute:id bad-attribute-name",
                "attribute:data bad-attribute-name",
            ])
        event.extensions = [:]
        #expect(event.faults?.faults.contains { $0.path == "attribute:id" && $0.code == "empty" } == true)
        #expect(event.faults?.code == "bad-envelope")
    }
}
