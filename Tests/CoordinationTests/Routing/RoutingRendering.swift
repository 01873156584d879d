@testable import Coordination

// A decision as lines that a person can compare with the routing matrix.
extension RoutingDecision {
    /// Status, rule, clause, priority; then one line for each recipient.
    var lines: [String] {
        [head] + recipients.map(\.line)
    }

    /// Such as `routed by 9 under III.1.3, normal`.
    var head: String {
        var text = status.rawValue
        if let rule { text += " by \(rule)" }
        if let clause { text += " under \(clause)" }
        return text + ", \(priority.code)"
    }

    func recipient(_ unit: UnitID) -> PlannedRecipient? {
        recipients.first { $0.unit == unit }
    }

    /// The units in a role, the strongest of each counted only.
    func units(_ role: Role) -> [UnitID] {
        recipients.filter { $0.role == role }.map(\.unit)
    }
}

extension PlannedRecipient {
    /// Such as `hrss handling (responsible): sign 1wd, settle 60wd; ladder B; verified by jm-office`.
    var line: String {
        var text = unit.rawValue + " " + role.rawValue
        for other in alsoRoles { text += "+" + other.rawValue }
        text += " (\(planRole.rawValue))"
        if let custodian { text += " kept by \(custodian.rawValue)" }
        guard let duty else { return text }
        text += ": " + duty.milestones.map(\.text).joined(separator: ", ")
        if let ladder = duty.ladder { text += "; ladder \(ladder)" }
        if duty.needsCompletion && !duty.awaitsDispatch {
            text += "; verified by \(duty.verifier?.rawValue ?? "nobody")"
        }
        if duty.awaitsDispatch { text += "; awaiting dispatch" }
        for addressee in duty.keeps { text += "; keeps \(addressee.rawValue)" }
        return text
    }
}

extension Milestone {
    /// `settle 60wd@labour.child-labour.case-filed`; without `@` from dispatch.
    var text: String {
        guard case .event(let type) = startsAt else { return "\(name) \(period.text)" }
        return "\(name) \(period.text)@\(type.rawValue)"
    }
}
