import CloudEvents
import Testing

@testable import Coordination

/// Rows 13 and 15 of the routing matrix and the lines of the family.
struct CultureRowTests {
    private static let report: [String: RoutableValue] = [
        "venueRegionCode": .text("410322100"), "venueKind": .text("internet-cafe"), "dayKind": .text("working-day"),
    ]
    private static let lead = "edu-sports lead (lead): sign 2wd; ladder B"
    private static let rest = [
        lead,
        "culture-tourism handling (responsible): sign 1wd, check 2wd, settle 15wd; ladder B; verified by jm-office",
        "psb assisting (responsible): sign 1wd; ladder B", "market-reg assisting (responsible): sign 1wd; ladder B",
        "town:410322100 assisting (responsible): sign 1wd; ladder B",
    ]
    private static let routed = ["routed by 13 under III.1.3, normal"] + rest

    @Test(arguments: [
        RowCase("an internet café", "culture.minor-admission.reported", report, routed),
        RowCase(
            "an internet café has no festival", "culture.minor-admission.reported",
            report.with(["dayKind": .text("festival")]), routed),
        RowCase(
            "a dance hall has no festival", "culture.minor-admission.reported",
            report.with(["venueKind": .text("dance-hall"), "dayKind": .text("festival")]), routed),
        RowCase(
            "an arcade on a festival day is no violation", "culture.minor-admission.reported",
            report.with(["venueKind": .text("arcade"), "dayKind": .text("festival")]),
            [
                "recorded by 13-festival under III.1.3, normal", "edu-sports lead (lead)",
                "culture-tourism informed (responsible)",
            ]),
        RowCase(
            "an arcade on a joined rest day is for a person to judge", "culture.minor-admission.reported",
            report.with(["venueKind": .text("arcade"), "dayKind": .text("joined-rest-day")]), routed),
        RowCase(
            "an arcade on a weekend", "culture.minor-admission.reported",
            report.with(["venueKind": .text("arcade"), "dayKind": .text("weekend")]), routed),
        RowCase(
            "a venue of unknown kind on a festival day", "culture.minor-admission.reported",
            ["venueRegionCode": .text("410322100"), "dayKind": .text("festival")], routed),
        RowCase(
            "minors present now", "culture.minor-admission.reported", report.with(["minorsPresentNow": .flag(true)]),
            [
                "routed by 13 under III.1.3, normal", lead,
                "culture-tourism handling (responsible): sign 2h, check 2wd, settle 15wd; ladder B; verified by jm-office",
                "psb assisting (responsible): sign 2h; ladder B",
                "market-reg assisting (responsible): sign 2h; ladder B",
                "town:410322100 assisting (responsible): sign 2h; ladder B",
            ]),
        RowCase(
            "minors no longer present", "culture.minor-admission.reported",
            report.with(["minorsPresentNow": .flag(false)]), routed),
        RowCase(
            "pupils are identified", "culture.minor-admission.reported",
            report.with(["childSchoolIds": .list(["3141990001", "2141990010"])]),
            routed + ["school:3141990001 informed (none)", "school:2141990010 informed (none)"]),
        RowCase(
            "the town is not known", "culture.minor-admission.reported",
            report.with(["venueRegionCode": .text("410322")]),
            Array(routed.dropLast())),
        RowCase(
            "outside the county", "culture.minor-admission.reported",
            report.with(["venueRegionCode": .text("410323101")]),
            [
                "awaiting-dispatch by 13 under III.1.3, normal", lead,
                "jm-office handling (none): assign 1wd; ladder B; awaiting dispatch",
                "psb assisting (responsible): sign 1wd; ladder B",
                "market-reg assisting (responsible): sign 1wd; ladder B",
            ]),
        RowCase(
            "an inspection is requested", "culture.venue-inspection.requested", ["venueRegionCode": .text("410322100")],
            by: "town:410322100",
            [
                "routed by 15 under III.1.3, normal", lead,
                "culture-tourism handling (responsible): sign 1wd, inspect 5wd, settle 8wd; ladder B; "
                    + "verified by jm-office",
                "psb assisting (responsible): sign 1wd; ladder B",
                "market-reg assisting (responsible): sign 1wd; ladder B",
                "town:410322100 assisting (responsible): sign 1wd; ladder B",
            ]),
    ])
    func admission(_ row: RowCase) throws {
        try row.check()
    }

    @Test(
        arguments: [
            ("culture.venue-inspection.scheduled", "N44", ["psb", "market-reg"]),
            ("culture.venue-inspection.completed", "N44", ["psb", "market-reg"]),
            ("culture.minor-admission.confirmed", "N45", []), ("culture.minor-admission.unfounded", "N45", []),
            ("culture.venue-penalty.decided", "N46", ["market-reg", "psb"]),
            ("culture.venue-permit.revoked", "N47", ["market-reg"]),
        ] as [(EventType, String, [UnitID])])
    func linesOnlyTell(type: EventType, rule: String, informed: [UnitID]) throws {
        let decision = try Mengjin.county().route(type, ["dayKind": .text("weekend")], by: "culture-tourism")
        #expect(decision.head == "recorded by \(rule) under III.1.3, normal")
        #expect(decision.recipients.allSatisfy { $0.duty == nil })
        #expect(decision.units(.lead) == ["edu-sports"])
        #expect(decision.units(.informed) == informed)
    }
}
