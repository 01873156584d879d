import ChineseIdentifiers
import CloudEvents

/// Turns the milestones of a rule into instants for one dispatch.
struct DutyPlanner {
    let calendar: WorkCalendar
    let dispatchedAt: Timestamp
    let dispatchDay: CivilDate
    /// Chooses the legal bases in force.
    let eventDay: CivilDate
    /// Periods repeat among the recipients of an event.
    private var deadlines: [(period: Period, deadline: Deadline)] = []

    init(calendar: WorkCalendar, dispatchedAt: Timestamp, eventDay: CivilDate) {
        self.calendar = calendar
        self.dispatchedAt = dispatchedAt
        self.dispatchDay = dispatchedAt.beijingDate
        self.eventDay = eventDay
    }

    /// The duty that these milestones make: of each name the earliest, `sign`
    /// first and `settle` last.
    mutating func plan(_ templates: [MilestoneTemplate], needsCompletion: Bool) -> DutyPlan {
        var milestones: [Milestone] = []
        for template in templates {
            let milestone = self.milestone(template)
            guard let index = milestones.firstIndex(where: { $0.name == milestone.name }) else {
                milestones.append(milestone)
                continue
            }
            if Self.isEarlier(milestone, than: milestones[index]) { milestones[index] = milestone }
        }
        Self.move(MilestoneName.sign, toFrontOf: &milestones)
        Self.move(MilestoneName.settle, toBackOf: &milestones)

        let sign = milestones.first.flatMap { $0.name == MilestoneName.sign ? $0 : nil }
        let last = milestones.last.flatMap { $0.name == MilestoneName.sign ? nil : $0 }
        return DutyPlan(
            milestones: milestones,
            signBy: sign?.due,
            settleBy: needsCompletion ? last?.due : nil,
            provisional: milestones.contains(where: \.provisional),
            needsSignature: sign != nil,
            needsCompletion: needsCompletion,
        )
    }

    private mutating func milestone(_ template: MilestoneTemplate) -> Milestone {
        let basis = template.bases.first { $0.isInForce(on: eventDay) }
        var milestone = Milestone(
            name: template.name,
            startsAt: template.start,
            period: template.period,
            started: nil,
            due: nil,
            basis: basis?.en,
            basisZh: basis?.zh,
            provisional: false,
            met: nil,
            explanationZh: "",
            explanation: "",
        )
        guard case .dispatch = template.start else {
            milestone.explanationZh = "自\(template.startZh)之日起\(template.period.zh)"
            milestone.explanation = "\(template.period.en) from \(template.startEn)"
            return milestone
        }
        let deadline = self.deadline(template.period)
        milestone.started = dispatchedAt
        milestone.due = deadline.due
        milestone.provisional = deadline.provisional
        milestone.explanationZh = deadline.explanationZh
        milestone.explanation = deadline.explanation
        return milestone
    }

    private mutating func deadline(_ period: Period) -> Deadline {
        if let known = deadlines.first(where: { $0.period == period }) { return known.deadline }
        let deadline = calendar.deadline(period, from: dispatchedAt)
        deadlines.append((period, deadline))
        return deadline
    }

    /// A clock that runs is earlier than one that has not begun.
    private static func isEarlier(_ left: Milestone, than right: Milestone) -> Bool {
        guard let due = left.due else { return false }
        return right.due.map { due < $0 } ?? true
    }

    private static func move(_ name: String, toFrontOf milestones: inout [Milestone]) {
        guard let index = milestones.firstIndex(where: { $0.name == name }), index > 0 else { return }
        milestones.insert(milestones.remove(at: index), at: 0)
    }

    private static func move(_ name: String, toBackOf milestones: inout [Milestone]) {
        guard let index = milestones.firstIndex(where: { $0.name == name }), index < milestones.count - 1 else {
            return
        }
        milestones.append(milestones.remove(at: index))
    }
}
