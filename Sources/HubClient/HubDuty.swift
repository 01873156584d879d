public import CloudEvents

/// A duty as its unit, its lead or the secretariat sees it.
public struct HubDuty: Sendable, Hashable {
    /// The duty whole, with members this client does not know.
    public var json: JSONValue

    /// A duty that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// Its id.
    public var id: String { json["id"]?.stringValue ?? "" }
    /// The unit it is addressed to.
    public var unit: String { json["unit"]?.stringValue ?? "" }
    /// The unit's name.
    public var unitName: String { json["unitName"]?.stringValue ?? "" }
    /// `lead`, `handling`, `assisting`, `informed` or `supervising`.
    public var role: String { json["role"]?.stringValue ?? "" }
    /// What the plan calls the unit.
    public var planRole: String { json["planRole"]?.stringValue ?? "" }
    /// The state, such as `dispatched`.
    public var state: String { json["state"]?.stringValue ?? "" }
    /// The state as it is written on a screen.
    public var stateZh: String { json["stateZh"]?.stringValue ?? "" }
    /// Rises with every change; sent as `If-Match` it guards a command.
    public var version: Int { Int(json["version"]?.integerValue ?? 0) }
    /// The position of the event it rests on.
    public var event: String { json["event"]?.stringValue ?? "" }
    /// The event's type.
    public var type: String { json["type"]?.stringValue ?? "" }
    /// The case it belongs to.
    public var caseID: String? { json["caseId"]?.stringValue }
    /// Overdue from this instant on unless signed.
    public var signBy: Timestamp? { json.instant("signBy") }
    /// Overdue from this instant on unless settled.
    public var settleBy: Timestamp? { json.instant("settleBy") }
    /// The names of the milestones that are overdue.
    public var overdue: [String] { (json["overdue"]?.arrayValue ?? []).compactMap(\.stringValue) }
    /// The last step of the ladder that fired; 0 before the first.
    public var step: Int { Int(json["step"]?.integerValue ?? 0) }
    /// How often it was reminded of.
    public var reminders: Int { Int(json["reminders"]?.integerValue ?? 0) }
    /// The time limits one by one.
    public var milestones: [HubMilestone] { (json["milestones"]?.arrayValue ?? []).map(HubMilestone.init) }
    /// The commands this token may give now.
    public var allowed: [String] { (json["allowed"]?.arrayValue ?? []).compactMap { $0["command"]?.stringValue } }
    /// What happened to it, in the hub's order.
    public var history: [JSONValue] { json["history"]?.arrayValue ?? [] }
}

/// A page of a list, newest first.
public struct HubPage<Item: Sendable>: Sendable {
    /// The page whole.
    public var json: JSONValue
    /// What it holds.
    public var items: [Item]
    /// The cursor of the next page; nil at the end.
    public var next: String?

    init(json: JSONValue, item: (JSONValue) -> Item) {
        self.json = json
        items = (json["items"]?.arrayValue ?? []).map(item)
        next = json["next"]?.stringValue
    }
}
