import CloudEvents
import Testing

struct StructuredModeTests {
    @Test
    func aThousandAttributesAreEnough() {
        var members: JSONObject = structuredEvent().objectValue ?? JSONObject()
        for number in 0..<50_000 { members["a\(number)"] = 1 }
        let (headers, body) = structuredMessage(.object(members))
        #expect(envelopeRefusal(headers, body) == [" too-many-attributes"])
    }

    @Test(arguments: [
        "application/cloudevents+json", "application/cloudevents+json; charset=utf-8",
        "Application/CloudEvents+JSON;charset=\"UTF-8\"", "application/cloudevents+json; charset=utf-8; foo=bar;",
    ])
    func theEnvelopeIsOneObject(_ contentType: String) throws {
        let body = #"""
            {"specversion": "1.0", "type": "t", "source": "/s", "id": "1", "time": "2018-04-05T17:31:00Z",
             "subject": null, "extinteger": 10, "extboolean": true, "extstring": "text", "extnull": null,
             "datacontenttype": "application/json", "data": {"appinfoA": "abc", "appinfoB": 123}}
            """#
        // Headers of binary mode may be there too; they mean nothing here.
        let headers: Headers = [("content-type", contentType), ("ce-id", "other"), ("ce-bad_name", "x")]
        var expected = CloudEvent(id: "1", source: "/s", type: "t", time: "2018-04-05T17:31:00Z")
        expected.dataContentType = "application/json"
        expected.extensions = ["extinteger": .integer(10), "extboolean": .boolean(true), "extstring": .string("text")]
        expected.data = .json(["appinfoA": "abc", "appinfoB": 123])
        #expect(try decodedEvent(headers, body) == expected)
    }

    @Test(arguments: [
        "application/cloudevents+xml", "application/cloudevents", "application/cloudevents+avro",
        "application/cloudevents-batch+xml", "application/cloudevents+json; charset=gbk",
        "application/cloudevents+json; charset=utf-16",
    ])
    func otherFormatsAreNotSupported(_ contentType: String) {
        let body = structuredMessage(structuredEvent()).body
        #expect(envelopeRefusal([("content-type", contentType)], body) == ["unsupported media type"])
        #expect(
            envelopeRefusal(binaryHeaders(["content-type": contentType]), body) == ["unsupported media type"])
    }

    @Test(
        arguments: [
            (structuredEvent(["specversion": nil]), ["attribute:specversion required"]),
            (structuredEvent(["id": nil]), ["attribute:id required"]),
            (structuredEvent(["id": .null]), ["attribute:id required"]),
            (structuredEvent(["type": nil, "source": nil]), ["attribute:source required", "attribute:type required"]),
            (structuredEvent(["id": ""]), ["attribute:id empty"]),
            (structuredEvent(["subject": ""]), ["attribute:subject empty"]),
            (structuredEvent(["dataschema": ""]), ["attribute:dataschema empty"]),
            (structuredEvent(["datacontenttype": ""]), ["attribute:datacontenttype empty"]),
            (structuredEvent(["datacontenttype": "xyz"]), ["attribute:datacontenttype bad-media-type"]),
            (structuredEvent(["specversion": ""]), ["attribute:specversion empty"]),
            (structuredEvent(["specversion": "0.9"]), ["attribute:specversion bad-specversion"]),
            (structuredEvent(["specversion": 1]), ["attribute:specversion wrong-type"]),
            (structuredEvent(["id": 25]), ["attribute:id wrong-type"]),
            (structuredEvent(["id": ["xyz": "abc"]]), ["attribute:id wrong-type"]),
            (structuredEvent(["time": 1]), ["attribute:time wrong-type"]),
            (structuredEvent(["MyExtension": "bad"]), ["attribute:MyExtension bad-attribute-name"]),
            (structuredEvent(["my.extension": "bad"]), ["attribute:my.extension bad-attribute-name"]),
            (structuredEvent(["": "bad"]), ["attribute: bad-attribute-name"]),
            (structuredEvent(["会盟": "bad"]), ["attribute:会盟 bad-attribute-name"]),
            (structuredEvent(["abcdefghij0123456789": "fits"]), ["read"]),
            (
                structuredEvent(["abcdefghij0123456789a": "too long"]),
                ["attribute:abcdefghij0123456789a bad-attribute-name"]
            ),
            (structuredEvent(["ext": .number(1.5)]), ["attribute:ext wrong-type"]),
            (structuredEvent(["ext": 2_147_483_648]), ["attribute:ext wrong-type"]),
            (structuredEvent(["ext": -2_147_483_648]), ["read"]),
            (structuredEvent(["ext": []]), ["attribute:ext wrong-type"]),
            (structuredEvent(["ext": [:]]), ["attribute:ext wrong-type"]),
            (structuredEvent(["ext": "a\u{1}"]), ["attribute:ext control-character"]),
            (structuredEvent(["ext": ""]), ["read"]),
            (structuredEvent(["data": "text", "data_base64": "eyAieHl6IjogMTIzIH0="]), ["/data_base64 data-twice"]),
            (structuredEvent(["data": .null, "data_base64": "AA=="]), ["/data_base64 data-twice"]),
            (structuredEvent(["data_base64": "A"]), ["/data_base64 bad-base64"]),
            (structuredEvent(["data_base64": "AA="]), ["/data_base64 bad-base64"]),
            (structuredEvent(["data_base64": "AB=="]), ["/data_base64 bad-base64"]),
            (structuredEvent(["data_base64": "A=AA"]), ["/data_base64 bad-base64"]),
            (structuredEvent(["data_base64": "AA==AA=="]), ["/data_base64 bad-base64"]),
            (structuredEvent(["data_base64": "AA\n="]), ["/data_base64 bad-base64"]),
            (structuredEvent(["data_base64": 1]), ["/data_base64 bad-base64"]),
            (structuredEvent(["datacontenttype": "text/plain", "data": ["a": 1]]), ["/data wrong-type"]),
            (
                ["id": "", "type": 1],
                [
                    "attribute:id empty", "attribute:source required", "attribute:specversion required",
                    "attribute:type wrong-type",
                ]
            ),
            ([], [" wrong-type"]), ("text", [" wrong-type"]), (nil, [" wrong-type"]),
        ] as [(JSONValue, [String])])
    func allFaultsAreNamedByAttribute(_ event: JSONValue, _ faults: [String]) {
        let message = structuredMessage(event)
        #expect(envelopeRefusal(message.headers, message.body) == faults)
    }

    @Test(
        arguments: [
            (structuredEvent(), nil),
            (structuredEvent(["data": ["a": 1]]), .json(["a": 1])),
            (structuredEvent(["data": "{\"a\":1}"]), .json("{\"a\":1}")),
            (structuredEvent(["data": .null]), .json(.null)),
            (structuredEvent(["data_base64": .null]), nil),
            (structuredEvent(["datacontenttype": "text/xml", "data": "<a/>"]), .text("<a/>")),
            (structuredEvent(["datacontenttype": "text/xml", "data": .null]), nil),
            (
                structuredEvent(["datacontenttype": "application/octet-stream", "data_base64": "AAEC/w=="]),
                .binary([0, 1, 2, 255])
            ),
            (structuredEvent(["datacontenttype": "text/plain", "data_base64": ""]), .binary([])),
            (
                structuredEvent(["datacontenttype": "application/json", "data_base64": "eyAieHl6IjogMTIzIH0="]),
                .json(["xyz": 123])
            ),
            (structuredEvent(["data_base64": "eyAieHl6IjogMTIzIH0="]), .json(["xyz": 123])),
            (structuredEvent(["data_base64": "AAEC/w=="]), .binary([0, 1, 2, 255])),
        ] as [(JSONValue, EventData?)])
    func dataAreWhatTheContentTypeSays(_ event: JSONValue, _ data: EventData?) throws {
        let message = structuredMessage(event)
        #expect(try decodedEvent(message.headers, message.body).data == data)
    }

    @Test
    func bytesThatShouldBeJSONAreReadAsStrictly() throws {
        // {"a":1,"a":2}
        let event = structuredEvent(["datacontenttype": "application/json", "data_base64": "eyJhIjoxLCJhIjoyfQ=="])
        guard case .failure(let faults) = HTTPBinding.structured(event) else {
            Issue.record("read")
            return
        }
        #expect(faults.code == "bad-json")
        #expect(faults.faults.map(\.path) == ["/data/a"])
    }

    @Test
    func pathsOfJSONFaultsAreThoseOfTheWholeDocument() {
        let body = #"{"specversion":"1.0","id":"1","id":"1","data":{"a":"\u0000"}}"#
        #expect(
            envelopeRefusal([("content-type", "application/cloudevents+json")], body) == [
                "bad-json", "/data/a nul-character", "/id duplicate-key",
            ])
    }

    @Test
    func manyFaultsOfTheEnvelopeAreCut() {
        var event = JSONObject()
        for number in 0..<10_000 { event["BAD\(number)"] = 1 }
        guard case .failure(let faults) = HTTPBinding.structured(.object(event)) else {
            Issue.record("read")
            return
        }
        #expect(faults.faults.count == 101)
        #expect(faults.faults.last?.code == "further-faults")
    }
}
