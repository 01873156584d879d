/// The context attributes of an event while they are read, whatever form they
/// came in: values are given as the JSON format has them.
struct Envelope {
    static let requiredNames = ["specversion", "id", "source", "type"]
    static let standardNames = Set(requiredNames + ["time", "subject", "datacontenttype", "dataschema"])

    var faults = FaultList()
    /// The values of the standard attributes; empty where one is there that
    /// cannot be used.
    private var texts: [String: String] = [:]
    private var extensions: [String: AttributeValue] = [:]
    private var count = 0

    /// Far more than any event has: reading on would only make a long list of
    /// what is not known.
    private static let attributeLimit = 1000

    // MARK: Reading

    /// Takes an attribute; `null` is as good as none.
    mutating func add(_ name: String, _ value: JSONValue) {
        if value == .null { return }
        count += 1
        guard count <= Self.attributeLimit else {
            if count == Self.attributeLimit + 1 {
                faults.record(
                    "too-many-attributes", "an event has at most \(Self.attributeLimit) attributes",
                    "一个事件最多\(Self.attributeLimit)个属性")
            }
            return
        }
        guard AttributeText.isName(name), name != "data" else { return refuseName(name) }
        if Self.standardNames.contains(name) {
            addStandard(name, value)
        } else {
            addExtension(name, value)
        }
    }

    /// Takes note that an attribute is there whose value cannot be read, so
    /// that it does not count as missing too.
    mutating func refuse(_ name: String, _ code: String, _ message: String, _ messageZh: String) {
        texts[name] = ""
        faults.record(path: FaultPath.attribute(name), code, message, messageZh)
    }

    mutating func refuseName(_ name: String) {
        faults.record(
            path: FaultPath.attribute(name), "bad-attribute-name",
            "an attribute's name is one to twenty lower-case letters and digits, and not data",
            "属性名应为1至20个小写字母或数字，且不得为data",
        )
    }

    private mutating func addStandard(_ name: String, _ value: JSONValue) {
        guard case .string(let text) = value else {
            return refuse(name, "wrong-type", "this attribute is text", "该属性应为文本")
        }
        guard !text.isEmpty else {
            return refuse(name, "empty", "this attribute must not be empty", "该属性不得为空")
        }
        guard isClean(name, text) else { return }
        texts[name] = text
        if name == "specversion", text != CloudEvent.specVersion {
            refuse(name, "bad-specversion", "only version 1.0 is taken", "仅支持1.0版")
        }
        if name == "datacontenttype", MediaType(text) == nil {
            refuse(name, "bad-media-type", "write a media type such as application/json", "应为application/json形式的媒体类型")
        }
    }

    private mutating func addExtension(_ name: String, _ value: JSONValue) {
        switch value {
        case .bool(let flag):
            extensions[name] = .boolean(flag)
        case .string(let text):
            if isClean(name, text) { extensions[name] = .string(text) }
        case .integer(let number):
            if let number = Int32(exactly: number) {
                extensions[name] = .integer(number)
            } else {
                refuse(name, "wrong-type", "a whole number of an attribute has 32 bits", "属性中的整数不得超出32位")
            }
        case .null, .number, .array, .object:
            refuse(
                name, "wrong-type", "an attribute is text, a whole number, true or false",
                "属性应为文本、整数或布尔值",
            )
        }
    }

    private mutating func isClean(_ name: String, _ text: String) -> Bool {
        guard !AttributeText.isClean(text) else { return true }
        refuse(name, "control-character", "an attribute holds no control characters", "属性中不得含有控制字符")
        return false
    }

    // MARK: The event

    /// The content type, if one was given that can be used.
    var dataContentType: String? { text("datacontenttype") }

    /// The event without its data; nil, and faults say why, when it is none.
    mutating func event() -> CloudEvent? {
        for name in Self.requiredNames where texts[name] == nil {
            faults.record(
                path: FaultPath.attribute(name), "required", "this attribute is required", "缺少必填属性",
            )
        }
        guard faults.isEmpty, let id = text("id"), let source = text("source"), let type = text("type") else {
            return nil
        }
        return CloudEvent(
            id: id, source: source, type: type, time: text("time"), subject: text("subject"),
            dataContentType: dataContentType, dataSchema: text("dataschema"), extensions: extensions,
        )
    }

    private func text(_ name: String) -> String? {
        texts[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
