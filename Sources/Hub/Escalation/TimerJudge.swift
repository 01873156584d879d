import ChineseIdentifiers
import CloudEvents
import Coordination
import Store

/// A timer with the duty it is about and what is to be done.
struct JudgedTimer: Sendable {
    var duty: Duty?
    var decision: TimerDecision
}

/// Decides about timers that fell due: the milestone as it stands, its ladder,
/// and the instant to look from; nothing else.
struct TimerJudge: Sendable {
    let county: CountyRuntime
    let asOf: Timestamp
    private let secretariat: UnitID?
    private let day: CivilDate
    /// Who hears of a step of a ladder at a unit; the same for all its duties.
    private var audiences: [AudienceKey: JSONObject] = [:]

    private struct AudienceKey: Hashable {
        var unit: UnitID
        var officer: OfficerID?
        var ladder: String
        var step: Int16
    }

    init(county: CountyRuntime, asOf: Timestamp) {
        self.county = county
        self.asOf = asOf
        secretariat = county.directory.units(kind: .secretariat).first?.id
        day = asOf.beijingDate
    }

    /// What is to be done about a timer.
    mutating func judge(_ timer: DueTimer, duty: Duty?) -> JudgedTimer {
        var decision = TimerDecision(timer: timer, version: duty?.version, firing: nil, next: .nothing)
        // Met, ended, or of a duty that was assigned and has other milestones.
        guard let duty, duty.state.isOpen, let milestone = duty.currentMilestone(timer.milestone),
            milestone.met == nil, milestone.due != nil
        else { return JudgedTimer(duty: duty, decision: decision) }
        guard let ladder = duty.ladder.flatMap({ county.ladders[$0] }) else {
            decision.next = .rest
            return JudgedTimer(duty: duty, decision: decision)
        }
        // A ladder that began anew after a refused completion goes on above
        // what has fired.
        let pending = max(timer.step, timer.lastFired.map { $0 + 1 } ?? timer.step)
        switch ladder.decide(pending, of: milestone, isOpen: true, calendar: county.calendar, asOf: asOf) {
        case .discard: decision.next = .rest
        case .wait(let timer): decision.next = .timer(timer)
        case .fire(let firing):
            decision.next = firing.next.map { .timer($0) } ?? .rest
            decision.firing = self.firing(firing, of: milestone, ladder: ladder, duty: duty)
        }
        return JudgedTimer(duty: duty, decision: decision)
    }

    private mutating func firing(
        _ firing: LadderFiring, of milestone: Milestone, ladder: Ladder, duty: Duty,
    ) -> TimerDecision.Firing {
        let command = HubCommand(firing.step.kind)
        var detail = audience(of: firing.step, ladder: ladder, duty: duty)
        detail["milestone"] = .string(milestone.name)
        detail["step"] = .integer(Int64(firing.step.number))
        detail["ladder"] = .string(ladder.id)
        if !firing.collapsed.isEmpty {
            detail["collapsed"] = .array(firing.collapsed.map { .integer(Int64($0.number)) })
        }
        return TimerDecision.Firing(
            step: firing.step.number, outcome: firing.step.outcome, skipped: firing.collapsed.map(\.number),
            command: command, detail: JSONValue.object(detail).canonicalBytes(),
            logUnit: command.isForSecretariat ? secretariat : nil, dutyStep: max(duty.step, firing.level),
            reminders: duty.reminders + (command == .remind ? 1 : 0))
    }

    /// The places that hear, never the names of those who fill them.
    private mutating func audience(of step: LadderStep, ladder: Ladder, duty: Duty) -> JSONObject {
        let key = AudienceKey(unit: duty.unit, officer: duty.officer, ladder: ladder.id, step: step.number)
        if let known = audiences[key] { return known }
        let audience = step.audience(of: duty.unit, officer: duty.officer, in: county.directory, on: day)
        var object: JSONObject = ["to": .array(audience.hearers.map { .string($0.place) })]
        if !audience.calls.isEmpty { object["calls"] = .array(audience.calls.map { .string($0.place) }) }
        if !audience.gaps.isEmpty { object["gaps"] = .array(audience.gaps.map { .string($0.place) }) }
        audiences[key] = object
        return object
    }
}

extension StepHearer {
    /// `hrss/liaison-a`; the unit alone where it stands on its list only.
    fileprivate var place: String {
        switch self {
        case .contact(let unit, let contact): "\(unit.rawValue)/\(contact.role.rawValue)"
        case .officer(let unit, _): "\(unit.rawValue)/officer"
        case .list(let unit): unit.rawValue
        }
    }
}

extension ContactGap {
    fileprivate var place: String {
        role.map { "\(unit.rawValue)/\($0.rawValue)" } ?? unit.rawValue
    }
}
