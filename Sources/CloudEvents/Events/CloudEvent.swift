/// An event.
public struct CloudEvent: Sendable, Hashable {
    /// Identifies the event together with `source`.
    public var id: String
    /// Where it comes from.
    public var source: String
    /// What kind of occurrence it tells.
    public var type: String
    /// When it happened, as it was sent.
    public var time: String?
    /// What it is about, within its source.
    public var subject: String?
    /// The media type of the data.
    public var dataContentType: String?
    /// The schema of the data.
    public var dataSchema: String?
    /// Every other context attribute, by name.
    public var extensions: [String: AttributeValue]
    /// What it says.
    public var data: EventData?

    /// An event.
    public init(
        id: String, source: String, type: String, time: String? = nil, subject: String? = nil,
        dataContentType: String? = nil, dataSchema: String? = nil, extensions: [String: AttributeValue] = [:],
        data: EventData? = nil,
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.time = time
        self.subject = subject
        self.dataContentType = dataContentType
        self.dataSchema = dataSchema
        self.extensions = extensions
        self.data = data
    }

    /// All context attributes.
    public var attributes: JSONObject { JSONObject() }
}
