public import CloudEvents

/// What the hub answers to an event: where it is stored and who received it.
public struct HubReceipt: Sendable, Hashable {
    /// The receipt whole, with members this client does not know.
    public var json: JSONValue

    /// A receipt that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// The event's place in the hub's order; empty in a dry run.
    public var position: String { json["position"]?.stringValue ?? "" }
    /// The event's own id.
    public var id: String { json["id"]?.stringValue ?? "" }
    /// The event's type.
    public var type: String { json["type"]?.stringValue ?? "" }
    /// The case it belongs to.
    public var caseID: String? { json["caseId"]?.stringValue }
    /// The version of the policy that routed it.
    public var policyVersion: String { json["policyVersion"]?.stringValue ?? "" }
    /// When the hub recorded it; clocks run from here.
    public var recordedAt: Timestamp? { json.instant("recordedAt") }
    /// Whether the hub had it before and this is the first receipt again.
    public var isDuplicate: Bool { json["duplicate"]?.boolValue ?? false }
    /// `routed`, `awaiting-dispatch` or `recorded`.
    public var status: String { json["status"]?.stringValue ?? "" }
    /// Who received it; empty where the sender may not know.
    public var recipients: [HubRecipient] { (json["recipients"]?.arrayValue ?? []).map(HubRecipient.init) }
    /// What the hub remarks.
    public var warnings: [HubFault] { (json["warnings"]?.arrayValue ?? []).map(HubFault.init) }
}

/// A unit that received an event.
public struct HubRecipient: Sendable, Hashable {
    /// The recipient whole.
    public var json: JSONValue

    /// A recipient that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// The unit's id.
    public var unit: String { json["unit"]?.stringValue ?? "" }
    /// The unit's name on that day.
    public var unitName: String { json["unitName"]?.stringValue ?? "" }
    /// `lead`, `handling`, `assisting`, `informed` or `supervising`.
    public var role: String { json["role"]?.stringValue ?? "" }
    /// What the plan calls the unit: `lead`, `responsible`, `obliged` or `none`.
    public var planRole: String { json["planRole"]?.stringValue ?? "" }
    /// The duty it was given; nil for one that is merely informed.
    public var dutyID: String? { json["dutyId"]?.stringValue }
    /// Whether it joined a duty the unit had already.
    public var isJoined: Bool { json["joined"]?.boolValue ?? false }
    /// Overdue from this instant on unless signed.
    public var signBy: Timestamp? { json.instant("signBy") }
    /// Overdue from this instant on unless settled.
    public var settleBy: Timestamp? { json.instant("settleBy") }
    /// The sentence of the plan it rests on.
    public var sentence: String? { json["sentence"]?.stringValue }
    /// The time limits one by one.
    public var milestones: [HubMilestone] { (json["milestones"]?.arrayValue ?? []).map(HubMilestone.init) }
}

/// One time limit of a duty.
public struct HubMilestone: Sendable, Hashable {
    /// The milestone whole.
    public var json: JSONValue

    /// A milestone that was read.
    public init(json: JSONValue) {
        self.json = json
    }

    /// `sign`, `settle` or a step between.
    public var name: String { json["name"]?.stringValue ?? "" }
    /// Overdue from this instant on; nil until the fact it starts from arrives.
    public var due: Timestamp? { json.instant("due") }
    /// How the date comes about, in words.
    public var explanation: String { json["explanation"]?.stringValue ?? "" }
    /// The same in Chinese.
    public var explanationZh: String { json["explanationZh"]?.stringValue ?? "" }
    /// Whether it lies beyond the last published calendar.
    public var isProvisional: Bool { json["provisional"]?.boolValue ?? false }
    /// When it was met.
    public var met: Timestamp? { json.instant("met") }
}

extension JSONValue {
    /// A member as an instant; nil when absent, null or no time.
    func instant(_ name: String) -> Timestamp? {
        self[name]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
    }
}
