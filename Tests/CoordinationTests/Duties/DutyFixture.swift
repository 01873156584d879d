import CloudEvents
import Coordination

/// A duty of hrss about a report of child labour, as the rule makes it: signed
/// within a working day, filed within five, settled within sixty of filing.
enum DutyFixture {
    static let dispatched = Timestamp(rfc3339: "2020-10-22T09:00:00+08:00")!
    static let signBy = Timestamp(rfc3339: "2020-10-24T00:00:00+08:00")!
    static let fileBy = Timestamp(rfc3339: "2020-10-30T00:00:00+08:00")!
    static let outcomes = ["substantiated-penalised", "unfounded", "transferred-criminal"]

    static func milestone(
        _ name: String, _ period: String, due: Timestamp?, start: Milestone.Start = .dispatch,
    ) -> Milestone {
        Milestone(
            name: name, startsAt: start, period: Period.parse(period)!, started: due == nil ? nil : dispatched,
            due: due, basis: nil, basisZh: nil, provisional: false, met: nil, explanationZh: "", explanation: "")
    }

    /// A duty in a state, with what that state presupposes.
    static func duty(
        _ state: DutyState = .dispatched, signOnly: Bool = false, verifier: UnitID? = "edu-sports",
        caseID: CaseID? = CaseID(rawValue: 7),
    ) -> Duty {
        let sign = milestone("sign", "1wd", due: signBy)
        let waiting = milestone("settle", "60wd", due: nil, start: .event("labour.child-labour.case-filed"))
        var duty = Duty(
            id: DutyID(rawValue: 11), county: CountyID(rawValue: 1), event: Position(rawValue: 10), unit: "hrss",
            role: signOnly ? .assisting : .handling, alsoRoles: [], planRole: .responsible, officer: nil,
            caseID: caseID, type: "labour.child-labour.reported", publisher: "jm-office", lead: "edu-sports",
            policyVersion: "2020-10-22.1", rule: "9", sentence: "III.1.3-04b", clause: "III.1.3", ladder: "B",
            verifier: signOnly ? nil : verifier, needsCompletion: !signOnly,
            milestones: signOnly ? [sign] : [sign, milestone("file", "5wd", due: fileBy), waiting],
            createdAt: dispatched, signBy: signBy, settleBy: nil, provisional: false, priority: .normal, state: state)
        switch state {
        case .awaitingDispatch:
            duty.unit = "jm-office"
            duty.signBy = nil
            duty.milestones = [milestone("assign", "1wd", due: signBy)]
        case .dispatched, .returned, .cancelled: break
        default:
            duty.signedAt = dispatched.advanced(bySeconds: 600)
            duty.signedBy = "hrss-1"
        }
        switch state {
        case .completed:
            duty.completedAt = dispatched.advanced(bySeconds: 7_200)
            duty.completedBy = "hrss-1"
            duty.outcome = "unfounded"
        case .closed where !signOnly:
            duty.completedAt = dispatched.advanced(bySeconds: 7_200)
            duty.completedBy = "hrss-1"
        default: break
        }
        if !state.isOpen { duty.endedAt = dispatched.advanced(bySeconds: 9_000) }
        return duty
    }

    static func person(_ officer: OfficerID, of unit: UnitID, _ powers: Set<DutyActor.Power> = [.handle]) -> DutyActor {
        DutyActor(unit: unit, officer: officer, isProgram: false, powers: powers)
    }

    static func program(of unit: UnitID, for officer: OfficerID?) -> DutyActor {
        DutyActor(unit: unit, officer: officer, isProgram: true, powers: [])
    }

    static let handler = person("hrss-1", of: "hrss")
    static let colleague = person("hrss-2", of: "hrss")
    static let verifier = person("edu-1", of: "edu-sports")
    static let secretary = person("jm-1", of: "jm-office", [.handle, .secretariat])

    /// A plan of two milestones, as an assignment gets it.
    static let plan = DutyPlan(
        milestones: [
            milestone("sign", "2wd", due: fileBy), milestone("settle", "20wd", due: fileBy.advanced(bySeconds: 86_400)),
        ],
        signBy: fileBy, settleBy: fileBy.advanced(bySeconds: 86_400), ladder: "A", needsSignature: true,
        needsCompletion: true, verifier: "edu-sports")

    static func circumstances(
        registered: Bool = true, caseIsOpen: Bool = true, assignee: DutyCircumstances.Assignee? = nil,
    ) -> DutyCircumstances {
        DutyCircumstances(
            officerIsRegistered: registered, outcomes: outcomes, caseIsOpen: caseIsOpen, assignee: assignee)
    }

    /// A request with everything its command needs.
    static func request(_ command: DutyCommand) -> DutyRequest {
        let body: JSONObject =
            switch command {
            case .assign: ["unit": "market-reg", "reason": "permit without licence"]
            case .start, .note: ["note": "went there"]
            case .complete: ["outcome": "unfounded"]
            case .rejectCompletion: ["reason": "no written record"]
            default: [:]
            }
        return DutyRequest(command, body: body)
    }
}
