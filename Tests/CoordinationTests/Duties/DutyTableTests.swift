import CloudEvents
import Coordination
import Testing

/// Every state, command and actor, against a table written down separately.
struct DutyTableTests {
    /// From, command, to; `=` is the same state.
    private static let legal: [(from: String, command: String, to: String)] = [
        ("awaiting-dispatch", "assign", "dispatched"),
        ("dispatched", "sign", "signed"),
        ("signed", "accept", "accepted"),
        ("accepted", "start", "in-progress"),
        ("accepted", "complete", "completed"),
        ("in-progress", "complete", "completed"),
        ("rework", "complete", "completed"),
        ("completed", "verify", "closed"),
        ("completed", "reject-completion", "rework"),
        ("dispatched", "note", "="), ("signed", "note", "="), ("accepted", "note", "="), ("returned", "note", "="),
        ("in-progress", "note", "="), ("suspended", "note", "="), ("completed", "note", "="), ("rework", "note", "="),
    ]

    struct Actor: Sendable, CustomTestStringConvertible {
        var name: String
        var actor: DutyActor
        /// Commands this actor may give at all, as far as the table goes.
        var may: Set<String>
        var testDescription: String { name }

        /// The same while the duty is the secretariat's.
        var mayWhileItWaits: Set<String> {
            let isOwn = actor.unit == "jm-office"
            return may.subtracting(isOwn ? [] : DutyTableTests.own).union(isOwn ? DutyTableTests.own : [])
        }
    }

    private static let own: Set = ["sign", "accept", "start", "note", "complete"]
    private static let deciding: Set = ["verify", "reject-completion"]

    /// On a duty of hrss that edu-sports verifies and hrss-1 completed.
    static let actors = [
        Actor(name: "handler", actor: DutyFixture.handler, may: own),
        Actor(name: "colleague", actor: DutyFixture.colleague, may: own),
        Actor(name: "own unit without handle", actor: DutyFixture.person("hrss-3", of: "hrss", []), may: []),
        Actor(name: "own program", actor: DutyFixture.program(of: "hrss", for: "hrss-1"), may: own),
        Actor(name: "verifier", actor: DutyFixture.verifier, may: deciding),
        Actor(
            name: "verifier who supervises", actor: DutyFixture.person("edu-2", of: "edu-sports", [.supervise]),
            may: deciding),
        Actor(name: "verifier without scope", actor: DutyFixture.person("edu-3", of: "edu-sports", []), may: []),
        Actor(name: "verifier's program", actor: DutyFixture.program(of: "edu-sports", for: "edu-1"), may: []),
        Actor(name: "secretary", actor: DutyFixture.secretary, may: ["assign"]),
        Actor(name: "secretariat's program", actor: DutyFixture.program(of: "jm-office", for: "jm-1"), may: []),
        Actor(name: "other unit", actor: DutyFixture.person("psb-1", of: "psb"), may: []),
    ]

    @Test(arguments: DutyState.allCases, actors)
    func aCompletingDutyMovesByTheTableAlone(_ state: DutyState, _ actor: Actor) throws {
        let duty = DutyFixture.duty(state)
        let may = state == .awaitingDispatch ? actor.mayWhileItWaits : actor.may
        for command in DutyCommand.allCases {
            let legal = Self.legal.first { $0.from == state.rawValue && $0.command == command.rawValue }
            let result = DutyMachine.transition(
                DutyFixture.request(command), on: duty, by: actor.actor,
                circumstances: DutyFixture.circumstances(assignee: .owes(.responsible, DutyFixture.plan)),
                at: DutyFixture.dispatched.advanced(bySeconds: 3_600))
            switch (may.contains(command.rawValue), legal) {
            case (true, let legal?):
                let transition = try result.get()
                #expect(transition.from == state)
                #expect(transition.duty.state.rawValue == (legal.to == "=" ? state.rawValue : legal.to))
                #expect(transition.duty.version == duty.version + 1)
                #expect((transition.duty.endedAt == nil) == transition.duty.state.isOpen)
            case (true, nil):
                guard case .failure(.illegalTransition(let told, let allowed)) = result else {
                    Issue.record("\(command) in \(state): \(result)")
                    continue
                }
                #expect(told == state)
                #expect(!allowed.contains(command))
            case (false, _):
                switch result {
                case .failure(.notYourDuty), .failure(.scopeMissing), .failure(.personNeeded),
                    .failure(.verifierIsHandler):
                    break
                default: Issue.record("\(command) in \(state) by \(actor.name): \(result)")
                }
            }
        }
    }

