import CloudEvents
import Testing

@testable import Coordination

/// Deadlines of duties as they are shown: counted by the county's calendar from
/// the dispatch, with the law in force on the day of the event.
struct DutyDeadlineTests {
    private func duty(_ unit: UnitID, at instant: String, _ more: [String: RoutableValue] = [:]) throws -> DutyPlan {
        let event: [String: RoutableValue] = ["workRegionCode": .text("410322107"), "employerKind": .text("company")]
        let decision = try Mengjin.county().route(
            "labour.child-labour.reported", event.with(more), at: Timestamp(rfc3339: instant)!)
        return try #require(decision.recipient(unit)?.duty)
    }

    @Test(arguments: [
        ("2020-10-22T09:12:00+08:00", "2020-10-24T00:00:00+08:00"),
        // Friday: Monday is the next working day.
        ("2020-10-23T23:59:00+08:00", "2020-10-27T00:00:00+08:00"),
        // Before the National Day week: Friday 9 October.
        ("2020-09-30T12:00:00+08:00", "2020-10-10T00:00:00+08:00"),
        // A make-up Saturday works.
        ("2020-10-09T12:00:00+08:00", "2020-10-11T00:00:00+08:00"),
        // Dispatched on a rest day.
        ("2020-10-04T03:00:00+08:00", "2020-10-10T00:00:00+08:00"),
    ])
    func signingIsCountedInWorkingDays(dispatched: String, due: String) throws {
        #expect(try duty("hrss", at: dispatched).signBy == Timestamp(rfc3339: due))
    }

    @Test
    func hoursRunThroughNightsAndRestDays() throws {
        let plan = try duty("psb", at: "2020-10-01T22:30:00+08:00", ["hazardFlags": .list(["forced"])])
        #expect(plan.signBy == Timestamp(rfc3339: "2020-10-02T02:30:00+08:00"))
        #expect(plan.settleBy == Timestamp(rfc3339: "2020-10-02T22:30:00+08:00"), "the last milestone it completes")
    }

    @Test
    func clockOfAFactDoesNotRunBefore() throws {
        let plan = try duty("hrss", at: "2020-10-22T09:12:00+08:00")
        let settle = try #require(plan.milestones.last)
        #expect(settle.name == "settle")
        #expect(settle.started == nil && settle.due == nil && plan.settleBy == nil)
        #expect(settle.startsAt == .event("labour.child-labour.case-filed"))
        #expect(settle.explanation == "60 working days from the filing of the case")
        #expect(plan.milestones.map(\.name) == ["sign", "file", "decide-transfer", "settle"])
    }

    @Test
    func lawOfALaterYearIsNoBasis() throws {
        let county = try Mengjin.county()
        let basis = { (instant: String) -> String? in
            let decision = county.route(
                "labour.license-revocation.recommended", ["employerKind": .text("company")], by: "hrss",
                at: Timestamp(rfc3339: instant)!)
            return decision.recipient("market-reg")?.duty?.milestones.last?.basisZh
        }
        #expect(basis("2021-07-14T09:00:00+08:00") == nil)
        #expect(basis("2021-07-15T09:00:00+08:00") == "《行政处罚法》第六十条")
    }

    @Test
    func deadlineBeyondThePublishedCalendarIsProvisional() throws {
        #expect(try !duty("hrss", at: "2020-10-22T09:12:00+08:00").provisional)
        #expect(try duty("hrss", at: "2026-12-28T09:12:00+08:00").provisional)
    }

    /// A unit addressed twice has of each milestone the earliest.
    @Test
    func earliestOfTwoMilestonesHolds() throws {
        let decision = try Mengjin.county().route(
            "attendance.dropout.confirmed",
            ["residenceRegion": .text("410322101"), "schoolId": .text("3141990002"), "causeCode": .text("poverty")],
            by: "town:410322101")
        let lead = try #require(decision.recipient("edu-sports"))
        #expect(lead.role == .assisting && lead.alsoRoles == [.lead])
        // The lead's own two working days give way to the row's one.
        #expect(lead.duty?.signBy == Timestamp(rfc3339: "2020-10-24T00:00:00+08:00"))
    }
}
