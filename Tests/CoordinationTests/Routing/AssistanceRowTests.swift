import CloudEvents
import Testing

@testable import Coordination

/// Rows 18 and 19 of the routing matrix and the lines of the family.
struct AssistanceRowTests {
    private static let lead = "edu-sports lead (lead): sign 2wd; ladder A"
    private static func referral(_ kind: String, _ more: [String: RoutableValue] = [:]) -> [String: RoutableValue] {
        ["assistanceKind": .text(kind), "hukouRegion": .text("410322102"), "residenceRegion": .text("410322101")]
            .with(more)
    }
    private static let towns = [
        "town:410322102 assisting (responsible): sign 2wd; ladder A",
        "town:410322101 assisting (responsible): sign 2wd; ladder A",
    ]
    private static let disabled = "disabled-fed assisting (responsible): sign 2wd; ladder A"

    @Test(arguments: [
        RowCase(
            "a pupil in need", "assistance.need.identified", referral("social-assistance"), by: "school:2141990002",
            [
                "routed by 18 under III.2.1, normal", lead,
                "town:410322102 handling (responsible): sign 2wd, settle 5wd; ladder A; verified by edu-sports",
                "town:410322101 assisting (responsible): sign 2wd; ladder A",
                "civil-affairs assisting (responsible): sign 2wd; ladder A",
            ]),
        RowCase(
            "a recipient, registered where it lives", "assistance.recipient.identified",
            referral("education-aid", ["residenceRegion": .text("410322102")]), by: "school:2141990002",
            [
                "routed by 18 under III.2.1, normal", lead,
                "town:410322102 handling+assisting (responsible): sign 2wd, settle 5wd; ladder A; verified by edu-sports",
                "civil-affairs assisting (responsible): sign 2wd; ladder A",
            ]),
        RowCase(
            "registered elsewhere: the town of residence", "assistance.need.identified",
            referral("social-assistance", ["hukouRegion": .text("410381")]), by: "school:2141990002",
            [
                "routed by 18 under III.2.1, normal", lead,
                "town:410322101 handling+assisting (responsible): sign 2wd, settle 5wd; ladder A; verified by edu-sports",
                "civil-affairs assisting (responsible): sign 2wd; ladder A",
            ]),
        RowCase(
            "lives and is registered elsewhere", "assistance.need.identified",
            ["hukouRegion": .text("410381"), "residenceRegion": .text("410381")], by: "school:2141990002",
            [
                "awaiting-dispatch by 18 under III.2.1, normal", lead,
                "jm-office handling (none): assign 1wd; ladder A; awaiting dispatch",
                "civil-affairs assisting (responsible): sign 2wd; ladder A",
            ]),
    ])
    func identification(_ row: RowCase) throws {
        try row.check()
    }

    @Test(arguments: [
        RowCase(
            "social assistance", "assistance.referral.requested", referral("social-assistance"), by: "town:410322102",
            [
                "routed by 19a under III.1.3, normal", lead,
                "civil-affairs handling (responsible): sign 2wd, settle 30wd; ladder A; verified by edu-sports",
            ] + towns + ["finance informed (none)"]),
        RowCase(
            "temporary aid begins within a day", "assistance.referral.requested",
            referral("social-assistance", ["programme": .text("temporary-aid")]), by: "town:410322102",
            [
                "routed by 19a under III.1.3, normal", lead,
                "civil-affairs handling (responsible): sign 2wd, first-aid 24h, settle 30wd; ladder A; "
                    + "verified by edu-sports",
            ] + towns + ["finance informed (none)"]),
        RowCase(
            "a disabled child of a key group", "assistance.referral.requested",
            referral("social-assistance", ["isDisabled": .flag(true), "keyGroups": .list(["disabled"])]),
            by: "town:410322102",
            [
                "routed by 19a under III.1.3, high", lead,
                "civil-affairs handling (responsible): sign 2wd, settle 30wd; ladder A; verified by edu-sports",
            ] + towns + [disabled, "finance informed (none)"]),
        RowCase(
            "poverty relief", "assistance.referral.requested", referral("poverty-relief"), by: "town:410322102",
            [
                "routed by 19b under III.2.1, normal", lead,
                "poverty-relief handling (responsible): sign 2wd, settle 30wd; ladder A; verified by edu-sports",
                "civil-affairs assisting (responsible): sign 2wd; ladder A",
                "finance assisting (responsible): sign 2wd; ladder A",
            ] + towns),
        RowCase(
            "education aid: the lead handles, the office verifies", "assistance.referral.requested",
            referral("education-aid", ["isDisabled": .flag(true)]), by: "school:2141990002",
            [
                "routed by 19c under III.2.2, normal",
                "edu-sports handling+lead (lead): sign 2wd, settle 15wd; ladder A; verified by jm-office",
                "civil-affairs assisting (responsible): sign 2wd; ladder A",
                "finance assisting (responsible): sign 2wd; ladder A",
            ] + towns + [disabled]),
        RowCase(
            "no town is known: somebody must take the application", "assistance.referral.requested",
            ["assistanceKind": .text("social-assistance")], by: "school:2141990002",
            [
                "awaiting-dispatch by 19a under III.1.3, normal", lead,
                "civil-affairs handling (responsible): sign 2wd, settle 30wd; ladder A; verified by edu-sports",
                "jm-office assisting (none): assign 1wd; ladder A; awaiting dispatch", "finance informed (none)",
            ]),
    ])
    func request(_ row: RowCase) throws {
        try row.check()
    }

    /// The rule names an office that was abolished; its functions were not.
    @Test(arguments: [
        ("2021-05-31T09:00:00+08:00", "poverty-relief"), ("2021-06-01T09:00:00+08:00", "rural-revitalisation"),
        ("2026-10-22T09:00:00+08:00", "agriculture-rural"),
    ])
    func successorOfThePovertyOfficeHandles(instant: String, unit: String) throws {
        let decision = try Mengjin.county().route(
            "assistance.referral.requested", Self.referral("poverty-relief"), by: "town:410322102",
            at: Timestamp(rfc3339: instant)!,
        )
        #expect(decision.units(.handling) == [UnitID(unit)])
        #expect(decision.recipient(UnitID(unit))?.planRole == .responsible)
        let missed = decision.explanation.last { $0.unit == nil }
        #expect(missed?.because.contains("Poverty") == false, "who was followed is not missed")
    }

    @Test(
        arguments: [
            ("assistance.eligibility.decided", "N65"), ("assistance.benefit.granted", "N66"),
            ("assistance.social-support.matched", "N66"),
        ] as [(EventType, String)])
    func linesOnlyTell(type: EventType, rule: String) throws {
        let decision = try Mengjin.county().route(type, by: "civil-affairs")
        #expect(decision.lines == ["recorded by \(rule) under III.1.3, normal", "edu-sports lead (lead)"])
    }
}
