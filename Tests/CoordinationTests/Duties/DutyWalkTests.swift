import CloudEvents
import Coordination
import Testing

/// Thousands of lives of duties, each a random walk through the machine.
struct DutyWalkTests {
    private static let actors = DutyTableTests.actors.map(\.actor)

    @Test(arguments: 0..<40)
    func whateverIsTriedADutyStaysConsistent(_ seed: UInt64) {
        var random = SplitMix64(state: seed)
        for _ in 0..<100 { walk(&random) }
    }

    private func walk(_ random: inout SplitMix64) {
        let signOnly = Bool.random(using: &random)
        let verifier: UnitID? = Bool.random(using: &random) ? "edu-sports" : nil
        var duty = DutyFixture.duty(
            Bool.random(using: &random) ? .awaitingDispatch : .dispatched, signOnly: signOnly, verifier: verifier)
        var now = duty.createdAt
        for _ in 0..<40 {
            now = now.advanced(bySeconds: Int64.random(in: 0...86_400, using: &random))
            let command = DutyCommand.allCases.randomElement(using: &random)!
            let actor = Self.actors.randomElement(using: &random)!
            let result = DutyMachine.transition(
                DutyFixture.request(command), on: duty, by: actor,
                circumstances: DutyFixture.circumstances(
                    registered: Bool.random(using: &random), caseIsOpen: Bool.random(using: &random),
                    assignee: .owes(.none, DutyFixture.plan)),
                at: now)
            guard case .success(let transition) = result else { continue }
            check(transition, from: duty, by: actor)
            duty = transition.duty
        }
    }

    private func check(_ transition: DutyTransition, from before: Duty, by actor: DutyActor) {
        let after = transition.duty
        #expect(after.version == before.version + 1)
        #expect((after.endedAt == nil) == after.state.isOpen)
        #expect((after.signedAt == nil) == (after.signedBy == nil))
        #expect((after.completedAt == nil) == (after.completedBy == nil))
        #expect(after.id == before.id && after.event == before.event && after.rule == before.rule)
        if !before.state.isOpen { #expect(after.state == before.state) }
        // Nobody works on what nobody has signed.
        if ![.awaitingDispatch, .dispatched].contains(after.state) { #expect(after.signedAt != nil) }
        if before.state == .completed && after.state == .closed {
            #expect(!actor.isProgram && actor.officer != before.completedBy)
        }
        if after.overdue(at: transition.at).isEmpty { #expect(after.step == 0) }
        #expect(after.unit == before.unit || transition.isAssignment)
        #expect(!transition.codes.keys.contains { ["note", "reason", "missing"].contains($0) })
    }
}

/// The same walks on every run.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
