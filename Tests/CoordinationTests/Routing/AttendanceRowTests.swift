import CloudEvents
import Testing

@testable import Coordination

/// Rows 1, 3 and 43 of the routing matrix and the lines of the family.
struct AttendanceRowTests {
    private static let school = "3141990002"
    private static let absence: [String: RoutableValue] = [
        "schoolId": .text(school), "residenceRegion": .text("410322101"), "hukouRegion": .text("410322102"),
    ]
    private static let lead = "edu-sports lead (lead): sign 2wd; ladder A"
    private static let ownSchool =
        "school:3141990002 assisting (obliged): sign 1wd, mark 1wd, visit 1wd, settle 10wd; ladder A; "
        + "verified by edu-sports"
    private static func handling(_ town: String, _ roles: String = "handling") -> String {
        "town:\(town) \(roles) (responsible): sign 1wd, verify 3wd, settle 10wd; ladder A; verified by edu-sports"
    }
    private static let counted = "jm-office informed (none)"

    private static func suspected(_ rule: String, _ lines: [String], status: String = "routed") -> [String] {
        ["\(status) by \(rule) under III.1.5, normal", lead] + lines
    }

    /// Where the child lives decides, else where it is registered.
    private static func towns(_ type: EventType, _ rule: String) -> [RowCase] {
        [
            RowCase(
                "lives in one town, registered in another", type, absence, by: "school:3141990002",
                suspected(
                    rule,
                    [
                        handling("410322101"), ownSchool, "town:410322102 assisting (responsible): sign 1wd; ladder A",
                        counted,
                    ])),
            RowCase(
                "one town: one duty", type, absence.with(["hukouRegion": .text("410322101")]), by: "school:3141990002",
                suspected(rule, [handling("410322101", "handling+assisting"), ownSchool, counted])),
            RowCase(
                "lives outside the county", type,
                ["schoolId": .text(school), "residenceOutsideCounty": .flag(true), "hukouRegion": .text("410322102")],
                by: "school:3141990002",
                suspected(rule, [handling("410322102", "handling+assisting"), ownSchool, counted])),
            RowCase(
                "lives outside the county, by its region", type, absence.with(["residenceRegion": .text("410381")]),
                by: "school:3141990002",
                suspected(rule, [handling("410322102", "handling+assisting"), ownSchool, counted])),
            RowCase(
                "registered outside the county", type, absence.with(["hukouRegion": .text("410381")]),
                by: "school:3141990002", suspected(rule, [handling("410322101"), ownSchool, counted])),
            RowCase(
                "both outside", type,
                absence.with(["residenceRegion": .text("410381"), "hukouRegion": .text("410381")]),
                by: "school:3141990002",
                suspected(
                    rule,
                    [
                        "jm-office handling+informed (none): assign 1wd; ladder A; awaiting dispatch", ownSchool,
                    ], status: "awaiting-dispatch")),
            RowCase(
                "neither is known", type, ["schoolId": .text(school)], by: "school:3141990002",
                suspected(
                    rule,
                    [
                        "jm-office handling+informed (none): assign 1wd; ladder A; awaiting dispatch", ownSchool,
                    ], status: "awaiting-dispatch")),
            RowCase(
                "the county's new code names the same town", type,
                absence.with(["residenceRegion": .text("410308101")]),
                by: "school:3141990002",
                suspected(
                    rule,
                    [
                        handling("410322101"), ownSchool, "town:410322102 assisting (responsible): sign 1wd; ladder A",
                        counted,
                    ])),
            RowCase(
                "a village names its town", type, absence.with(["residenceRegion": .text("410322101202")]),
                by: "school:3141990002",
                suspected(
                    rule,
                    [
                        handling("410322101"), ownSchool, "town:410322102 assisting (responsible): sign 1wd; ladder A",
                        counted,
                    ])),
            RowCase(
                "a town that is not on file is not replaced", type,
                absence.with(["residenceRegion": .text("410322177")]),
                by: "school:3141990002",
                suspected(
                    rule,
                    [
                        "jm-office handling+informed (none): assign 1wd; ladder A; awaiting dispatch", ownSchool,
                        "town:410322102 assisting (responsible): sign 1wd; ladder A",
                    ], status: "awaiting-dispatch")),
            RowCase(
                "a school that is not on file", type, absence.with(["schoolId": .text("3199999999")]), by: "edu-sports",
                suspected(
                    rule,
                    [
                        handling("410322101"),
                        "jm-office assisting+informed (none): assign 1wd; ladder A; awaiting dispatch",
                        "town:410322102 assisting (responsible): sign 1wd; ladder A",
                    ], status: "awaiting-dispatch")),
            RowCase(
                "a school that was merged: the one it went into", type, absence.with(["schoolId": .text("2141990011")]),
                by: "edu-sports",
                suspected(
                    rule,
                    [
                        handling("410322101"),
                        ownSchool.replacing("3141990002", with: "2141990001"),
                        "town:410322102 assisting (responsible): sign 1wd; ladder A", counted,
                    ])),
        ]
    }

