import CloudEvents
import Coordination
import Testing

struct LadderTimersTests {
    private let calendar = CalendarFixture.county

    private func timers(_ ladder: String, _ milestone: Milestone) throws -> [String: Timestamp] {
        let ladder = try #require(LadderFixture.county[ladder])
        let timers = ladder.timers(for: milestone, calendar: calendar)
        return Dictionary(uniqueKeysWithValues: timers.map { (String($0.step), $0.due) })
    }

    /// Thursday 22 October 2020, the day of the plan.
    @Test(arguments: [
        (
            "A", "2wd", "2020-10-22 10:00",
            [
                "-1": "2020-10-26 14:24", "1": "2020-10-27 00:00", "2": "2020-10-29 00:00", "3": "2020-11-03 00:00",
                "4": "2020-11-08 00:00",
            ]
        ),
        (
            "B", "1wd", "2020-10-22 10:00",
            [
                "-1": "2020-10-23 19:12", "1": "2020-10-24 00:00", "2": "2020-10-27 00:00", "3": "2020-10-29 00:00",
                "4": "2020-10-31 00:00", "5": "2020-11-07 00:00",
            ]
        ),
        // National Day week: nothing by working days falls due in it.
        (
            "B", "3wd", "2020-09-27 10:00",
            [
                "-1": "2020-09-30 09:36", "1": "2020-10-01 00:00", "2": "2020-10-10 00:00", "3": "2020-10-13 00:00",
                "4": "2020-10-15 00:00", "5": "2020-10-22 00:00",
            ]
        ),
        (
            "C", "2wd", "2020-10-22 10:00",
            [
                "-1": "2020-10-26 14:24", "1": "2020-10-27 00:00", "2": "2020-10-28 00:00", "3": "2020-10-29 00:00",
                "4": "2020-11-03 00:00", "5": "2020-11-10 00:00",
            ]
        ),
        // By the hour, through the night.
        (
            "D", "1h", "2020-10-01 22:30",
            [
                "-1": "2020-10-01 23:00", "1": "2020-10-01 23:30", "2": "2020-10-02 00:30", "3": "2020-10-02 01:30",
                "4": "2020-10-02 03:30", "5": "2020-10-02 23:30",
            ]
        ),
        (
            "D", "10wd", "2020-10-22 10:00",
            [
                "-1": "2020-10-30 00:00", "1": "2020-11-06 00:00", "2": "2020-11-06 01:00", "3": "2020-11-06 02:00",
                "4": "2020-11-06 04:00", "5": "2020-11-07 00:00",
            ]
        ),
        (
            "E", "5wd", "2020-10-22 10:00",
            [
                "-1": "2020-10-27 00:00", "1": "2020-10-30 00:00", "2": "2020-10-31 00:00", "3": "2020-11-04 00:00",
                "4": "2020-11-08 00:00", "5": "2020-12-11 00:00",
            ]
        ),
    ])
    func stepsDeriveFromTheDueInstant(
        _ ladder: String, _ period: String, _ start: String, _ expected: [String: String],
    ) throws {
        let found = try timers(ladder, LadderFixture.milestone(period, from: start))
        #expect(found == expected.mapValues { CalendarFixture.at($0) })
    }

    /// The 8th that comes after the step before, and not the 8th in between.
    @Test(arguments: [
        ("2020-11-04 10:00", "2020-12-08 00:00"), ("2020-11-02 10:00", "2020-12-08 00:00"),
        ("2020-10-28 10:00", "2020-11-08 00:00"), ("2020-12-24 10:00", "2021-01-08 00:00"),
        // The step before falls due on the very 8th.
        ("2020-12-29 10:00", "2021-02-08 00:00"),
    ])
    func theMonthlyStepWaitsForTheOneBefore(_ start: String, _ expected: String) throws {
        let found = try timers("A", LadderFixture.milestone("1wd", from: start))
        #expect(found["4"] == CalendarFixture.at(expected))
    }

    @Test func aMonthThatIsTooShortHasItOnItsLastDay() throws {
        let ladder = Ladder(
            id: "X", zh: "x", en: "x",
            steps: [
                LadderStep(number: 2, kind: .draft, moment: .monthly(31), to: [.contact(.leader)], zh: "x", en: "x")
            ])
        let timers = ladder.timers(for: LadderFixture.milestone("1wd", from: "2021-02-01 10:00"), calendar: calendar)
        #expect(timers == [LadderTimer(step: 2, due: CalendarFixture.at("2021-02-28 00:00"))])
    }

