/// An event as CloudEvents 1.0.2 describes it: `specversion` is always 1.0.
///
/// An event that was read holds to the rules of ``faults``; one that was made
/// in code may not.
public struct CloudEvent: Sendable, Hashable {
    /// The version of the specification, the only one there is.
    public static let specVersion = "1.0"

    /// Identifies the event within its `source`.
    public var id: String
    /// Where it comes from: a URI reference.
    public var source: String
    /// What kind of occurrence it tells of.
    public var type: String
    /// When it happened, as it was sent; whether it is a time is not judged
    /// here, see ``Timestamp/init(rfc3339:)``.
    public var time: String?
    /// What it is about, within its source.
    public var subject: String?
    /// The media type of the data (`datacontenttype`).
    public var dataContentType: String?
    /// The schema the data follows (`dataschema`): a URI.
    public var dataSchema: String?
    /// Every other context attribute by its name: one to twenty lower-case
    /// letters and digits, none of the names above.
    public var extensions: [String: AttributeValue]
    /// What it says; nil when it has no data, which JSON `null` is not.
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

    /// All context attributes that the event has, `specversion` included, as
    /// the JSON format writes them: the required ones, the optional ones, the
    /// extensions by name.
    public var attributes: JSONObject {
        var attributes: JSONObject = [
            "specversion": .string(Self.specVersion), "id": .string(id), "source": .string(source),
            "type": .string(type),
        ]
        attributes["subject"] = subject.map { .string($0) }
        attributes["time"] = time.map { .string($0) }
        attributes["datacontenttype"] = dataContentType.map { .string($0) }
        attributes["dataschema"] = dataSchema.map { .string($0) }
        for (name, value) in extensions.sorted(by: { $0.key < $1.key }) { attributes[name] = value.jsonValue }
        return attributes
    }

    /// What keeps it from being a CloudEvent; nil when nothing does.
    public var faults: EnvelopeFaults? {
        var envelope = Envelope()
        for (name, value) in attributes { envelope.add(name, value) }
        for name in extensions.keys.sorted() where Envelope.standardNames.contains(name) {
            envelope.refuseName(name)
        }
        _ = envelope.event()
        return envelope.faults.isEmpty ? nil : EnvelopeFaults(faults: envelope.faults.all)
    }
}
