import Testing

@testable import PostgresClient

/// Commands are numbers; what a server would answer is fed by hand.
@Suite struct PipelineStateMachineTests {
    private typealias Machine = PipelineStateMachine<String, Int>

    private let refusal = PostgresError(.server, message: "refused", sqlState: .uniqueViolation)

    private func command(
        _ id: UInt64, scope: UInt64? = nil, effect: Machine.Effect = .lasting,
    ) -> Machine.Command {
        Machine.Command(id: id, scope: scope, effect: effect, work: "w\(id)")
    }

    /// A machine with these commands on the wire, one step each.
    private func sending(_ commands: Machine.Command...) -> Machine {
        var machine = Machine()
        for command in commands { #expect(machine.commandReceived(command) == true) }
        while let next = machine.nextToSend() { machine.commandSent(next, steps: [.execute]) }
        return machine
    }

    private func answer(_ machine: inout Machine, _ output: Int) -> Machine.Completion? {
        machine.outputReceived(output)
        #expect(machine.stepEnded() == true)
        return machine.synchronised()
    }

    private func output(_ completion: Machine.Completion?) -> Int? {
        if case .success(let output) = completion?.outcome { output } else { nil }
    }

    private func error(_ completion: Machine.Completion?) -> PostgresError? {
        if case .failure(let error) = completion?.outcome { error } else { nil }
    }

    // MARK: Answers

    @Test func answersMatchByPosition() {
        var machine = sending(command(1), command(2), command(3))
        #expect(machine.sentCount == 3)
        for id in 1...3 {
            let completion = answer(&machine, id * 10)
            #expect(completion?.command.id == UInt64(id))
            #expect(output(completion) == id * 10)
        }
        #expect(machine.isIdle && !machine.expectsAnswer)
    }

    @Test func noResultIsGivenBeforeTheSynchronisation() {
        var machine = sending(command(1))
        machine.outputReceived(1)
        #expect(machine.stepEnded() == true)
        // A deferred constraint fails at the commit.
        machine.errorReceived(refusal)
        #expect(machine.stepEnded() == true, "that error has an end of its own")
        #expect(error(machine.synchronised()) == refusal)
    }

    @Test func theLastStepsOutputCounts() {
        var machine = Machine()
        _ = machine.commandReceived(command(1))
        machine.commandSent(machine.nextToSend()!, steps: [.prepare, .execute])
        machine.outputReceived(1)
        #expect(machine.stepEnded() == true)
        #expect(output(answer(&machine, 2)) == 2)
    }

    @Test func stepsAfterAnErrorAreSkippedAndTheFirstErrorCounts() {
        var machine = Machine()
        _ = machine.commandReceived(command(1))
        machine.commandSent(machine.nextToSend()!, steps: [.begin, .prepare, .execute])
        machine.outputReceived(1)
        #expect(machine.stepEnded() == true)
        machine.errorReceived(refusal)
        #expect(machine.stepEnded() == true)
        machine.abortedReceived()
        #expect(machine.stepEnded() == true)
        let completion = machine.synchronised()
        #expect(error(completion) == refusal)
        #expect(completion?.preparationFailed == true)
    }

    @Test func aFailedBeginSaysSo() {
        var machine = Machine()
        _ = machine.commandReceived(command(1))
        machine.commandSent(machine.nextToSend()!, steps: [.begin, .execute])
        machine.errorReceived(refusal)
        #expect(machine.stepEnded() == true)
        machine.abortedReceived()
        #expect(machine.stepEnded() == true)
        #expect(error(machine.synchronised())?.transactionPhase == .begin)
    }

    @Test func aFailedExecutionLeavesThePreparationGood() {
        var machine = Machine()
        _ = machine.commandReceived(command(1))
        machine.commandSent(machine.nextToSend()!, steps: [.prepare, .execute])
        machine.outputReceived(0)
        #expect(machine.stepEnded() == true)
        machine.errorReceived(refusal)
        #expect(machine.stepEnded() == true)
        #expect(machine.synchronised()?.preparationFailed == false)
    }

    @Test func moreAnswersThanStepsAreNoticed() {
        var machine = sending(command(1))
        machine.outputReceived(1)
        #expect(machine.stepEnded() == true)
        #expect(machine.stepEnded() == false)
        var empty = Machine()
        #expect(empty.stepEnded() == false)
        #expect(empty.synchronised() == nil)
    }

    @Test func anAnswerWithNothingIsAViolation() {
        var machine = sending(command(1))
        #expect(machine.stepEnded() == true)
        #expect(error(machine.synchronised())?.code == .protocolViolation)
    }

    // MARK: The wire

    @Test func theWindowBoundsWhatIsOnTheWire() {
        var machine = Machine(window: 2)
        for id in 1...3 { _ = machine.commandReceived(command(UInt64(id))) }
        machine.commandSent(machine.nextToSend()!, steps: [.execute])
        machine.commandSent(machine.nextToSend()!, steps: [.execute])
        #expect(machine.nextToSend() == nil)
        _ = answer(&machine, 1)
        #expect(machine.nextToSend()?.id == 3)
    }

    @Test func aScopeKeepsOthersWaiting() {
        var machine = Machine()
        _ = machine.commandReceived(command(1))
        #expect(machine.scopeRequested(7) == true)
        _ = machine.commandReceived(command(2))
        _ = machine.commandReceived(command(3, scope: 7))
        #expect(machine.nextToSend()?.id == 1)
        #expect(machine.nextToSend()?.id == 3)
        #expect(machine.nextToSend() == nil, "2 waits for the scope to end")
        #expect(machine.currentScope == 7)
        #expect(machine.scopeEnded(7).isEmpty)
        #expect(machine.nextToSend()?.id == 2)
    }

    @Test func aScopeThatEndsBeforeItsTurnLeavesNothing() {
        var machine = Machine()
        _ = machine.scopeRequested(7)
        _ = machine.commandReceived(command(1, scope: 7))
        #expect(machine.scopeEnded(7).map(\.id) == [1])
        #expect(machine.isIdle)
        #expect(machine.commandReceived(command(2, scope: 7)) == false, "the scope is over")
    }

    // MARK: Cancellation

    @Test func whatWaitsIsDropped() {
        var machine = Machine()
        _ = machine.scopeRequested(7)
        _ = machine.commandReceived(command(1))
        _ = machine.commandReceived(command(2, scope: 7))
        for id: UInt64 in [1, 2] {
            guard case .drop(let dropped) = machine.cancelled(id) else {
                Issue.record("\(id) was not dropped")
                continue
            }
            #expect(dropped.id == id)
        }
        #expect(machine.accepts)
        guard case .ignore = machine.cancelled(1) else {
            Issue.record("it is unknown")
            return
        }
    }

    @Test func whatRunsAloneIsInterruptedOnce() {
        var machine = sending(command(1))
        guard case .retire(interrupt: true) = machine.cancelled(1) else {
            Issue.record("it is to be interrupted")
            return
        }
        #expect(!machine.accepts && !machine.commandReceived(command(2)) && !machine.scopeRequested(3))
        #expect(machine.takeInterruption() == false)
        machine.errorReceived(PostgresError(.server, message: "canceling", sqlState: .queryCanceled))
        #expect(machine.stepEnded() == true)
        guard case .cancelled = machine.synchronised()?.outcome else {
            Issue.record("it was cancelled")
            return
        }
        #expect(machine.isDone)
    }

    @Test func theServerIsNotInterruptedOverNeighbours() {
        var machine = sending(command(1), command(2))
        guard case .retire(interrupt: false) = machine.cancelled(2) else {
            Issue.record("1 must not be hit")
            return
        }
        #expect(!machine.isDone)
        #expect(output(answer(&machine, 5)) == 5)
        #expect(machine.takeInterruption() == true, "2 is alone now")
        // It ended before it was hit.
        #expect(output(answer(&machine, 6)) == 6)
        #expect(machine.isDone)
    }

    @Test func aTimeoutOfSomebodyElseIsNoCancellation() {
        var machine = sending(command(1))
        machine.errorReceived(PostgresError(.server, message: "timeout", sqlState: .queryCanceled))
        #expect(machine.stepEnded() == true)
        #expect(error(machine.synchronised())?.sqlState == .queryCanceled)
    }

    @Test func theDrainDeadlineFailsTheCancelledOnly() {
        var machine = sending(command(1), command(2, effect: .perishing), command(3))
        _ = machine.cancelled(1)
        _ = machine.cancelled(2)
        let failed = machine.drainDeadlinePassed()
        #expect(failed.map(\.command.id) == [1, 2])
        #expect(failed.map { error($0)?.code } == [.outcomeUnknown, .connectionLost])
        #expect(!machine.isDone, "3 is still awaited")
        #expect(machine.drainDeadlinePassed().isEmpty)
        #expect(answer(&machine, 1) == nil && answer(&machine, 2) == nil, "they were told already")
        #expect(output(answer(&machine, 3)) == 3)
        #expect(machine.isDone)
    }

    // MARK: Loss

    @Test func lossMeansUnknownForWhatLasts() {
        var machine = sending(command(1), command(2, effect: .perishing))
        _ = machine.commandReceived(command(3))
        _ = machine.scopeRequested(9)
        _ = machine.commandReceived(command(4, scope: 9))
        // 3 was never sent.
        let completions = machine.connectionLost(.connectionLost("gone"), endedByServer: false)
        #expect(completions.map(\.command.id) == [1, 2, 3, 4])
        #expect(error(completions[0])?.code == .outcomeUnknown)
        #expect(error(completions[1])?.code == .connectionLost)
        for completion in completions[2...] {
            guard case .unsent(let error) = completion.outcome else {
                Issue.record("\(completion.command.id) was never sent")
                continue
            }
            #expect(error.wasNeverSent)
        }
        #expect(machine.isDone && !machine.commandReceived(command(5)))
    }

    @Test func aServerThatEndsTheSessionExecutedNothingBehind() {
        var machine = sending(command(1), command(2))
        let fatal = PostgresError(.server, message: "terminating", sqlState: .adminShutdown)
        let completions = machine.connectionLost(fatal, endedByServer: true)
        #expect(completions.map { error($0)?.code } == [.outcomeUnknown, .connectionLost])
        #expect(completions.map { error($0)?.sqlState } == [.adminShutdown, .adminShutdown])
    }

    @Test func retiringHandsBackWhatWasNotSent() {
        var machine = sending(command(1))
        _ = machine.commandReceived(command(2))
        #expect(machine.retired(reason: "x").map(\.command.id) == [2])
        #expect(!machine.accepts && !machine.isDone)
        #expect(output(answer(&machine, 1)) == 1)
        #expect(machine.isDone)
    }
}
