import CloudEvents
import Testing

@testable import Coordination

/// A hole in the policy never refuses an event: it goes to the secretariat.
struct AwaitingDispatchTests {
    /// The shipped policy with a condition put before the types of a rule.
    private func policy(_ condition: String, before types: String) throws -> Policy {
        let county = try Mengjin.county()
        let changed = ShippedFiles.changing(ShippedFiles.policy, types, to: "when: \(condition)\n    \(types)")
        return try Policy.load(
            files: changed.files, catalogue: county.catalogue, directory: county.directory,
            calendar: county.calendar, ladders: county.ladders.names, projection: "p",
        ).get()
    }

    private func report(_ values: [String: RoutableValue]) -> RoutingInput {
        Mengjin.input("labour.child-labour.reported", values, by: "jm-office", at: Mengjin.planDay)
    }

    @Test
    func unknownTypeWaits() throws {
        let decision = try Mengjin.county().route("weather.rain.fallen")
        #expect(
            decision.lines == [
                "awaiting-dispatch, normal", "jm-office handling (none): assign 1wd; ladder A; awaiting dispatch",
            ])
        #expect(decision.recipients[0].rule == Policy.noRule)
        #expect(decision.recipients[0].duty?.settleBy == Timestamp(rfc3339: "2020-10-24T00:00:00+08:00"))
    }

    @Test
    func expressionThatErrsGivesWayToThePersonAtOnceWhereAChildMayBeInDanger() throws {
        let policy = try policy("INT(employerkind) > 0", before: "types: [labour.child-labour.reported]")
        let decision = policy.route(
            report(["workRegionCode": .text("410322107"), "employerKind": .text("company")]))
        #expect(
            decision.lines == [
                "awaiting-dispatch by 9 under III.1.3, urgent", "edu-sports lead (lead): sign 2wd; ladder D",
                "jm-office handling (none): assign 1h; ladder D; awaiting dispatch",
            ])
        let step = try #require(decision.explanation.first)
        #expect(!step.matched)
        #expect(step.becauseZh.hasPrefix("规则“违法招用未满十六周岁未成年人”无法对本事件作出判断"))
    }

    @Test
    func otherRulesThatErrWaitADay() throws {
        let policy = try policy("INT(venueregioncode) < 0", before: "types: [culture.venue-inspection.requested]")
        let decision = policy.route(
            Mengjin.input(
                "culture.venue-inspection.requested", ["venueRegionCode": .text("99999999999")], by: "psb",
                at: Mengjin.planDay))
        #expect(
            decision.lines == [
                "awaiting-dispatch by 15 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder B",
                "jm-office handling (none): assign 1wd; ladder B; awaiting dispatch",
            ])
    }

    /// The same rule, judged: its expression does not hold, so no rule does.
    @Test
    func ruleThatDoesNotHoldIsNoRule() throws {
        let policy = try policy("INT(employerkind) > 0", before: "types: [labour.child-labour.reported]")
        let decision = policy.route(report(["workRegionCode": .text("410322107"), "employerKind": .text("0")]))
        #expect(decision.rule == nil)
        #expect(decision.explanation.map(\.rule) == ["9", "none", "none"])
    }

    @Test
    func valuesOfAWrongKindDoNotCrash() throws {
        let decision = try Mengjin.county().route(
            "labour.child-labour.reported",
            [
                "workRegionCode": .list(["410322107"]), "employerKind": .flag(true), "hazardFlags": .text("forced"),
                "childSchoolIds": .integer(3), "youngestAgeBand": .integer(13),
            ])
        #expect(decision.status == .routed)
        #expect(decision.recipient("hrss")?.role == .handling)
    }

    // MARK: Assigning by hand

    private let assignedAt = Timestamp(rfc3339: "2020-10-23T10:00:00+08:00")!

    private func plan(_ rule: String, _ role: Role, _ unit: UnitID, ladder: String? = nil) throws -> DutyPlan {
        try Mengjin.county().policy.dutyPlan(
            rule: rule, role: role, unit: unit, time: Mengjin.planDay, assignedAt: assignedAt, ladder: ladder)
    }

    @Test
    func assignedHandlerOwesWhatTheRuleGives() throws {
        let plan = try plan("11", .handling, "psb")
        #expect(
            plan.milestones.map(\.text) == ["sign 2wd", "file 15wd", "settle 90nd@market.license-revocation.filed"])
        #expect(plan.signBy == Timestamp(rfc3339: "2020-10-28T00:00:00+08:00"), "counted from the assignment")
        #expect(plan.ladder == "C")
        #expect(plan.verifier == "jm-office")
        #expect(plan.needsCompletion && plan.needsSignature && !plan.awaitsDispatch)
    }

    @Test
    func assignedHandlerIsNotItsOwnVerifier() throws {
        #expect(try plan("1", .handling, "edu-sports").verifier == "jm-office")
        #expect(try plan("1", .handling, "town:410322101").verifier == "edu-sports")
    }

    @Test
    func assignedSchoolOwesWhatSchoolsOweInTheRule() throws {
        let plan = try plan("1", .assisting, "school:3141990003")
        #expect(plan.milestones.map(\.text) == ["sign 1wd", "mark 1wd", "visit 1wd", "settle 10wd"])
        #expect(plan.needsCompletion)
        #expect(plan.verifier == "edu-sports")
        let town = try self.plan("1", .assisting, "town:410322103")
        #expect(town.milestones.map(\.text) == ["sign 1wd"])
        #expect(!town.needsCompletion)
    }

    @Test
    func dangerOfTheWaitingDutyShortensTheClocks() throws {
        let usual = try plan("9", .handling, "hrss")
        #expect(usual.milestones.first?.text == "sign 1wd")
        #expect(usual.ladder == "B")
        let urgent = try plan("9", .handling, "hrss", ladder: "D")
        #expect(urgent.milestones.first?.text == "sign 4h")
        #expect(urgent.ladder == "D")
        #expect(try plan("9", .assisting, "psb", ladder: "D").milestones.map(\.text) == ["sign 4h", "rescue 24h"])
    }

    @Test
    func withoutARuleTheCountysPeriodsHold() throws {
        for rule in [Policy.noRule, "N60"] {
            let plan = try plan(rule, .handling, "finance")
            #expect(plan.milestones.map(\.text) == ["sign 2wd", "settle 20wd"])
            #expect(plan.ladder == "A")
            #expect(plan.verifier == "jm-office")
        }
        #expect(try plan(Policy.noRule, .handling, "jm-office").verifier == nil)
        #expect(try plan(Policy.noRule, .informed, "finance").milestones.map(\.text) == ["sign 2wd"])
        #expect(try plan(Policy.noRule, .lead, "edu-sports").milestones.map(\.text) == ["sign 2wd"])
        #expect(try plan("9", .supervising, "edu-supervision").milestones.map(\.text) == ["sign 2wd"])
    }
}
