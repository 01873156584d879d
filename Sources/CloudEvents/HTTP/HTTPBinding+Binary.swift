extension HTTPBinding {
    /// What the names of headers that are attributes begin with.
    static let attributePrefix = "ce-"

    /// Reads an event in binary mode (section 3.1): attributes from headers,
    /// data from the body.
    static func decodeBinary(
        headers: [(name: String, value: String)], contentType: String?, mediaType: MediaType?, body: [UInt8],
    ) -> Result<Message, Failure> {
        if let mediaType, mediaType.isJSON, !mediaType.isUTF8 { return .failure(.unsupportedMediaType) }
        var envelope = Envelope()
        addAttributes(of: headers, to: &envelope)
        if let contentType { envelope.add("datacontenttype", .string(contentType)) }
        let event = envelope.event()
        switch data(body, mediaType) {
        case .failure(let faults):
            return .failure(.faults(code: faults.code, faults.under("/data").faults + envelope.faults.all))
        case .success(let data):
            guard var event else { return .success(.single(.failure(EnvelopeFaults(faults: envelope.faults.all)))) }
            event.data = data
            return .success(.single(.success(event)))
        }
    }

    private static func data(_ body: [UInt8], _ mediaType: MediaType?) -> Result<EventData?, JSONFaults> {
        if body.isEmpty { return .success(nil) }
        if mediaType?.isJSON == true { return JSONReader.read(body).map { .json($0) } }
        if let mediaType, mediaType.isText, mediaType.isUTF8, let text = String(validating: body, as: UTF8.self) {
            return .success(.text(text))
        }
        return .success(.binary(body))
    }

    private static func addAttributes(of headers: [(name: String, value: String)], to envelope: inout Envelope) {
        var seen: Set<String> = []
        for header in headers where header.name.hasPrefix(attributePrefix) {
            let name = String(header.name.dropFirst(attributePrefix.count))
            guard seen.insert(name).inserted else {
                envelope.refuse(name, "duplicate-attribute", "this attribute is there twice", "属性重复")
                continue
            }
            guard name != "datacontenttype" else {
                envelope.refuse(
                    name, "bad-attribute-name", "in binary mode this attribute is the header content-type",
                    "二进制模式下该属性应写在Content-Type请求头中",
                )
                continue
            }
            add(name, header.value, to: &envelope)
        }
    }

    private static func add(_ name: String, _ value: String, to envelope: inout Envelope) {
        do throws(HeaderText.Fault) {
            envelope.add(name, .string(try HeaderText.decode(value)))
        } catch {
            guard AttributeText.isName(name) else { return envelope.refuseName(name) }
            switch error {
            case .openQuotation:
                envelope.refuse(name, "open-quotation", "a quotation mark is not closed", "引号未闭合")
            case .badEscape:
                envelope.refuse(
                    name, "bad-escape", "a percent sign is followed by two hexadecimal digits; write it as %25",
                    "百分号之后应为两位十六进制数；百分号本身请写成%25",
                )
            case .notUTF8:
                envelope.refuse(
                    name, "not-utf-8", "percent-encoded bytes must be UTF-8", "百分号编码的字节应为UTF-8",
                )
            }
        }
    }
}
