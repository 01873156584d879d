package import CloudEvents

/// The clocks of a duty, as a receipt shows them.
package struct DutyClocks: Sendable, Hashable {
    package var signBy: Timestamp?
    package var settleBy: Timestamp?
    package var provisional: Bool
    package var milestones: [Milestone]

    /// The clocks as they were set at dispatch: what has been met since is told
    /// by the duty.
    package init(of duty: Duty) {
        signBy = duty.signBy
        settleBy = duty.settleBy
        provisional = duty.provisional
        milestones = duty.milestones.map { milestone in
            var milestone = milestone
            milestone.met = nil
            return milestone
        }
    }
}

// MARK: Keeping

extension DutyClocks {
    /// The member of an assignment's record under which the clocks stand that
    /// it replaced: the publisher's first receipt had shown them.
    package static let replaced = "replacedClocks"

    /// The clocks as the hub keeps them; instants are microseconds since
    /// 1970-01-01T00:00:00Z.
    package var jsonValue: JSONValue {
        var object: JSONObject = ["milestones": .array(milestones.map(\.jsonValue))]
        object["signBy"] = signBy.map { .integer($0.microseconds) }
        object["settleBy"] = settleBy.map { .integer($0.microseconds) }
        if provisional { object["provisional"] = true }
        return .object(object)
    }

    /// Reads what ``jsonValue`` wrote; nil for anything it would not have.
    package init?(_ value: JSONValue) {
        guard let kept = value["milestones"]?.arrayValue else { return nil }
        milestones = kept.compactMap { Milestone($0) }
        guard milestones.count == kept.count else { return nil }
        signBy = value["signBy"]?.integerValue.map { Timestamp(microseconds: $0) }
        settleBy = value["settleBy"]?.integerValue.map { Timestamp(microseconds: $0) }
        provisional = value["provisional"]?.boolValue ?? false
    }
}
