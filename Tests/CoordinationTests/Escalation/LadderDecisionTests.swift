import CloudEvents
import Coordination
import Testing

struct LadderDecisionTests {
    private let calendar = CalendarFixture.county
    private let milestone = LadderFixture.milestone("1wd", from: "2020-10-22 10:00")

    private func decide(
        _ pending: Int16, _ asOf: String, ladder: String = "B", milestone: Milestone? = nil, isOpen: Bool = true,
    ) throws -> LadderDecision {
        try #require(LadderFixture.county[ladder]).decide(
            pending, of: milestone ?? self.milestone, isOpen: isOpen, calendar: calendar, asOf: CalendarFixture.at(asOf),
        )
    }

    private func fired(_ decision: LadderDecision) throws -> LadderFiring {
        guard case .fire(let firing) = decision else {
            throw DecisionDiffers(found: decision)
        }
        return firing
    }

    private struct DecisionDiffers: Error {
        let found: LadderDecision
    }

    @Test(arguments: [
        (Int16(-1), "2020-10-23 19:12", Int16(-1), [Int16](), Int16(1), "2020-10-24 00:00", LadderOutcome.reminded),
        (1, "2020-10-24 00:00", 1, [], 2, "2020-10-27 00:00", .reminded),
        (1, "2020-10-26 23:59", 1, [], 2, "2020-10-27 00:00", .reminded),
        (2, "2020-10-27 00:00", 2, [], 3, "2020-10-29 00:00", .reminded),
        (3, "2020-10-29 09:00", 3, [], 4, "2020-10-31 00:00", .drafted),
        // After an outage only the highest fires.
        (-1, "2020-10-27 08:00", 2, [-1, 1], 3, "2020-10-29 00:00", .reminded),
        (-1, "2020-10-31 00:00", 4, [-1, 1, 2, 3], 5, "2020-11-07 00:00", .drafted),
    ])
    func theHighestStepThatIsDueFires(
        _ pending: Int16, _ asOf: String, _ step: Int16, _ collapsed: [Int16], _ next: Int16, _ nextDue: String,
        _ outcome: LadderOutcome,
    ) throws {
        let firing = try fired(decide(pending, asOf))
        #expect(firing.step.number == step && firing.step.outcome == outcome)
        #expect(firing.collapsed.map(\.number) == collapsed)
        #expect(firing.next == LadderTimer(step: next, due: CalendarFixture.at(nextDue)))
        #expect(firing.records.map(\.step) == collapsed + [step])
        #expect(firing.records.map(\.outcome) == collapsed.map { _ in .collapsed } + [outcome])
        #expect(firing.level == max(0, step))
    }

    @Test func nothingFollowsTheLastStep() throws {
        let firing = try fired(decide(4, "2021-06-01 00:00"))
        #expect(firing.step.number == 5 && firing.step.outcome == .proposed)
        #expect(firing.collapsed.map(\.number) == [4])
        #expect(firing.next == nil)
    }

    @Test func aMomentTooEarlyWaits() throws {
        let step = LadderTimer(step: 1, due: CalendarFixture.at("2020-10-24 00:00"))
        #expect(try decide(1, "2020-10-23 23:59") == .wait(step))
    }

    /// A due instant that moved takes its steps along.
    @Test func aDueInstantThatMovedMovesItsSteps() throws {
        var extended = milestone
        extended.due = CalendarFixture.at("2020-11-07 00:00")
        let step = LadderTimer(step: 1, due: CalendarFixture.at("2020-11-07 00:00"))
        #expect(try decide(1, "2020-10-24 00:00", milestone: extended) == .wait(step))
    }

    @Test func whatIsMetOrEndedIsDiscarded() throws {
        var met = milestone
        met.met = CalendarFixture.at("2020-10-23 09:00")
        #expect(try decide(-1, "2020-12-01 00:00", milestone: met) == .discard)
        #expect(try decide(1, "2020-12-01 00:00", isOpen: false) == .discard)
        #expect(try decide(1, "2020-12-01 00:00", milestone: LadderFixture.waiting()) == .discard)
        // The ladder has fewer steps than when the timer was set.
        #expect(try decide(5, "2020-12-01 00:00", ladder: "A") == .discard)
    }

    /// Sweeps at random instants, many or few: whatever their number, each step
    /// is on record at most once, none before it was due, all that were due by
    /// the end, and the last of them went out.
    @Test(arguments: ["A", "B", "C", "D", "E"])
    func eachStepIsRecordedOnceHoweverSweepsFall(_ name: String) throws {
        let ladder = try #require(LadderFixture.county[name])
        var random = SeededGenerator(seed: 4711)
        for _ in 0..<300 {
            let start = CalendarFixture.at("2019-03-01 00:00")
                .advanced(bySeconds: Int64.random(in: 0..<200_000_000, using: &random))
            let unit = [Period.Unit.workingDay, .naturalDay, .hour].randomElement(using: &random)!
            let milestone = LadderFixture.milestone(Period(Int.random(in: 1...20, using: &random), unit), from: start)
            let timers = ladder.timers(for: milestone, calendar: calendar)
            var pending = ladder.firstTimer(for: milestone, calendar: calendar)
            let first = pending
            let sweeps = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                start.advanced(bySeconds: Int64.random(in: 0..<6_000_000, using: &random))
            }.sorted()

            var records: [(step: Int16, outcome: LadderOutcome, at: Timestamp)] = []
            for asOf in sweeps {
                // A sweep reads the timers that are due and no others.
                guard let timer = pending, timer.due <= asOf else { continue }
                let decision = ladder.decide(timer.step, of: milestone, isOpen: true, calendar: calendar, asOf: asOf)
                let firing = try fired(decision)
                records += firing.records.map { ($0.step, $0.outcome, asOf) }
                pending = firing.next
                #expect(pending.map { $0.due > asOf } ?? true)
            }

            #expect(Set(records.map(\.step)).count == records.count)
            for record in records {
                #expect(timers.first { $0.step == record.step }!.due <= record.at)
            }
            let due = timers.filter { $0.step >= first!.step && $0.due <= sweeps[sweeps.count - 1] }
            #expect(records.map(\.step) == due.map(\.step))
            #expect(records.last.map { $0.outcome != .collapsed } ?? true)
        }
    }

    /// Two sweepers with the same timer answer the same, so that the key of the
    /// table of fired steps can stop the second.
    @Test func theSameQuestionHasTheSameAnswer() throws {
        #expect(try decide(-1, "2020-10-31 00:00") == decide(-1, "2020-10-31 00:00"))
    }
}
