import CloudEvents
import Coordination
import Testing

struct DutyMachineTests {
    private let now = DutyFixture.dispatched.advanced(bySeconds: 86_400)

    private func transition(
        _ command: DutyCommand, _ body: JSONObject? = nil, on duty: Duty, by actor: DutyActor = DutyFixture.handler,
        _ circumstances: DutyCircumstances = DutyFixture.circumstances(), at instant: Timestamp? = nil,
    ) -> Result<DutyTransition, DutyRefusal> {
        DutyMachine.transition(
            body.map { DutyRequest(command, body: $0) } ?? DutyFixture.request(command), on: duty, by: actor,
            circumstances: circumstances, at: instant ?? now)
    }

    private func faults(_ result: Result<DutyTransition, DutyRefusal>) -> [String] {
        guard case .failure(.invalid(let faults)) = result else { return ["not a refusal of content"] }
        return faults.map { "\($0.path) \($0.code)" }
    }

    // MARK: Signing

    @Test func aSignatureNamesThePersonAndTheTime() throws {
        let duty = try transition(.sign, on: DutyFixture.duty()).get().duty
        #expect(duty.signedBy == "hrss-1")
        #expect(duty.signedAt == now)
    }

    @Test func aSignatureOnPaperKeepsItsTime() throws {
        let body: JSONObject = ["paper": true, "signedAt": "2020-10-22T16:30:00+08:00"]
        let transition = try transition(.sign, body, on: DutyFixture.duty()).get()
        #expect(transition.duty.signedAt == Timestamp(rfc3339: "2020-10-22T16:30:00+08:00"))
        #expect(transition.at == now)
        #expect(transition.codes["paper"] == true)
    }

    @Test(arguments: [
        ("2020-10-22T16:30:00+08:00", false, "/signedAt only-on-paper"),
        ("2020-10-22T08:59:59+08:00", true, "/signedAt before-dispatch"),
        ("2030-01-01T00:00:00+08:00", true, "/signedAt in-future"),
        ("2020-10-22T16:30:00", true, "/signedAt bad-time"),
    ])
    func aWrongTimeOfSignatureIsRefused(_ time: String, _ paper: Bool, _ fault: String) {
        let body: JSONObject = ["paper": .bool(paper), "signedAt": .string(time)]
        #expect(faults(transition(.sign, body, on: DutyFixture.duty())) == [fault])
    }

    @Test func aLateSignatureEndsTheSignLadder() throws {
        var duty = DutyFixture.duty()
        duty.step = 3
        let after = try transition(.sign, on: duty, at: DutyFixture.signBy.advanced(bySeconds: 1)).get().duty
        #expect(after.step == 0)
    }

    @Test func theStepStaysWhileSomethingElseIsLate() throws {
        var duty = DutyFixture.duty()
        duty.step = 3
        let after = try transition(.sign, on: duty, at: DutyFixture.fileBy).get().duty
        #expect(after.step == 3)
        #expect(after.overdue(at: DutyFixture.fileBy) == ["file"])
    }

    @Test func anUnregisteredOfficerDoesNotSign() {
        let result = transition(.sign, on: DutyFixture.duty(), DutyFixture.circumstances(registered: false))
        #expect(result == .failure(.unknownOfficer))
    }

    @Test func aProgramThatNamesNobodySignsNothing() {
        let result = transition(.sign, on: DutyFixture.duty(), by: DutyFixture.program(of: "hrss", for: nil))
        #expect(result == .failure(.officerMissing))
    }

    @Test func theStateIsJudgedBeforeTheOfficer() {
        let result = transition(
            .sign, on: DutyFixture.duty(.signed), by: DutyFixture.program(of: "hrss", for: nil),
            DutyFixture.circumstances(registered: false))
        #expect(result == .failure(.illegalTransition(.signed, allowed: [.accept, .note])))
    }

    // MARK: Notes

    @Test func aNoteMeetsAMilestoneThatRunsFromDispatch() throws {
        let body: JSONObject = ["note": "filed under 2020-17", "milestone": "file"]
        let transition = try transition(.note, body, on: DutyFixture.duty(.accepted)).get()
        #expect(transition.duty.milestones.first { $0.name == "file" }?.met == now)
        #expect(transition.codes["milestone"] == "file")
        #expect(transition.codes["note"] == nil)
        #expect(transition.writings["note"] == "filed under 2020-17")
    }

    @Test(arguments: [
        ("sign", "/milestone not-by-note"), ("settle", "/milestone not-by-note"),
        ("verify", "/milestone unknown-milestone"),
    ])
    func aNoteMeetsNothingElse(_ milestone: String, _ fault: String) {
        let body: JSONObject = ["note": "done", "milestone": .string(milestone)]
        #expect(faults(transition(.note, body, on: DutyFixture.duty(.accepted))) == [fault])
    }

    @Test func aMilestoneIsMetOnce() throws {
        let body: JSONObject = ["note": "done", "milestone": "file"]
        let once = try transition(.note, body, on: DutyFixture.duty(.accepted)).get().duty
        #expect(faults(transition(.note, body, on: once)) == ["/milestone already-met"])
    }

    @Test func aNoteOfBlanksSaysNothing() {
        #expect(faults(transition(.note, ["note": " \u{3000}\n"], on: DutyFixture.duty(.signed))) == ["/note required"])
    }

