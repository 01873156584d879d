import CloudEvents
import Testing

struct BinaryModeTests {
    @Test
    func attributesComeFromHeadersAndDataFromTheBody() throws {
        let event = try decodedEvent(
            binaryHeaders([
                "ce-time": "2018-04-05T03:56:24Z", "ce-subject": "s", "ce-dataschema": "urn:x",
                "ce-traceparent": "00-ab",
                "ce-flag": "true", "ce-number": "5", "content-type": "application/json; charset=utf-8",
            ]), #"{"message":"Hello World!"}"#)
        var expected = CloudEvent(id: "1", source: "/s", type: "t", time: "2018-04-05T03:56:24Z", subject: "s")
        expected.dataSchema = "urn:x"
        expected.dataContentType = "application/json; charset=utf-8"
        // Headers have no types: all of them are text.
        expected.extensions = ["traceparent": .string("00-ab"), "flag": .string("true"), "number": .string("5")]
        expected.data = .json(["message": "Hello World!"])
        #expect(event == expected)
    }

    @Test(arguments: [
        ("simple", "simple"),
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("Euro%20%e2%82%ac%20%f0%9F%98%80", "Euro € 😀"),
        ("percent%25encoded", "percent%encoded"), ("quote%22encoded", "quote\"encoded"), ("%2541", "%41"),
        ("%E5%AD%9F%E6%B4%A5", "孟津"), ("lenient decoding %30%31", "lenient decoding 01"),
        (#""  quoted  text  "unquoted"#, "  quoted  text  unquoted"),
        (#""escaped quote\"end""#, #"escaped quote"end"#), (#""escaped backslash\\end""#, #"escaped backslash\end"#),
        (#"non-escaping backslash\end"#, #"non-escaping backslash\end"#), (#""a%20b""#, "a b"), ("孟津", "孟津"),
    ])
    func headerValuesAreUnquotedAndThenPercentDecodedOnce(_ header: String, _ value: String) throws {
        #expect(try decodedEvent(binaryHeaders(["ce-subject": header])).subject == value)
        #expect(try decodedEvent(binaryHeaders(["ce-ext": header])).extensions["ext"] == .string(value))
    }

    @Test(arguments: [
        ("unterminated percent %", "bad-escape"), ("unterminated percent %0", "bad-escape"),
        ("%g0", "bad-escape"), ("%0g", "bad-escape"), ("%0$", "bad-escape"), ("%E2%", "bad-escape"),
        ("low surrogate %ED%B0%80", "not-utf-8"), ("high surrogate %ED%A0%80", "not-utf-8"),
        ("overlong %C0%A0", "not-utf-8"), ("incomplete %E2", "not-utf-8"), ("incomplete %E2x", "not-utf-8"),
        ("%82", "not-utf-8"), ("%E2%E2", "not-utf-8"), (#""unterminated quote"#, "open-quotation"),
        (#""unterminated escape \"#, "open-quotation"), ("line%0D%0Abreak", "control-character"),
        ("nul%00", "control-character"), ("%C2%85", "control-character"), ("%EF%BF%BE", "control-character"),
        ("", "empty"),
    ])
    func valuesThatCannotBeDecodedAreRefused(_ header: String, _ code: String) {
        #expect(envelopeRefusal(binaryHeaders(["ce-subject": header])) == ["attribute:subject \(code)"])
        #expect(envelopeRefusal(binaryHeaders(["ce-id": header])) == ["attribute:id \(code)"])
    }

    @Test
    func allFaultsOfTheEnvelopeAreReportedAtOnce() {
        let headers = binaryHeaders([
            "ce-specversion": "0.3", "ce-id": "", "ce-source": nil, "ce-type": "%", "ce-bad_name": "x",
            "ce-abcdefghijklmnopqrstu": "x", "ce-data": "x", "ce-datacontenttype": "text/plain", "ce-": "x",
        ])
        #expect(
            envelopeRefusal(headers, "{}") == [
                "attribute: bad-attribute-name", "attribute:abcdefghijklmnopqrstu bad-attribute-name",
                "attribute:bad_name bad-attribute-name", "attribute:data bad-attribute-name",
                "attribute:datacontenttype bad-attribute-name", "attribute:id empty", "attribute:source required",
                "attribute:specversion bad-specversion", "attribute:type bad-escape",
            ])
    }

    @Test
    func oneAttributeInTwoHeadersIsRefused() {
        #expect(
            envelopeRefusal(binaryHeaders() + [("ce-ext", "a"), ("ce-ext", "a"), ("ce-id", "2")]) == [
                "attribute:ext duplicate-attribute", "attribute:id duplicate-attribute",
            ])
    }

    @Test
    func faultsOfTheBodyComeWithThoseOfTheHeaders() {
        #expect(
            envelopeRefusal(binaryHeaders(["ce-id": nil]), #"{"a":1,"a":2}"#) == [
                "bad-json", "/data/a duplicate-key", "attribute:id required",
            ])
        let body = Array(#"{"a":""#.utf8) + [0xC3, 0xCF, 0xBD, 0xF2] + Array(#""}"#.utf8)
        guard case .failure(.faults("not-utf-8", let faults)) = HTTPBinding.decode(headers: binaryHeaders(), body: body)
        else {
            Issue.record("GBK was read")
            return
        }
        #expect(faults.first?.path == "/data")
        #expect(faults.first?.messageZh.contains("请求体疑似 GBK/GB18030，请转为 UTF-8") == true)
    }

    @Test(arguments: [
        ("application/json", "[1]", EventData.json([1])), ("Application/JSON ; charset=\"UTF-8\"", "1", .json(1)),
        ("application/vnd.x+json", "{}", .json([:])), ("text/json", "null", .json(.null)),
        ("text/plain", "[1]", .text("[1]")), ("text/plain; charset=utf-8", "津", .text("津")),
        ("application/xml", "<a/>", .text("<a/>")), ("application/soap+xml", "<a/>", .text("<a/>")),
        ("text/plain; charset=gbk", "a", .binary([0x61])), ("application/octet-stream", "a", .binary([0x61])),
    ])
    func theContentTypeDecidesWhatTheBodyIs(_ contentType: String, _ body: String, _ data: EventData) throws {
        let event = try decodedEvent(binaryHeaders(["content-type": contentType]), body)
        #expect(event.data == data)
        #expect(event.dataContentType == contentType)
    }

    @Test
    func anEmptyBodyIsNoDataAndAMissingContentTypeLeavesBytes() throws {
        #expect(try decodedEvent(binaryHeaders()).data == nil)
        let event = try decodedEvent(binaryHeaders(["content-type": nil]), "{}")
        #expect(event.data == .binary([0x7B, 0x7D]))
        #expect(event.dataContentType == nil)
    }

    @Test(arguments: [
        nil, "text/plain", "application/x-www-form-urlencoded", "application/vnd.x+json", "multipart/form-data", "xyz",
        "application/json; charset=gbk",
    ])
    func requestsWithoutAttributesAreNoEvents(_ contentType: String?) {
        let headers: Headers = [("host", "hub.example")] + (contentType.map { [("content-type", $0)] } ?? [])
        #expect(envelopeRefusal(headers, "{}") == ["unsupported media type"])
    }

    @Test
    func aJSONBodyWithoutAttributesLacksThemAll() {
        let required = ["id", "source", "specversion", "type"].map { "attribute:\($0) required" }
        #expect(envelopeRefusal([("content-type", "application/json")], "{}") == required)
        #expect(
            envelopeRefusal([("content-type", "application/json")], "{") == ["bad-json", "/data syntax"] + required)
    }

    @Test
    func aContentTypeThatIsNoneIsAFaultOfTheEvent() {
        #expect(
            envelopeRefusal(binaryHeaders(["content-type": "xyz"])) == ["attribute:datacontenttype bad-media-type"])
        #expect(envelopeRefusal(binaryHeaders() + [("content-type", "text/plain")]) == ["unsupported media type"])
    }
}