    @Test(arguments: ["A", "B", "C", "D"])
    func theFirstStepIsTheReminderAheadOfTime(_ ladder: String) throws {
        let ladder = try #require(LadderFixture.county[ladder])
        let milestone = LadderFixture.milestone("2wd", from: "2020-10-22 10:00")
        let first = try #require(ladder.firstTimer(for: milestone, calendar: calendar))
        #expect(first.step == -1)
        #expect(first.due > milestone.started! && first.due < milestone.due!)
    }

    /// Three working days before the cut-off lie before a period of two began.
    @Test(arguments: [("2wd", Int16(1)), ("3wd", -1), ("5wd", -1), ("1h", 1)])
    func aStepThatLiesBeforeTheStartIsLeftOut(_ period: String, _ step: Int16) throws {
        let ladder = try #require(LadderFixture.county["E"])
        let milestone = LadderFixture.milestone(period, from: "2020-10-22 10:00")
        #expect(ladder.firstTimer(for: milestone, calendar: calendar)?.step == step)
    }

    @Test(arguments: ["A", "D", "E"])
    func aClockThatDoesNotRunHasNoTimer(_ ladder: String) throws {
        let ladder = try #require(LadderFixture.county[ladder])
        let met = LadderFixture.milestone("1wd", from: "2020-10-22 10:00", met: CalendarFixture.at("2020-10-22 11:00"))
        #expect(ladder.firstTimer(for: LadderFixture.waiting(), calendar: calendar) == nil)
        #expect(ladder.timers(for: LadderFixture.waiting(), calendar: calendar).isEmpty)
        #expect(ladder.firstTimer(for: met, calendar: calendar) == nil)
        #expect(ladder.nextTimer(after: 1, for: met, calendar: calendar) == nil)
    }

    @Test func aClockThatResumesGoesOnAfterTheLastStep() throws {
        let ladder = try #require(LadderFixture.county["B"])
        let milestone = LadderFixture.milestone("1wd", from: "2020-10-22 10:00")
        let next = ladder.nextTimer(after: 2, for: milestone, calendar: calendar)
        #expect(next == LadderTimer(step: 3, due: CalendarFixture.at("2020-10-29 00:00")))
        #expect(ladder.nextTimer(after: 5, for: milestone, calendar: calendar) == nil)
    }

    /// Hours are over long before two working days are.
    @Test func aStepInAnotherUnitWaitsForTheOneAheadOfIt() {
        let moments: [LadderStep.Moment] = [.due, .after(Period(2, .workingDay)), .after(Period(1, .hour))]
        let ladder = Ladder(
            id: "X", zh: "x", en: "x",
            steps: moments.enumerated().map { index, moment in
                LadderStep(
                    number: Int16(index + 1), kind: .reminder, moment: moment, to: [.contact(.leader)], zh: "x", en: "x",
                )
            })
        let timers = ladder.timers(for: LadderFixture.milestone("1wd", from: "2020-10-22 10:00"), calendar: calendar)
        #expect(
            timers.map(\.due)
                == ["2020-10-24 00:00", "2020-10-28 00:00", "2020-10-28 00:00"].map { CalendarFixture.at($0) })
    }

    /// Every step of every ladder, over eight years of starts and periods.
    @Test(arguments: ["A", "B", "C", "D", "E"])
    func noStepFallsDueBeforeTheOneAheadOfIt(_ name: String) throws {
        let ladder = try #require(LadderFixture.county[name])
        var random = SeededGenerator(seed: 88)
        for _ in 0..<400 {
            let start = CalendarFixture.at("2019-01-01 00:00")
                .advanced(bySeconds: Int64.random(in: 0..<250_000_000, using: &random))
            let unit = Period.Unit.allCases.randomElement(using: &random)!
            let milestone = LadderFixture.milestone(Period(Int.random(in: 1...60, using: &random), unit), from: start)
            let timers = ladder.timers(for: milestone, calendar: calendar)
            #expect(timers.map(\.step) == ladder.steps.map(\.number))
            #expect(zip(timers, timers.dropFirst()).allSatisfy { $0.due <= $1.due })
            #expect(timers.first { $0.step == 1 }?.due == milestone.due)
            let first = ladder.firstTimer(for: milestone, calendar: calendar)
            #expect(first == timers.first { $0.due >= start })
        }
    }
}