    // MARK: Completion

    @Test func aCompletionStopsEveryClockThatRuns() throws {
        let after = try transition(.complete, on: DutyFixture.duty(.inProgress)).get().duty
        #expect(after.outcome == "unfounded")
        #expect(after.completedBy == "hrss-1")
        #expect(after.currentMilestone("file")?.met == now)
        #expect(after.currentMilestone("settle")?.met == now)
        #expect(after.overdue(at: DutyFixture.fileBy.advanced(bySeconds: 86_400)).isEmpty)
    }

    @Test func aResultOfAnotherFamilyIsRefused() {
        let result = transition(.complete, ["outcome": "revoked"], on: DutyFixture.duty(.accepted))
        #expect(faults(result) == ["/outcome unknown-code"])
    }

    @Test func whoCompletedDoesNotVerify() {
        var duty = DutyFixture.duty(.completed, verifier: "hrss")
        let own = transition(.verify, on: duty, by: DutyFixture.handler)
        #expect(own == .failure(.verifierIsHandler))
        // Where unit and verifier are one, a second person does.
        #expect((try? transition(.verify, on: duty, by: DutyFixture.colleague).get()) != nil)
        duty.verifier = "edu-sports"
        #expect(transition(.verify, on: duty, by: DutyFixture.colleague) == .failure(.verifierIsHandler))
    }

    @Test func aRefusedCompletionResumesTheClocks() throws {
        let duty = DutyFixture.duty(.completed)
        let body: JSONObject = ["reason": "no written record", "missing": "the employer's statement"]
        let transition = try transition(.rejectCompletion, body, on: duty, by: DutyFixture.verifier).get()
        let after = transition.duty
        #expect(after.state == .rework)
        #expect(after.reworks == 1)
        #expect(after.completedAt == nil && after.completedBy == nil && after.outcome == nil)
        #expect(after.milestones == duty.milestones)
        #expect(transition.restarted.map(\.name) == ["file"])
        #expect(transition.writings.keys == ["reason", "missing"])
        #expect(after.overdue(at: DutyFixture.fileBy) == ["file"])
    }

    // MARK: Assignment

    private var waiting: Duty { DutyFixture.duty(.awaitingDispatch) }

    @Test func anAssignmentMovesTheDutyWithClocksOfItsOwn() throws {
        let circumstances = DutyFixture.circumstances(assignee: .owes(.responsible, DutyFixture.plan))
        let transition = try transition(.assign, on: waiting, by: DutyFixture.secretary, circumstances).get()
        let after = transition.duty
        #expect(transition.isAssignment)
        #expect(after.unit == "market-reg")
        #expect(after.role == .handling)
        #expect(after.planRole == .responsible)
        #expect(after.milestones == DutyFixture.plan.milestones)
        #expect(after.signBy == DutyFixture.plan.signBy && after.settleBy == DutyFixture.plan.settleBy)
        #expect(after.ladder == "A" && after.verifier == "edu-sports" && after.needsCompletion)
        #expect(transition.restarted == DutyFixture.plan.milestones)
        #expect(transition.codes["unit"] == "market-reg" && transition.codes["role"] == "handling")
        // The publisher's first receipt can still be shown.
        let replaced = transition.codes[DutyClocks.replaced].flatMap { DutyClocks($0) }
        #expect(replaced == DutyClocks(of: waiting))
        #expect(after.event == waiting.event && after.id == waiting.id)
    }

    @Test(arguments: [
        (DutyCircumstances.Assignee.unknown, "/unit unknown-unit"), (.withoutAccount, "/unit no-account"),
        (.hasRole, "/unit has-role"),
    ])
    func anAssignmentNeedsAUnitThatCanSign(_ assignee: DutyCircumstances.Assignee, _ fault: String) {
        let result = transition(
            .assign, on: waiting, by: DutyFixture.secretary, DutyFixture.circumstances(assignee: assignee))
        #expect(faults(result) == [fault])
    }

    @Test func allFaultsComeAtOnce() {
        let body: JSONObject = ["role": "boss", "colour": "red", "evidence": "e-1"]
        let result = transition(.assign, body, on: waiting, by: DutyFixture.secretary)
        #expect(
            faults(result) == [
                "/role unknown-code", "/colour unknown-field", "/evidence wrong-type", "/unit required",
                "/reason required",
            ])
    }

    @Test func evidenceIsNotOfferedYet() {
        let body: JSONObject = ["outcome": "unfounded", "evidence": ["e-1"]]
        #expect(transition(.complete, body, on: DutyFixture.duty(.accepted)) == .failure(.notYet))
        let none: JSONObject = ["outcome": "unfounded", "evidence": []]
        #expect((try? transition(.complete, none, on: DutyFixture.duty(.accepted)).get()) != nil)
    }

    @Test func programsAreToldToNameAnOfficer() {
        let allowed = DutyMachine.allowed(
            on: DutyFixture.duty(.accepted), by: DutyFixture.program(of: "hrss", for: nil),
            circumstances: DutyFixture.circumstances())
        #expect(allowed.map(\.command) == [.start, .note, .complete])
        #expect(allowed.map(\.required) == [["officer", "note"], ["officer", "note"], ["officer", "outcome"]])
        #expect(allowed.last?.outcomes == DutyFixture.outcomes)
    }
}
