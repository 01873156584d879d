/// An event as one JSON object (JSON event format, section 3).
enum StructuredForm {
    private static let dataKey = "data"
    private static let bytesKey = "data_base64"

    // MARK: Reading

    static func read(_ value: JSONValue) -> Result<CloudEvent, EnvelopeFaults> {
        guard case .object(let object) = value else {
            let fault = InputFault(
                path: "", code: "wrong-type", message: "an event is a JSON object", messageZh: "事件应为JSON对象")
            return .failure(EnvelopeFaults(faults: [fault]))
        }
        var envelope = Envelope()
        for member in object where member.key != dataKey && member.key != bytesKey {
            envelope.add(member.key, member.value)
        }
        if let mediaType = envelope.dataContentType.flatMap({ MediaType($0) }), mediaType.isJSON, !mediaType.isUTF8 {
            return .failure(unsupportedCharset)
        }
        let data = data(of: object, &envelope)
        let event = envelope.event()
        switch data {
        case .failure(let faults):
            return .failure(EnvelopeFaults(code: faults.code, faults: faults.faults + envelope.faults.all))
        case .success(let data):
            guard var event else { return .failure(EnvelopeFaults(faults: envelope.faults.all)) }
            event.data = data
            return .success(event)
        }
    }

    /// JSON in another encoding than UTF-8 is refused as in binary mode, whether
    /// or not this text of it is.
    private static var unsupportedCharset: EnvelopeFaults {
        EnvelopeFaults(
            code: "unsupported-media-type",
            faults: [
                InputFault(
                    path: FaultPath.attribute("datacontenttype"), code: "unsupported-media-type",
                    message: "JSON is sent in UTF-8; leave the charset out", messageZh: "JSON应为UTF-8编码，请去掉charset")
            ])
    }

    /// The data; a failure where its bytes are to be JSON and cannot be read.
    private static func data(of object: JSONObject, _ envelope: inout Envelope) -> Result<EventData?, JSONFaults> {
        // Without a content type the data are JSON (section 3.1.1).
        let mediaType = envelope.dataContentType.flatMap { MediaType($0) }
        let isJSON = mediaType?.isJSON ?? true
        switch (object[dataKey], object[bytesKey]) {
        case (nil, nil), (nil, .null):
            return .success(nil)
        case (let value?, nil), (let value?, .null):
            if isJSON { return .success(.json(value)) }
            switch value {
            case .string(let text): return .success(.text(text))
            case .null: return .success(nil)
            default:
                envelope.faults.record(
                    path: "/data", "wrong-type", "data of this content type are text, or bytes in data_base64",
                    "该内容类型的data应为文本，或用data_base64传送字节",
                )
                return .success(nil)
            }
        case (nil, let value?):
            guard let bytes = value.stringValue.flatMap(Base64.decode) else {
                envelope.faults.record(
                    path: "/data_base64", "bad-base64", "this is text in Base64 with padding", "应为带填充的Base64文本",
                )
                return .success(nil)
            }
            guard isJSON else { return .success(.binary(bytes)) }
            return json(bytes, isDeclared: mediaType != nil)
        case (_?, _?):
            envelope.faults.record(
                path: "/data_base64", "data-twice", "send data or data_base64, not both", "data与data_base64只能有一个",
            )
            return .success(nil)
        }
    }

    /// Bytes that are JSON say the same as the value itself. Where nothing
    /// declares them so, bytes that are none are left alone.
    private static func json(_ bytes: [UInt8], isDeclared: Bool) -> Result<EventData?, JSONFaults> {
        switch JSONReader.read(bytes) {
        case .success(let value): .success(.json(value))
        case .failure(let faults): isDeclared ? .failure(faults.under("/data")) : .success(.binary(bytes))
        }
    }

    // MARK: Writing

    static func write(_ event: CloudEvent) -> JSONValue {
        let payload = EventPayload(event)
        var object = event.attributes
        // The JSON format implies application/json.
        if event.dataContentType != nil || !payload.isImplied {
            object["datacontenttype"] = payload.contentType.map { .string($0) }
        }
        switch payload.content {
        case .json(let value): object[dataKey] = value
        case .text(let text): object[dataKey] = .string(text)
        case .binary(let bytes): object[bytesKey] = .string(Base64.encode(bytes))
        case nil: break
        }
        return .object(object)
    }
}
