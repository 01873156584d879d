import CloudEvents
import TestSupport
import Testing

/// Row 1 of the plan: a pupil who has been absent for three days, on the eve
/// of the Spring Festival of 2021 (rest from 11 to 17 February, and 20
/// February, a Saturday, is a working day).
struct AbsenceStoryTests {
    private static func report(in story: Story) async throws -> JSONValue {
        try await story.report(.absence, time: "2021-02-10T17:30:00+08:00") { data in
            data["absenceFrom"] = "2021-02-08"
            data["absenceTo"] = "2021-02-10"
            data["flaggedInRegistryOn"] = "2021-02-10"
        }
    }

    @Test func deadlinesPassOverTheFestival() async throws {
        try await Story.play(from: "2021-02-10T17:35:00+08:00") { story in
            let receipt = try await Self.report(in: story)
            #expect(
                receipt.parts == [
                    "edu-sports lead", "town:410322101 handling", "town:410322103 assisting",
                    "school:3141990002 assisting", "jm-office informed",
                ])
            let town = try receipt.recipient("town:410322101")
            #expect(town["signBy"] == "2021-02-19T00:00:00+08:00")
            #expect(try town.milestone("verify")["due"] == "2021-02-21T00:00:00+08:00")
            #expect(town["settleBy"] == "2021-03-03T00:00:00+08:00")
            #expect(town["provisional"] == false)
            let words = try town.milestone("verify")["explanationZh"]?.stringValue ?? ""
            #expect(words.contains("2月20日调休上班") && words.contains("放假"), "\(words)")
            let school = try receipt.recipient("school:3141990002")
            #expect(try school.milestone("mark")["due"] == "2021-02-19T00:00:00+08:00")
        }
    }

    @Test func whoIsLateIsRemindedAndThenADraftWaitsForAPerson() async throws {
        try await Story.play(from: "2021-02-10T17:35:00+08:00") { story in
            let duty = try await Self.report(in: story).duty(of: "town:410322101")
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
