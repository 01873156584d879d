import CloudEvents
import Testing

@testable import Coordination

/// Why a unit got an event, in words that tell rules and sentences only.
struct ExplanationTests {
    private let report: [String: RoutableValue] = [
        "workRegionCode": .text("410322107"), "employerKind": .text("company"), "youngestAgeBand": .text("under-14"),
        "hazardFlags": .list(["forced"]),
    ]

    @Test
    func ruleSentenceAndLawAreNamed() throws {
        let step = try Mengjin.county().route("labour.child-labour.reported", report).explanation[0]
        #expect(step.rule == "9")
        #expect(step.sentence == "III.1.3-04b")
        #expect(step.becauseZh.hasPrefix("适用规则“违法招用未满十六周岁未成年人”，方案依据III.1.3-04b“人力资源社会保障部门要切实承担责任"))
        #expect(step.becauseZh.contains("《禁止使用童工规定》第六条"))
        #expect(step.because.contains("Child Labour Provisions art. 6"))
    }

    @Test
    func lawsOfLaterYearsAreNotShown() throws {
        let county = try Mengjin.county()
        let then = county.route("labour.child-labour.reported", report).explanation[0]
        #expect(!then.becauseZh.contains("《未成年人保护法》"))
        let later = Timestamp(rfc3339: "2021-06-01T00:00:00+08:00")!
        let now = county.route("labour.child-labour.reported", report, at: later).explanation[0]
        #expect(now.becauseZh.contains("《未成年人保护法》第一百二十五条"))
        let before = Timestamp(rfc3339: "2021-05-31T23:59:59+08:00")!
        let eve = county.route("labour.child-labour.reported", report, at: before).explanation[0]
        #expect(!eve.becauseZh.contains("《未成年人保护法》"))
    }

    @Test
    func everyRecipientHasItsReason() throws {
        let decision = try Mengjin.county().route("labour.child-labour.reported", report)
        for recipient in decision.recipients {
            let step = try #require(decision.explanation.first { $0.unit == recipient.unit })
            #expect(step.matched)
            #expect(step.becauseZh.contains(recipient.role.zh))
        }
        let town = decision.explanation.first { $0.unit == "town:410322107" }
        #expect(town?.becauseZh == "麻屯镇：协办，用工地所在镇")
        #expect(town?.because == "Matun Town: assisting, the town of the workplace")
    }

    @Test
    func responsibleUnitsThatAreNotAddressedAreNamed() throws {
        let decision = try Mengjin.county().route("labour.child-labour.reported", report)
        let step = try #require(decision.explanation.last)
        #expect(!step.matched)
        #expect(step.unit == nil)
        #expect(
            step.becauseZh
                == "“三（一）3.建立义务教育入学联控联保工作机制”的责任单位中未派：民政局、司法局、文广旅局、妇联、团县委、残联")
        #expect(step.because.contains("Civil Affairs") && !step.because.contains("Human Resources"))
    }

    /// Towns count as one: one of them acts for its own area.
    @Test
    func townsAreMissedOnlyWhereNoneActs() throws {
        let county = try Mengjin.county()
        let unknown = county.route("labour.child-labour.reported", report.with(["workRegionCode": .text("410322")]))
        #expect(unknown.explanation.last?.becauseZh.hasSuffix("各镇") == true)
        let absence = county.route(
            "attendance.dropout.suspected",
            ["schoolId": .text("3141990002"), "residenceRegion": .text("410322101")], by: "school:3141990002")
        #expect(absence.explanation.last?.matched == true)
    }

    @Test
    func whoIsLeftOutIsTold() throws {
        let event = report.with(["workRegionCode": .text("410322")])
        let steps = try Mengjin.county().route("labour.child-labour.reported", event).explanation
        let left = steps.filter { !$0.matched && $0.because.contains("left out") }.map(\.becauseZh)
        #expect(left == ["用工地所在镇（协办）未列入：事件未写明", "儿童所在学校（知会）未列入：事件未写明", "居住地所在镇（知会）未列入：事件未写明"])
    }

    @Test
    func unsuitedRulesAreNamedBeforeTheOneThatApplies() throws {
        let event: [String: RoutableValue] = [
            "assistanceKind": .text("education-aid"), "hukouRegion": .text("410322102"),
        ]
        let steps = try Mengjin.county().route("assistance.referral.requested", event).explanation
        #expect(steps.prefix(3).map(\.rule) == ["19a", "19b", "19c"])
        #expect(steps.prefix(3).map(\.matched) == [false, false, true])
        #expect(steps[0].becauseZh == "规则“申请社会救助”不适用于本事件")
    }

    /// Machine ids, notations and codes are no words for a person.
    @Test(
        arguments: [
            "labour.child-labour.reported", "labour.case.criminal-suspected", "culture.minor-admission.reported",
            "assistance.referral.requested", "attendance.dropout.suspected", "attendance.dropout.confirmed",
            "labour.inspection-campaign.opened",
        ] as [EventType])
    func wordsHoldNoMachineIDs(type: EventType) throws {
        let county = try Mengjin.county()
        let event = report.with([
            "assistanceKind": .text("poverty-relief"), "hukouRegion": .text("410322102"), "isDisabled": .flag(true),
            "residenceRegion": .text("410322101"), "schoolId": .text("3141990002"), "causeCode": .text("poverty"),
            "venueRegionCode": .text("410322100"), "dayKind": .text("weekend"), "hazardFlags": .list(["injured"]),
        ])
        var forbidden = county.directory.units.map(\.id.rawValue).filter {
            $0 != "hub" && $0 != "finance" && $0 != "justice"
        }
        forbidden += county.catalogue.types.map(\.rawValue) + ["1wd", "2wd", "under-14", "injured", "poverty-relief"]
        for step in county.route(type, event).explanation {
            for word in forbidden {
                #expect(!step.because.contains(word), "\(word)")
                #expect(!step.becauseZh.contains(word), "\(word)")
            }
        }
    }
}
