import CloudEvents
import TestSupport
import Testing

/// Row 1 of the plan: a pupil who has been absent for three days, on the eve
/// of a festival.
struct AbsenceStoryTests {
    /// The eve of a festival, and what falls behind it.
    struct Eve: Sendable {
        /// The three days of absence; the report is sent on the last.
        let days: [String]
        /// The county's code on that day, with which regions begin.
        let county: String
        let signBy, verifyBy, settleBy: String
        /// The working day that was made up for.
        let madeUp: String
    }

    /// Rest from 11 to 17 February; 20 February, a Saturday, is a working day.
    static let springFestival = Eve(
        days: ["2021-02-08", "2021-02-09", "2021-02-10"], county: "410322", signBy: "2021-02-19",
        verifyBy: "2021-02-21", settleBy: "2021-03-03", madeUp: "2月20日调休上班")
    /// Rest from 1 to 7 October; 9 October, a Saturday, is a working day. The
    /// county has another code by then, and the same towns.
    static let nationalDay = Eve(
        days: ["2021-09-28", "2021-09-29", "2021-09-30"], county: "410308", signBy: "2021-10-09",
        verifyBy: "2021-10-12", settleBy: "2021-10-21", madeUp: "10月9日调休上班")

    private static func report(on eve: Eve, in story: Story) async throws -> JSONValue {
        try await story.report(.absence, time: "\(eve.days[2])T17:30:00+08:00") { data in
            data["absenceFrom"] = .string(eve.days[0])
            data["absenceTo"] = .string(eve.days[2])
            data["flaggedInRegistryOn"] = .string(eve.days[2])
            data["residenceRegion"] = .string(eve.county + "101")
            data["hukouRegion"] = .string(eve.county + "103")
            data["residenceVillage"] = .string(eve.county + "101202")
            data["child"] = ["name": "欧阳小样", "idType": "citizen-id", "idNumber": "410322200709029060"]
        }
    }

    @Test(arguments: [springFestival, nationalDay])
    func deadlinesPassOverTheFestival(_ eve: Eve) async throws {
        try await Story.play(from: "\(eve.days[2])T17:35:00+08:00") { story in
            let receipt = try await Self.report(on: eve, in: story)
            #expect(
                receipt.parts == [
                    "edu-sports lead", "town:410322101 handling", "town:410322103 assisting",
                    "school:3141990002 assisting", "jm-office informed",
                ])
            let town = try receipt.recipient("town:410322101")
            #expect(town["signBy"]?.stringValue == eve.signBy + "T00:00:00+08:00")
            #expect(try town.milestone("verify")["due"]?.stringValue == eve.verifyBy + "T00:00:00+08:00")
            #expect(town["settleBy"]?.stringValue == eve.settleBy + "T00:00:00+08:00")
            #expect(town["provisional"] == false)
            let words = try town.milestone("verify")["explanationZh"]?.stringValue ?? ""
            #expect(words.contains(eve.madeUp) && words.contains("放假"), "\(words)")
            let school = try receipt.recipient("school:3141990002")
            #expect(try school.milestone("mark")["due"]?.stringValue == eve.signBy + "T00:00:00+08:00")
        }
    }

    @Test func whoIsLateIsRemindedAndThenADraftWaitsForAPerson() async throws {
        try await Story.play(from: "2021-02-10T17:35:00+08:00") { story in
            let duty = try await Self.report(on: Self.springFestival, in: story).duty(of: "town:410322101")
            try await story.moveClock(to: "2021-02-17T23:00:00+08:00")
            let resting = try await story.sweep()
            #expect(resting["stepsFired"] == 0)

            for (time, step, reminders) in [
                ("2021-02-18T20:00:00+08:00", 0, 1), ("2021-02-19T00:00:00+08:00", 1, 2),
                ("2021-02-23T09:00:00+08:00", 2, 4), ("2021-02-26T09:00:00+08:00", 3, 5),
            ] {
                try await story.moveClock(to: time)
                let fired = try await story.sweep()
                #expect((fired["byUnit"]?["town:410322101"]?.integerValue ?? 0) > 0, "\(time)")
                let again = try await story.sweep()
                #expect(again["stepsFired"] == 0 && again["collapsed"] == 0, "\(time)")
                let sheet = try await story.duty(duty, as: "town-huimeng-01")
                #expect(sheet["step"] == .integer(Int64(step)), "\(time)")
                #expect(sheet["reminders"] == .integer(Int64(reminders)), "\(time): \(sheet)")
                #expect(sheet["state"] == "dispatched")
                try await story.expectExactBoard()
            }
            // 督办 changes nothing until a person signs it, and the town is not told.
            let told = try await story.history(of: duty, as: "town-huimeng-01")
            #expect(Set(told) == ["remind"])
            let drafted = try await story.history(of: duty, as: "jm-office-01")
            #expect(drafted.contains("draft"))

            let late = try await story.duty(duty, as: "town-huimeng-01")
            #expect(late["overdue"] == ["sign", "verify"])
            let signed = try await story.act("town-huimeng-01", "sign", duty)
            #expect(signed["overdue"] == ["verify"])
        }
    }

    /// Next year's calendar is not there: New Year's rest days are not known.
    @Test func aDeadlineBeyondTheLastCalendarMayMove() async throws {
        try await Story.play(from: "2026-12-28T09:00:00+08:00") { story in
            let receipt = try await story.report(.internetCafe, time: "2026-12-28T08:50:00+08:00") { data in
                data["inspectedAt"] = "2026-12-28T08:40:00+08:00"
                data["minorsPresentNow"] = false
                data["venueRegionCode"] = "410308108"
            }
            let handler = try receipt.recipient("culture-tourism")
            #expect(handler["provisional"] == true)
            #expect(try handler.milestone("settle")["provisional"] == true)
            let duty = try await story.duty(try receipt.duty(of: "culture-tourism"), as: "culture-tourism-01")
            #expect(duty["provisional"] == true)
        }
    }
}