    @Test(arguments: towns("attendance.dropout.suspected", "1") + towns("attendance.opening.no-show", "43"))
    func suspectedAndNoShow(_ row: RowCase) throws {
        try row.check()
    }

    // MARK: Row 3

    /// The lines of a confirmed dropout; by cause some help.
    private static func confirmed(
        leadHelps: Bool = false, townHelps: Bool = false, womenHelp: Bool = false, also unit: String? = nil,
    ) -> [String] {
        let support = ", support 10wd; ladder B; verified by edu-sports"
        var lines = ["routed by 3 under III.1.1, normal"]
        if !leadHelps { lines.append("edu-sports lead (lead): sign 2wd; ladder B") }
        lines.append(
            townHelps
                ? "town:410322101 handling+assisting (responsible): sign 1wd, support 10wd, settle 20wd; ladder B; "
                    + "verified by edu-sports"
                : "town:410322101 handling (responsible): sign 1wd, settle 20wd; ladder B; verified by edu-sports")
        if leadHelps {
            lines.append(
                "edu-sports assisting+lead (lead): sign 1wd, support 10wd; ladder B; verified by jm-office")
        }
        lines.append("school:3141990002 assisting (none): sign 1wd, visit 2wd; ladder B; verified by edu-sports")
        lines.append("town:410322102 assisting (responsible): sign 1wd; ladder B")
        lines.append("women-fed assisting (none): sign 1wd" + (womenHelp ? support : "; ladder B"))
        lines.append("youth-league assisting (none): sign 1wd; ladder B")
        if let unit { lines.append("\(unit) assisting (none): sign 1wd\(support)") }
        return lines + ["jm-office informed (none)", "edu-supervision informed (none)"]
    }

    @Test(
        arguments: [
            ("learning-difficulty", confirmed(leadHelps: true)), ("school-aversion", confirmed(leadHelps: true)),
            ("poverty", confirmed(leadHelps: true)), ("bullying-safety", confirmed(leadHelps: true)),
            ("distance", confirmed(leadHelps: true, townHelps: true)),
            ("illness-disability", confirmed(leadHelps: true, also: "disabled-fed")),
            ("early-work", confirmed(also: "hrss")), ("guardian-refusal", confirmed(also: "justice")),
            ("religion-marriage", confirmed(townHelps: true, womenHelp: true)),
            ("migration-lost-contact", confirmed()), ("misconduct", confirmed()), ("other", confirmed()),
        ] as [(String, [String])])
    func causeDecidesWhoHelps(cause: String, expected: [String]) throws {
        let event = Self.absence.with(["causeCode": .text(cause)])
        let decision = try Mengjin.county().route("attendance.dropout.confirmed", event, by: "town:410322101")
        #expect(decision.lines == expected)
    }

    // MARK: Lines

    /// An absence is the school's own record and goes to nobody.
    @Test
    func absenceIsDeliveredToNobody() throws {
        let decision = try Mengjin.county().route(
            "attendance.absence.recorded", ["schoolId": .text(Self.school)], by: "school:3141990002")
        #expect(decision.lines == ["recorded by N18 under III.1.5, normal"])
    }

    @Test
    func verificationIsToldToSchoolAndTowns() throws {
        let decision = try Mengjin.county().route(
            "attendance.verification.concluded", Self.absence, by: "town:410322101")
        #expect(
            decision.lines == [
                "recorded by N19 under III.1.5, normal", "edu-sports lead (lead)",
                "town:410322101 informed (responsible)", "town:410322102 informed (responsible)",
                "school:3141990002 informed (obliged)",
            ])
    }
}
