import CloudEvents

/// A request that publishes, or tries to.
struct FuzzRequest {
    enum Mode: String { case structured, binary, batch }

    /// The id that no other case has; the event's own may have become another.
    var id: String
    var mode: Mode
    var unit: String
    var path = "/v1/events"
    var query = ""
    var headers: [(name: String, value: [UInt8])] = []
    var body: [UInt8] = []
    /// The event as it was meant, where the body says nothing else.
    var event: JSONValue?
    var isChinese = false

    /// The bytes of the request.
    func bytes(token: String, path: String? = nil, body: [UInt8]? = nil) -> [UInt8] {
        let body = body ?? self.body
        var bytes = Array("POST \(path ?? self.path)\(query) HTTP/1.1\r\nHost: 127.0.0.1\r\n".utf8)
        bytes += Array("Authorization: Bearer \(token)\r\nAccept-Language: \(isChinese ? "zh-CN" : "en")\r\n".utf8)
        for (name, value) in headers { bytes += Array(name.utf8) + [0x3A, 0x20] + value + [0x0D, 0x0A] }
        return bytes + Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }

    // MARK: - Making

    /// The request of a case.
    static func make(id: String, events: EventMutator, _ generator: inout CaseGenerator) -> FuzzRequest {
        let mode = generator.pick([Mode.structured, .structured, .binary, .batch])
        let changes = generator.pick([0, 0, 1, 1, 2, 4])
        var request: FuzzRequest
        switch mode {
        case .structured: request = structured(id, changes, events, &generator)
        case .binary: request = binary(id, changes, events, &generator)
        case .batch: request = batch(id, changes, events, &generator)
        }
        request.isChinese = generator.oneIn(2)
        if generator.oneIn(10) {
            request.query = generator.pick(["?strict=true", "?strict=maybe", "?at=x", "?%00=%ff", "?a&&=&"])
        }
        if generator.oneIn(8) { request.headers.append(("Prefer", Array("handling=lenient".utf8))) }
        if generator.oneIn(10) {
            let value = generator.pick([
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-0-0-0", "", "\u{FC}",
            ])
            request.headers.append(("traceparent", Array(value.utf8)))
        }
        if generator.oneIn(12) {
            request.body = generator.damaged(request.body)
            request.event = nil
        }
        return request
    }

    private static let contentTypes = [
        "application/cloudevents+json; charset=utf-8", "application/cloudevents+json;charset=gbk", "application/json",
        "text/plain", "application/cloudevents+xml", "application/cloudevents", "", ";",
        "application/cloudevents+json;;=\"",
        "multipart/form-data; boundary=x", "APPLICATION/CLOUDEVENTS+JSON", "application/cloudevents-batch+json",
    ]

    private static func contentType(_ usual: String, _ generator: inout CaseGenerator) -> (String, [UInt8]) {
        ("Content-Type", Array((generator.oneIn(12) ? generator.pick(contentTypes) : usual).utf8))
    }

    private static func structured(
        _ id: String, _ changes: Int, _ events: EventMutator, _ generator: inout CaseGenerator,
    ) -> FuzzRequest {
        let (unit, event) = events.event(id: id, changes: changes, &generator)
        var writer = VariedWriter(generator: generator)
        var request = FuzzRequest(id: id, mode: .structured, unit: unit, event: event)
        request.body = writer.bytes(event)
        request.headers = [contentType("application/cloudevents+json", &generator)]
        if generator.oneIn(12), case .object(let object) = event,
            let (key, value) = object.map({ ($0.key, $0.value) }).last
        {
            // A key twice.
            var again = JSONObject()
            again[key] = value
            request.body = Array(request.body.dropLast(while: { $0 != 0x7D }).dropLast()) + [0x2C]
            request.body += JSONValue.object(again).encodedBytes().dropFirst()
            request.event = nil
        }
        return request
    }

    private static func binary(
        _ id: String, _ changes: Int, _ events: EventMutator, _ generator: inout CaseGenerator,
    ) -> FuzzRequest {
        let (unit, event) = events.event(id: id, changes: changes, &generator)
        var request = FuzzRequest(id: id, mode: .binary, unit: unit)
        for (name, value) in event.objectValue ?? JSONObject() where name != "data" && name != "datacontenttype" {
            let text = value.stringValue ?? String(decoding: value.encodedBytes(), as: UTF8.self)
            guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }), !name.isEmpty else { continue }
            request.headers.append(("ce-" + name, encoded(text, &generator)))
        }
        request.headers.append(contentType("application/json", &generator))
        if let data = event["data"] {
            var writer = VariedWriter(generator: generator)
            request.body = writer.bytes(data)
        }
        return request
    }

    /// A header value in percent-encoding, now and then a wrong one.
    private static func encoded(_ text: String, _ generator: inout CaseGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        let isRaw = generator.oneIn(15)
        for byte in text.utf8.prefix(8000) {
            if byte == 0x0D || byte == 0x0A || byte == 0 {
                bytes += Array("%0A".utf8)
            } else if byte > 0x20, byte < 0x7F, byte != 0x22, byte != 0x25 {
                bytes.append(byte)
            } else if isRaw {
                bytes.append(byte)
            } else {
                let digits = String(byte, radix: 16, uppercase: generator.oneIn(2))
                bytes += Array(("%" + (digits.count < 2 ? "0" : "") + digits).utf8)
            }
        }
        if generator.oneIn(25) {
            bytes += Array(generator.pick(["%", "%4", "%ZZ", "%C0%80", "%ED%A0%80", "%00"]).utf8)
        }
        return bytes
    }

    private static func batch(
        _ id: String, _ changes: Int, _ events: EventMutator, _ generator: inout CaseGenerator,
    ) -> FuzzRequest {
        var unit = ""
        var elements: [JSONValue] = []
        for index in 0..<generator.below(5) {
            let made = events.event(id: "\(id)-\(index)", changes: generator.oneIn(2) ? changes : 0, &generator)
            if unit.isEmpty { unit = made.unit }
            elements.append(made.event)
            if generator.oneIn(8) { elements.append(made.event) }
            if generator.oneIn(10) { elements.append(generator.value(depth: 1)) }
        }
        var writer = VariedWriter(generator: generator)
        var request = FuzzRequest(id: id, mode: .batch, unit: unit.isEmpty ? "jm-office" : unit)
        let body: JSONValue = generator.oneIn(25) ? ["events": .array(elements)] : .array(elements)
        request.event = body
        request.body = writer.bytes(body)
        request.headers = [contentType("application/cloudevents-batch+json", &generator)]
        return request
    }
}

extension Array {
    /// Without the elements at the end for which a condition holds.
    fileprivate func dropLast(while condition: (Element) -> Bool) -> ArraySlice<Element> {
        var end = endIndex
        while end > startIndex, condition(self[end - 1]) { end -= 1 }
        return self[..<end]
    }
}
