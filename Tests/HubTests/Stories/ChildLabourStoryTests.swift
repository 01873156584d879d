import CloudEvents
import Hub
import TestSupport
import Testing

/// Row 9 of the plan: two children in a workshop, one of them thirteen.
struct ChildLabourStoryTests {
    @Test func aReportIsHandledToItsEnd() async throws {
        try await Story.play(from: "2020-10-26T09:30:00+08:00") { story in
            let receipt = try await story.report(.childLabour)
            #expect(
                receipt.parts == [
                    "edu-sports lead", "hrss handling", "psb assisting", "market-reg assisting",
                    "town:410322107 assisting", "town:410322101 informed", "school:3141990004 informed",
                ])
            #expect(try receipt.recipient("hrss")["rule"] == "9")
            #expect(try receipt.recipient("hrss")["sentence"] == "III.1.3-04b")
            #expect(receipt["clause"] == "III.1.3")

            let duty = try receipt.duty(of: "hrss")
            for (command, fields, state) in [
                ("sign", [:], "signed"), ("accept", [:], "accepted"), ("start", ["note": "到厂检查"], "in-progress"),
                ("note", ["note": "已立案", "milestone": "file"], "in-progress"),
                ("complete", ["outcome": "substantiated-penalised"], "completed"),
            ] as [(String, JSONValue, JSONValue)] {
                let sheet = try await story.act("hrss-01", command, duty, fields)
                #expect(sheet["state"] == state)
                try await story.expectExactBoard()
            }
            // Who has done it does not say that it is done; nor does a program.
            for (speaker, code) in [
                (Story.officer("hrss-01"), "verifier-is-handler"), (Story.officer("hrss-02"), "verifier-is-handler"),
                (Story.unit("jm-office"), "person-needed"), (Story.officer("edu-sports-01"), "not-your-duty"),
            ] {
                let refusal = try await story.refusal(of: "verify", on: duty, by: speaker)
                #expect(refusal == code, "\(speaker)")
            }
            let closed = try await story.act("jm-office-01", "verify", duty)
            #expect(closed["state"] == "closed" && closed["endedAt"] != .null)
            let history = try await story.history(of: duty, as: "hrss-01")
            #expect(history == ["sign", "accept", "start", "note", "complete", "verify"])
            // What hrss wrote is for hrss.
            let seen = try await story.hub.get("/v1/duties/\(duty)", as: Story.officer("jm-office-01"))
            #expect(!seen.text.contains("已立案"))
            try await story.expectExactBoard()
        }
    }

    /// By the youngest child's age, which only the router sees.
    @Test func aChildInDangerIsRescuedAtOnce() async throws {
        try await Story.play(from: "2020-10-26T19:30:00+08:00") { story in
            let receipt = try await story.report(.childLabour)
            let recorded = try receipt.instant("recordedAt")
            // Through the night, by the clock on the wall.
            for unit in ["hrss", "psb", "market-reg", "town:410322107"] {
                let signBy = try receipt.recipient(unit).instant("signBy")
                #expect(signBy == recorded.advanced(bySeconds: 4 * 3600), "\(unit)")
            }
            let rescue = try receipt.recipient("psb").milestone("rescue").instant("due")
            #expect(rescue == recorded.advanced(bySeconds: 24 * 3600))
            let handler = try receipt.recipient("hrss")
            #expect(handler["settleBy"] == .null)
            #expect(try handler.milestone("settle")["explanationZh"] == "自立案之日起60个工作日")
            #expect(try handler.milestone("settle")["basisZh"]?.stringValue?.contains("劳动保障监察条例") == true)

            // Nobody signs: half of the time, then the hour, and hour by hour.
            let duty = try receipt.duty(of: "psb")
            for (time, step, command) in [
                ("2020-10-26T21:31:00+08:00", 0, "remind"), ("2020-10-26T23:31:00+08:00", 1, "remind"),
                ("2020-10-27T00:31:00+08:00", 2, "remind"), ("2020-10-27T01:31:00+08:00", 3, "draft"),
            ] {
                try await story.moveClock(to: time)
                _ = try await story.sweep()
                let sheet = try await story.duty(duty, as: "jm-office-01")
                #expect(sheet["step"] == .integer(Int64(step)), "\(time)")
                #expect(sheet["history"]?.arrayValue?.last?["command"]?.stringValue == command, "\(time)")
            }
            let priority = try await story.duty(duty, as: "psb-01")["priority"]
            #expect(priority == "urgent")
        }
    }

    /// Who reported is read by who must answer and by who took the call, once
    /// it is approved; for all others there is nothing to approve.
    @Test func theReporterIsForTheHandlerAlone() async throws {
        try await Story.play(from: "2020-10-26T09:30:00+08:00") { story in
            let receipt = try await story.report(.childLabour)
            let path = "/v1/events/\(receipt["position"]?.stringValue ?? "")/open"
            let officers = [
                "hrss-01", "psb-01", "market-reg-01", "edu-sports-01", "town-matun-01", "town-huimeng-01",
                "jm-office-01", "school-3141990004-01",
            ]
            for officer in officers {
                let answer = try await story.hub.post(path, ["purpose": "了解情况"], as: Story.officer(officer))
                #expect([200, 403].contains(answer.status), "\(officer): \(answer.text)")
                #expect(!answer.text.contains("闻示明") && !answer.text.contains("12000410001"), "\(officer)")
                let waiting = (answer.json["approvalRequired"] ?? answer.json["classes"])?.arrayValue ?? []
                let mayAsk = ["hrss-01", "jm-office-01"].contains(officer)
                #expect(waiting.contains("sealed-reporter") == mayAsk, "\(officer): \(answer.text)")
            }
            let opened = try await story.hub.post(path, ["purpose": "解救安置"], as: Story.officer("hrss-01"))
            #expect(opened.status == 200 && opened.header("cache-control") == "no-store")
            let children = opened.json["data"]?["children"]?.arrayValue ?? []
            #expect(children.compactMap { $0["name"]?.stringValue } == ["吕小样", "牛样"])
            // Free text waits for an approval too.
            #expect(!opened.text.contains("冲压车间"))
            let log = try await story.hub.get(
                "/v1/access-log", as: .scopes([.audit], unit: "county-gov-office", of: .sandbox))
            #expect(log.json["items"]?.arrayValue?.count == officers.count + 1)
        }
    }

    @Test func aRefusedCompletionGoesBackToWork() async throws {
        try await Story.play(from: "2020-10-26T09:30:00+08:00") { story in
            let duty = try await story.report(.childLabour).duty(of: "hrss")
            for command in ["sign", "accept"] { try await story.act("hrss-01", command, duty) }
            try await story.act("hrss-01", "complete", duty, ["outcome": "unfounded"])
            let rework = try await story.act("jm-office-01", "reject-completion", duty, ["reason": "缺少现场笔录"])
            #expect(rework["state"] == "rework" && rework["reworks"] == 1)
            try await story.act("hrss-02", "complete", duty, ["outcome": "substantiated-penalised"])
            let closed = try await story.act("jm-office-02", "verify", duty)
            #expect(closed["state"] == "closed" && closed["completedBy"] == "hrss-02")
            #expect(closed["outcome"] == "substantiated-penalised")
            try await story.expectExactBoard()
        }
    }
}
