package import CloudEvents

/// Judges commands on duties: a pure function of the duty, the request, who
/// acts and what time it is.
///
/// The lines of the life of a duty stand in ``DutyTable``. The order of
/// judgement is the API's: who may act, then the state, then what was said,
/// with all faults at once.
package enum DutyMachine {
    /// Why an actor may not give a command to a duty, whatever its state.
    ///
    /// - Returns: nil when nothing forbids it.
    package static func refusal(
        of command: DutyCommand, on duty: Duty, by actor: DutyActor,
    ) -> DutyRefusal? {
        let row = DutyTable.row(of: command)
        switch row.by {
        case .ownUnit:
            guard actor.unit == duty.unit else { return .notYourDuty }
            // A program passes on what a registered officer did.
            if actor.isProgram { return nil }
        case .verifier:
            if actor.isProgram { return .personNeeded }
            if actor.unit != duty.verifier {
                return actor.unit == duty.unit ? .verifierIsHandler : .notYourDuty
            }
            // Where unit and verifier are one, it takes two persons.
            if actor.officer == nil || actor.officer == duty.completedBy { return .verifierIsHandler }
        case .secretariat:
            if actor.isProgram { return .personNeeded }
        }
        return row.powers.contains(where: actor.powers.contains) ? nil : .scopeMissing(row.powers)
    }

    /// What a command makes of a duty.
    ///
    /// - Returns: the duty after the change with what goes on record, or the
    ///   refusal.
    package static func transition(
        _ request: DutyRequest, on duty: Duty, by actor: DutyActor, circumstances: DutyCircumstances,
        at now: Timestamp,
    ) -> Result<DutyTransition, DutyRefusal> {
        if let refusal = refusal(of: request.command, on: duty, by: actor) { return .failure(refusal) }
        let row = DutyTable.row(of: request.command)
        guard row.admits(duty, circumstances) else {
            let allowed = self.allowed(on: duty, by: actor, circumstances: circumstances)
            return .failure(.illegalTransition(duty.state, allowed: allowed.map(\.command)))
        }
        if request.hasEvidence { return .failure(.notYet) }
        guard let officer = actor.officer else { return .failure(.officerMissing) }
        guard circumstances.officerIsRegistered else { return .failure(.unknownOfficer) }
        let faults = request.faults + DutyFaults.of(request, on: duty, row: row, circumstances: circumstances, at: now)
        guard faults.isEmpty else { return .failure(.invalid(faults)) }
        var transition = DutyTransition(request, on: duty, to: row.to(duty), by: officer, at: now)
        transition.apply(request, circumstances)
        transition.settle()
        return .success(transition)
    }

    /// The commands an actor may give to a duty as it stands, in the order of
    /// the table.
    package static func allowed(
        on duty: Duty, by actor: DutyActor, circumstances: DutyCircumstances,
    ) -> [AllowedCommand] {
        DutyTable.rows.compactMap { row in
            guard refusal(of: row.command, on: duty, by: actor) == nil, row.admits(duty, circumstances) else {
                return nil
            }
            var required = row.required
            if actor.isProgram { required.insert(.officer, at: 0) }
            let takesOutcome = required.contains(.outcome)
            // A family without a list of results asks for none.
            if takesOutcome && circumstances.outcomes.isEmpty { required.removeAll { $0 == .outcome } }
            return AllowedCommand(
                command: row.command, required: required.map(\.rawValue), optional: row.optional.map(\.rawValue),
                outcomes: takesOutcome ? circumstances.outcomes : [])
        }
    }
}

/// A command that may be given now, and what it asks for.
package struct AllowedCommand: Sendable, Hashable {
    package var command: DutyCommand
    package var required: [String]
    package var optional: [String]
    /// The results to choose from; empty for commands without one.
    package var outcomes: [String]
}

/// Why a command does not happen.
package enum DutyRefusal: Error, Sendable, Hashable {
    /// The duty belongs to another unit.
    case notYourDuty
    /// The person lacks every one of these.
    case scopeMissing([DutyActor.Power])
    /// A program may pass on acts, never decisions.
    case personNeeded
    /// Who completed a duty does not verify it.
    case verifierIsHandler
    /// The state does not allow it.
    case illegalTransition(DutyState, allowed: [DutyCommand])
    /// A program passed on an act without saying whose.
    case officerMissing
    /// No such officer of the acting unit is registered for the day.
    case unknownOfficer
    /// What was said has faults.
    case invalid([InputFault])
    /// It asks for something that is not offered yet.
    case notYet
}
