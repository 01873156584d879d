import CloudEvents
import Testing

@testable import Coordination

/// Rows 9 to 12 of the routing matrix and the lines of the family.
struct LabourRowTests {
    private static let report: [String: RoutableValue] = [
        "workRegionCode": .text("410322107"), "employerKind": .text("company"), "youngestAgeBand": .text("14-15"),
    ]
    private static let lead = "edu-sports lead (lead): sign 2wd; ladder B"
    private static let investigation =
        "file 5wd, decide-transfer 3nd@labour.case.transfer-proposed, settle 60wd@labour.child-labour.case-filed"
    private static let hrss = "hrss handling (responsible): sign 1wd, \(investigation); ladder B; verified by jm-office"
    private static let town = "town:410322107 assisting (responsible): sign 1wd; ladder B"
    private static let market = "market-reg assisting (responsible): sign 1wd; ladder B"

    private static let inDanger = [
        "routed by 9 under III.1.3, urgent",
        "edu-sports lead (lead): sign 2wd; ladder D",
        "hrss handling (responsible): sign 4h, \(investigation); ladder D; verified by jm-office",
        "town:410322107 assisting (responsible): sign 4h; ladder D",
        "market-reg assisting (responsible): sign 4h; ladder D",
        "psb assisting (responsible): sign 4h, rescue 24h; ladder D; verified by jm-office",
    ]

    @Test(arguments: [
        RowCase(
            "fourteen or fifteen, no danger", "labour.child-labour.reported", report,
            ["routed by 9 under III.1.3, normal", lead, hrss, town, market]),
        RowCase(
            "under fourteen", "labour.child-labour.reported", report.with(["youngestAgeBand": .text("under-14")]),
            inDanger),
        RowCase(
            "forced", "labour.child-labour.reported", report.with(["hazardFlags": .list(["forced"])]), inDanger),
        RowCase(
            "abducted", "labour.child-labour.reported", report.with(["hazardFlags": .list(["abducted"])]), inDanger),
        RowCase(
            "dangerous work", "labour.child-labour.reported", report.with(["hazardFlags": .list(["underground"])]),
            inDanger),
        RowCase(
            "an empty list of hazards is no danger", "labour.child-labour.reported",
            report.with(["hazardFlags": .list([])]), ["routed by 9 under III.1.3, normal", lead, hrss, town, market]),
        RowCase(
            "nothing known of age or hazards", "labour.child-labour.reported",
            ["workRegionCode": .text("410322107"), "employerKind": .text("unknown")],
            ["routed by 9 under III.1.3, normal", lead, hrss, town, market]),
        RowCase(
            "injured: health by letter, which the lead writes", "labour.child-labour.reported",
            report.with(["hazardFlags": .list(["injured"])]),
            [
                "routed by 9 under III.1.3, urgent",
                "edu-sports lead (lead): sign 4h; ladder D; keeps ext:health",
            ] + inDanger[2...] + ["ext:health assisting (none) kept by edu-sports"]),
        RowCase(
            "the town of work is not known", "labour.child-labour.reported",
            report.with(["workRegionCode": .text("410322")]),
            ["routed by 9 under III.1.3, normal", lead, hrss, market]),
        RowCase(
            "school and home of the child are known", "labour.child-labour.reported",
            report.with(["childSchoolIds": .list(["3141990004"]), "residenceRegion": .text("410322101")]),
            [
                "routed by 9 under III.1.3, normal", lead, hrss, town, market,
                "school:3141990004 informed (none)", "town:410322101 informed (responsible)",
            ]),
        RowCase(
            "the child lives where it works: one duty", "labour.child-labour.reported",
            report.with(["residenceRegion": .text("410322107")]),
            [
                "routed by 9 under III.1.3, normal", lead, hrss,
                "town:410322107 assisting+informed (responsible): sign 1wd; ladder B", market,
            ]),
        RowCase(
            "a school that is not on file is left out, the others are told", "labour.child-labour.reported",
            report.with(["childSchoolIds": .list(["3199999999", "3141990004"])]),
            [
                "routed by 9 under III.1.3, normal", lead, hrss, town, market, "school:3141990004 informed (none)",
            ]),
        RowCase(
            "outside the county: a person says who", "labour.child-labour.reported",
            report.with(["workRegionCode": .text("410323")]),
            [
                "awaiting-dispatch by 9 under III.1.3, normal", lead,
                "jm-office handling (none): assign 1wd; ladder B; awaiting dispatch", market,
            ]),
        RowCase(
            "outside the county and in danger: within the hour, and the police at once", "labour.child-labour.reported",
            report.with(["workRegionCode": .text("410323"), "youngestAgeBand": .text("under-14")]),
            [
                "awaiting-dispatch by 9 under III.1.3, urgent", "edu-sports lead (lead): sign 2wd; ladder D",
                "jm-office handling (none): assign 1h; ladder D; awaiting dispatch",
                "market-reg assisting (responsible): sign 4h; ladder D",
                "psb assisting (responsible): sign 4h, rescue 24h; ladder D; verified by jm-office",
            ]),
    ])
    func childLabour(_ row: RowCase) throws {
        try row.check()
    }

