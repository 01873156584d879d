import CloudEvents
import Testing

struct EncodingTests {
    private static let full: CloudEvent = {
        var event = CloudEvent.minimal
        event.time = "2020-10-22T09:12:00+08:00"
        event.subject = "Euro € 😀"
        event.dataSchema = "urn:x"
        event.extensions = ["flag": .boolean(true), "number": .integer(5), "text": .string("100% \"津\"")]
        event.data = .json(["b": 1, "a": "津"])
        return event
    }()

    @Test
    func binaryModeEscapesWhatHeadersCannotHold() {
        let (headers, body) = HTTPBinding.encodeBinary(Self.full)
        #expect(
            headers.map { "\($0.name): \($0.value)" } == [
                "ce-specversion: 1.0", "ce-id: 1", "ce-source: /410322/units/hrss", "ce-type: child-labour.reported",
                "ce-subject: Euro%20%E2%82%AC%20%F0%9F%98%80", "ce-time: 2020-10-22T09:12:00+08:00",
                "ce-dataschema: urn:x", "ce-flag: true", "ce-number: 5", "ce-text: 100%25%20%22%E6%B4%A5%22",
                // The JSON format implies it, HTTP does not.
                "content-type: application/json",
            ])
        #expect(String(decoding: body, as: UTF8.self) == #"{"b":1,"a":"津"}"#)
    }

    @Test
    func structuredModeIsOneObject() throws {
        let (headers, body) = HTTPBinding.encodeStructured(Self.full)
        #expect(headers.map(\.value) == ["application/cloudevents+json"])
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"specversion":"1.0","id":"1","source":"/410322/units/hrss","type":"child-labour.reported","#
                + #""subject":"Euro € 😀","time":"2020-10-22T09:12:00+08:00","dataschema":"urn:x","flag":true,"#
                + #""number":5,"text":"100% \"津\"","data":{"b":1,"a":"津"}}"#)
    }

    @Test
    func batchesAreListsInOrder() throws {
        let events = (0..<3).map { CloudEvent(id: "\($0)", source: "/s", type: "t") }
        for events in [events, []] {
            let (headers, body) = HTTPBinding.encodeBatch(events)
            let decoded = try HTTPBinding.decode(headers: headers, body: body).get()
            #expect(decoded == .batch(events.map { .success($0) }))
        }
    }

    @Test(
        arguments: [
            (nil, EventData.json(["a": 1])), ("application/vnd.x+json", .json([1])), ("text/plain", .text("津")),
            (nil, .text("as text")), (nil, .binary([0, 255])), ("image/png", .binary([1])), (nil, .json(.null)),
            ("text/plain", nil), (nil, nil), ("application/json", .text("{")), ("text/csv", .json(["a": 1])),
        ] as [(String?, EventData?)])
    func bothModesSayTheSame(_ contentType: String?, _ data: EventData?) throws {
        var event = CloudEvent.minimal
        event.dataContentType = contentType
        event.data = data
        let structured = HTTPBinding.encodeStructured(event)
        let binary = HTTPBinding.encodeBinary(event)
        let one = try decodedEvent(structured.headers, String(decoding: structured.body, as: UTF8.self))
        guard
            case .single(.success(let other)) = try HTTPBinding.decode(headers: binary.headers, body: binary.body).get()
        else {
            Issue.record("binary mode was refused")
            return
        }
        #expect(one.data == other.data)
        #expect((one.dataContentType ?? "application/json") == (other.dataContentType ?? "application/json"))
        // Where content type and data agree, nothing changes on the way.
        if contentType.map({ !$0.contains("json") || data != .text("{") }) ?? (data != nil), contentType != "text/csv" {
            #expect(one.data == data)
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func whatIsSentIsReadAsTheSame(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        func text(_ random: inout RandomJSON) -> String {
            let harmless = random.text().unicodeScalars.filter { scalar in
                !(0..<0x20).contains(scalar.value) && !(0x7F...0x9F).contains(scalar.value)
                    && !(0xFDD0...0xFDEF).contains(scalar.value) && scalar.value & 0xFFFE != 0xFFFE
            }
            return "x" + String(String.UnicodeScalarView(harmless))
        }
        var event = CloudEvent(id: text(&random), source: text(&random), type: text(&random))
        event.subject = text(&random)
        event.dataContentType = "application/json"
        event.extensions = ["ext": .string(text(&random)), "n0": .string(text(&random))]
        event.data = .json(random.value())
        #expect(event.faults == nil)
        for (headers, body) in [HTTPBinding.encodeBinary(event), HTTPBinding.encodeStructured(event)] {
            #expect(headers.allSatisfy { $0.value.utf8.allSatisfy { (0x21...0x7E).contains($0) || $0 == 0x20 } })
            #expect(try HTTPBinding.decode(headers: headers, body: body).get() == .single(.success(event)))
        }
    }
}
