/// One line of the life of a duty: a command, from where, by whom, with what,
/// to where.
struct DutyRow: Sendable {
    /// Who may give a command.
    enum Performer: Sendable {
        /// The duty's own unit; a program may pass on a registered officer's act.
        case ownUnit
        /// The row's verifier: a person who did not complete it.
        case verifier
        /// A person who acts for the secretariat.
        case secretariat
    }

    let command: DutyCommand
    let from: Set<DutyState>
    let by: Performer
    let required: [DutyField]
    let optional: [DutyField]
    let to: @Sendable (Duty) -> DutyState

    init(
        _ command: DutyCommand, from: Set<DutyState>, by: Performer, needs required: [DutyField] = [],
        may optional: [DutyField] = [], to: @escaping @Sendable (Duty) -> DutyState,
    ) {
        self.command = command
        self.from = from
        self.by = by
        self.required = required
        self.optional = optional
        self.to = to
    }

    /// Every field the command takes.
    var fields: Set<DutyField> { DutyField.always.union(required).union(optional) }

    /// The scopes of which a person needs one.
    var powers: [DutyActor.Power] {
        switch by {
        case .ownUnit: [.handle]
        case .verifier: [.handle, .secretariat, .supervise]
        case .secretariat: [.secretariat]
        }
    }
}

/// The life of a duty in one table.
enum DutyTable {
    static let rows: [DutyRow] = [
        DutyRow(.assign, from: [.awaitingDispatch], by: .secretariat, needs: [.unit, .reason], may: [.role]) { _ in
            .dispatched
        },
        DutyRow(.sign, from: [.dispatched], by: .ownUnit, may: [.signedAt, .paper]) { duty in
            duty.isSignOnly ? .closed : .signed
        },
        DutyRow(.accept, from: [.signed], by: .ownUnit) { _ in
            .accepted
        },
        DutyRow(.start, from: [.accepted], by: .ownUnit, needs: [.note]) { _ in
            .inProgress
        },
        DutyRow(.note, from: open.subtracting([.awaitingDispatch]), by: .ownUnit, needs: [.note], may: [.milestone]) {
            duty in duty.state
        },
        DutyRow(.complete, from: [.accepted, .inProgress, .rework], by: .ownUnit, needs: [.outcome]) { duty in
            duty.verifier == nil ? .closed : .completed
        },
        DutyRow(.verify, from: [.completed], by: .verifier) { _ in
            .closed
        },
        DutyRow(.rejectCompletion, from: [.completed], by: .verifier, needs: [.reason], may: [.missing]) { _ in
            .rework
        },
    ]

    private static let open = Set(DutyState.allCases.filter(\.isOpen))

    private static let byCommand = Dictionary(uniqueKeysWithValues: rows.map { ($0.command, $0) })

    /// The line of a command.
    static func row(of command: DutyCommand) -> DutyRow {
        guard let row = byCommand[command] else { preconditionFailure("every command has a line") }
        return row
    }
}

extension DutyRow {
    /// Whether the duty's state lets the command happen.
    func admits(_ duty: Duty, _ circumstances: DutyCircumstances) -> Bool {
        if from.contains(duty.state) { return true }
        // What is only signed for closes at once, and its unit may still have
        // something to tell while the matter goes on.
        return command == .note && duty.state == .closed && duty.isSignOnly && circumstances.caseIsOpen
    }
}
