import CloudEvents
import Testing

/// A server hands over U+FFFD where a header held bytes that are no UTF-8.
struct UnreadableHeaderTests {
    private func refusal(_ headers: Headers, _ body: String = "{}") throws -> [InputFault] {
        guard
            case .failure(.faults("bad-header", let faults)) = HTTPBinding.decode(
                headers: headers, body: Array(body.utf8))
        else {
            Issue.record("read, or refused otherwise")
            return []
        }
        return faults
    }

    @Test
    func everyHeaderThatBecomesAnAttributeIsChecked() throws {
        let faults = try refusal(
            binaryHeaders([
                "ce-id": "\u{FFFD}\u{FFFD}", "ce-subject": "a\u{FFFD}", "traceparent": "\u{FFFD}",
                "tracestate": "\u{FFFD}", "x-other": "\u{FFFD}",
            ]))
        #expect(
            faults.map(\.path).sorted() == [
                "header:ce-id", "header:ce-subject", "header:traceparent", "header:tracestate",
            ])
        #expect(faults.allSatisfy { $0.code == "bad-header" })
        let id = try #require(faults.first { $0.path == "header:ce-id" })
        #expect(id.message.contains("GBK") && id.messageZh.contains("GBK"))
        let subject = try #require(faults.first { $0.path == "header:ce-subject" })
        #expect(!subject.message.contains("GBK"))
    }

    @Test
    func aContentTypeIsCheckedBeforeItIsUsed() throws {
        let faults = try refusal(binaryHeaders(["content-type": "application/\u{FFFD}"]))
        #expect(faults.map(\.path) == ["header:content-type"])
    }

    @Test
    func structuredModeUsesNoHeaderButTheTrace() throws {
        let (headers, body) = structuredMessage(structuredEvent())
        _ = try decodedEvent(headers + [("ce-id", "\u{FFFD}"), ("x-other", "\u{FFFD}")], body)
        #expect(try refusal(headers + [("traceparent", "\u{FFFD}")], body).map(\.path) == ["header:traceparent"])
    }

    @Test
    func theCharacterItselfIsWrittenPercentEncoded() throws {
        #expect(try decodedEvent(binaryHeaders(["ce-id": "a%EF%BF%BD"])).id == "a\u{FFFD}")
    }

    @Test
    func anotherContentTypeIsStillNoEvent() {
        #expect(
            envelopeRefusal([("content-type", "text/plain"), ("traceparent", "\u{FFFD}")])
                == ["unsupported media type"])
    }
}