    private static func recommended(_ kind: String) -> [String: RoutableValue] {
        ["employerKind": .text(kind)]
    }
    private static let revocation =
        "sign 2wd, file 15wd, settle 90nd@market.license-revocation.filed; ladder C; verified by jm-office"
    private static let revocationRest = [
        "hrss assisting (responsible): sign 2wd; ladder C", "jm-office informed (none)",
    ]

    @Test(arguments: [
        RowCase(
            "the order is overdue", "labour.correction-order.overdue", [:], by: "hub",
            [
                "routed by 10 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder C",
                "hrss handling (responsible): sign 1wd, settle 2wd; ladder C; verified by jm-office",
                "market-reg assisting (responsible): sign 1wd; ladder C", "jm-office informed (none)",
            ]),
        RowCase(
            "a company", "labour.license-revocation.recommended", recommended("company"), by: "hrss",
            [
                "routed by 11 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder C",
                "market-reg handling (responsible): " + revocation,
            ] + revocationRest),
        RowCase(
            "an employer without licence", "labour.license-revocation.recommended", recommended("unlicensed"),
            by: "hrss",
            [
                "routed by 11 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder C",
                "market-reg handling (responsible): " + revocation,
            ] + revocationRest),
        RowCase(
            "a social-service institution is civil affairs'", "labour.license-revocation.recommended",
            recommended("social-service-institution"), by: "hrss",
            [
                "routed by 11 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder C",
                "civil-affairs handling (responsible): " + revocation,
            ] + revocationRest),
        RowCase(
            "a public institution has no licence", "labour.license-revocation.recommended",
            recommended("public-institution"), by: "hrss",
            [
                "awaiting-dispatch by 11 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder C",
                "jm-office handling+informed (none): assign 1wd; ladder C; awaiting dispatch",
                "hrss assisting (responsible): sign 2wd; ladder C",
            ]),
        RowCase(
            "a state organ has no licence", "labour.license-revocation.recommended", recommended("state-organ"),
            by: "hrss",
            [
                "awaiting-dispatch by 11 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder C",
                "jm-office handling+informed (none): assign 1wd; ladder C; awaiting dispatch",
                "hrss assisting (responsible): sign 2wd; ladder C",
            ]),
        RowCase(
            "a suspected crime", "labour.case.criminal-suspected", [:], by: "hrss",
            [
                "routed by 12 under III.1.3, urgent",
                "edu-sports lead (lead): sign 24h; ladder D; keeps ext:procuratorate",
                "psb handling (responsible): sign 24h, settle 3nd; ladder D; verified by jm-office",
                "hrss assisting (responsible): sign 24h, hand-over 3nd@police.case-transfer.decided; ladder D; "
                    + "verified by jm-office",
                "ext:procuratorate assisting (none) kept by edu-sports", "jm-office informed (none)",
            ]),
    ])
    func whatFollows(_ row: RowCase) throws {
        try row.check()
    }

    @Test(
        arguments: [
            ("labour.child-labour.case-filed", "N55", []), ("labour.child-labour.verified", "N56", []),
            ("labour.child-labour.unfounded", "N57", []), ("labour.correction-order.issued", "N58", []),
            ("labour.correction-order.complied", "N58", []), ("labour.child.sent-home", "N59", []),
            ("labour.penalty.decided", "N60", ["market-reg"]), ("labour.case.transfer-proposed", "N61", []),
        ] as [(EventType, String, [UnitID])])
    func linesOnlyTell(type: EventType, rule: String, informed: [UnitID]) throws {
        let decision = try Mengjin.county().route(type, by: "hrss")
        #expect(decision.head == "recorded by \(rule) under III.1.3, normal")
        #expect(decision.recipients.allSatisfy { $0.duty == nil })
        #expect(decision.units(.lead) == ["edu-sports"])
        #expect(decision.units(.informed) == informed)
    }

    @Test(arguments: ["labour.inspection-campaign.opened", "labour.inspection-campaign.closed"] as [EventType])
    func campaignsAreToldToEveryTown(type: EventType) throws {
        let decision = try Mengjin.county().route(type, by: "hrss")
        #expect(decision.rule == "N62")
        let told = decision.units(.informed)
        #expect(told.prefix(2) == ["jm-office", "market-reg"])
        #expect(told.dropFirst(2) == (0..<10).map { UnitID("town:41032210\($0)") }[...])
    }
}
