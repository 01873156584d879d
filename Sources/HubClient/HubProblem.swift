public import CloudEvents

/// One fault of what was sent.
public struct HubFault: Sendable, Hashable {
    /// Where: a JSON Pointer, `attribute:<name>`, `query:<name>` or `header:<name>`.
    public var path: String
    /// The machine code.
    public var code: String
    /// What is wrong, in English.
    public var message: String
    /// The same in Chinese.
    public var messageZh: String

    init(_ value: JSONValue) {
        path = value["path"]?.stringValue ?? ""
        code = value["code"]?.stringValue ?? ""
        message = value["message"]?.stringValue ?? ""
        messageZh = value["messageZh"]?.stringValue ?? ""
    }
}

/// The hub's refusal, as RFC 9457 has it.
public struct HubProblem: Sendable, Hashable {
    /// The refusal whole, with members this client does not know.
    public var json: JSONValue

    /// A refusal that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// The HTTP status.
    public var status: Int { Int(json["status"]?.integerValue ?? 0) }
    /// The machine code, such as `event-id-reused`.
    public var code: String { json["code"]?.stringValue ?? "unknown" }
    /// What happened, in the language asked for.
    public var title: String { json["title"]?.stringValue ?? "" }
    /// What to do about it.
    public var detail: String { json["detail"]?.stringValue ?? "" }
    /// Every fault of the input at once.
    public var faults: [HubFault] { (json["errors"]?.arrayValue ?? []).map(HubFault.init) }
}