    @Test(arguments: DutyState.allCases, actors)
    func whatIsAllowedIsWhatHappens(_ state: DutyState, _ actor: Actor) {
        let circumstances = DutyFixture.circumstances(assignee: .owes(.none, DutyFixture.plan))
        for duty in [DutyFixture.duty(state), DutyFixture.duty(state, signOnly: true)] {
            let allowed = DutyMachine.allowed(on: duty, by: actor.actor, circumstances: circumstances)
            for command in DutyCommand.allCases {
                let result = DutyMachine.transition(
                    DutyFixture.request(command), on: duty, by: actor.actor, circumstances: circumstances,
                    at: DutyFixture.dispatched)
                let happens = if case .success = result { true } else { false }
                #expect(happens == allowed.contains { $0.command == command }, "\(command) in \(state)")
            }
        }
    }

    @Test func aSignOnlyDutyClosesWithItsSignature() throws {
        let transition = try DutyMachine.transition(
            DutyFixture.request(.sign), on: DutyFixture.duty(signOnly: true), by: DutyFixture.handler,
            circumstances: DutyFixture.circumstances(), at: DutyFixture.dispatched
        ).get()
        #expect(transition.duty.state == .closed)
        #expect(transition.duty.endedAt == DutyFixture.dispatched)
        #expect(transition.duty.currentMilestones.allSatisfy { $0.met != nil })
    }

    @Test func withoutAVerifierACompletionCloses() throws {
        let transition = try DutyMachine.transition(
            DutyFixture.request(.complete), on: DutyFixture.duty(.inProgress, verifier: nil), by: DutyFixture.handler,
            circumstances: DutyFixture.circumstances(), at: DutyFixture.fileBy
        ).get()
        #expect(transition.duty.state == .closed)
        #expect(transition.duty.endedAt == DutyFixture.fileBy)
    }

    @Test(arguments: [true, false])
    func aClosedSignOnlyDutyTakesNotesWhileItsCaseIsOpen(_ caseIsOpen: Bool) throws {
        let duty = DutyFixture.duty(.closed, signOnly: true)
        let result = DutyMachine.transition(
            DutyFixture.request(.note), on: duty, by: DutyFixture.handler,
            circumstances: DutyFixture.circumstances(caseIsOpen: caseIsOpen), at: DutyFixture.fileBy)
        if caseIsOpen {
            let after = try result.get().duty
            #expect(after.state == .closed)
            #expect(after.endedAt == duty.endedAt)
        } else {
            #expect(result == .failure(.illegalTransition(.closed, allowed: [])))
        }
    }

    @Test func aClosedCompletingDutyTakesNoNotes() {
        let result = DutyMachine.transition(
            DutyFixture.request(.note), on: DutyFixture.duty(.closed), by: DutyFixture.handler,
            circumstances: DutyFixture.circumstances(), at: DutyFixture.fileBy)
        #expect(result == .failure(.illegalTransition(.closed, allowed: [])))
    }

    @Test func namesOfTheLifeOfADutyAreKnown() {
        #expect(DutyCommand.named("reject-completion") == .offered(.rejectCompletion))
        #expect(DutyCommand.named("return") == .later)
        #expect(DutyCommand.named("decide-cancel") == .later)
        #expect(DutyCommand.named("Sign") == .unknown)
        #expect(DutyCommand.named("burn") == .unknown)
    }
}
