import CloudEvents
import Foundation
import TestSupport
import Testing

/// A small prefecture, played through a hub.
struct LoadCommandTests {
    /// Runs a body with what the command needs of a demonstration county.
    private static func with(_ body: @escaping @Sendable (TestHub, [String: String]) async throws -> Void) async throws
    {
        try await TestHub.with { hub in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("load \(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let url = "http://127.0.0.1:\(hub.port)"
            let environment = [
                "LIANKONG_DATABASE_URL": hub.database.url, "LIANKONG_TOKENS": folder + "/tokens.json",
                "LIANKONG_URL": url,
            ]
            let tokens = try await CommandRun.liankong(
                [
                    "token", "provision", "--county", "mengjin", "--county", "mengjin-demo", "--into",
                    folder + "/tokens.json", "--url", url,
                ], environment: environment)
            try #require(tokens.status == 0, "\(tokens.errors)")
            try await body(hub, environment)
        }
    }

    /// The first Thursday a few days from now, which every clock has before it,
    /// and days after it.
    private static func thursday(plus days: Int = 0) -> String {
        // The first of January 1970 was one.
        let today = Int(Date().timeIntervalSince1970) / 86_400 + 3
        let day = Date(timeIntervalSince1970: TimeInterval(((today + 6) / 7 * 7 + days) * 86_400))
        return day.formatted(.iso8601.year().month().day())
    }

    private static func json(_ run: CommandRun) throws -> JSONValue {
        try JSONReader.read(Array(run.output.utf8)).get()
    }

    @Test func aFewDaysArePlayedAndRepeatHarmlessly() async throws {
        try await Self.with { hub, environment in
            // A Thursday to a Monday, with a weekend between.
            let arguments = [
                "load", "simulate", "--json", "--days", "5", "--from", Self.thursday(), "--events-per-day", "60",
            ]
            let run = try await CommandRun.liankong(arguments, environment: environment)
            try #require(run.status == 0, "\(run.output) \(run.errors)")
            let result = try Self.json(run)
            func number(_ group: String, _ name: String) -> Int64 { result[group]?[name]?.integerValue ?? -1 }
            #expect(result["complete"] == true && result["counties"] == 1)
            // Three working days, and what comes on two days of rest.
            #expect((150...240).contains(number("events", "stored")), "\(result)")
            #expect(number("events", "refused") == 0 && number("events", "duplicates") == 0)
            #expect(number("duties", "made") > 30 && number("duties", "signed") > 10, "\(result)")
            #expect(number("duties", "settled") > 0 && number("duties", "refused") == 0, "\(result)")
            #expect(number("sweeps", "made") == 10 && number("sweeps", "stepsFired") > 0, "\(result)")
            // The county holds exactly that, and the real one nothing.
            let stored = "SELECT count(*) FROM hub.event AS e JOIN hub.county AS c ON c.id = e.county WHERE c.key = "
            #expect(try await hub.number(stored + "'mengjin-demo'") == number("events", "stored"))
            #expect(try await hub.number(stored + "'mengjin'") == 0)
            #expect(
                try await hub.number("SELECT count(*) FROM hub.duty WHERE signed_at IS NOT NULL")
                    == number("duties", "signed"))

            let again = try Self.json(try await CommandRun.liankong(arguments, environment: environment))
            #expect(again["events"]?["stored"] == 0 && again["events"]?["refused"] == 0, "\(again)")
            #expect(again["events"]?["duplicates"]?.integerValue == number("events", "stored"))
            #expect(try await hub.number(stored + "'mengjin-demo'") == number("events", "stored"))
        }
    }

    /// Registers are read in the mornings of school days; cafés are visited when
    /// school is out.
    @Test func aDayHasItsShape() async throws {
        try await Self.with { hub, environment in
            let run = try await CommandRun.liankong(
                [
                    "load", "simulate", "--days", "3", "--from", Self.thursday(plus: 1), "--events-per-day", "300",
                    "--county",
                    "mengjin-demo",
                ], environment: environment)
            try #require(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("events stored 事件入库") && run.output.contains("1 county, 3 days"))
            // Friday, Saturday and Sunday, by the clock of the county.
            func count(_ type: String, _ condition: String) async throws -> Int64 {
                try await hub.number(
                    """
                    SELECT count(*) FROM (
                        SELECT recorded_at - interval '1 minute' + interval '8 hours' AS at FROM hub.event
                        WHERE type = '\(type)'
                    ) AS e (at) WHERE \(condition)
                    """)
            }
            let absence = "attendance.absence.recorded"
            #expect(try await count(absence, "extract(isodow FROM at AT TIME ZONE 'UTC') = 5") > 200)
            #expect(try await count(absence, "extract(isodow FROM at AT TIME ZONE 'UTC') > 5") == 0)
            let morning = "extract(hour FROM at AT TIME ZONE 'UTC') BETWEEN 7 AND 9"
            #expect(try await count(absence, morning) > 150)
            let admission = "culture.minor-admission.reported"
            #expect(
                try await count(admission, "extract(isodow FROM at AT TIME ZONE 'UTC') = 6")
                    > count(admission, "extract(isodow FROM at AT TIME ZONE 'UTC') = 5"))
            #expect(try await count(admission, "extract(hour FROM at AT TIME ZONE 'UTC') < 15") == 0)
        }
    }

    /// National Day of 2026, a Thursday.
    @Test func aHolidayIsADayOfRest() async throws {
        try await Self.with { hub, environment in
            let arguments = ["load", "simulate", "--days", "1", "--from", "2026-10-01", "--events-per-day", "100"]
            let calendar = ["--calendar", Repository.file("deploy/mengjin/calendar.yaml")]
            let absences = "SELECT count(*) FROM hub.event WHERE type = 'attendance.absence.recorded'"
            let holiday = try await CommandRun.liankong(arguments + calendar, environment: environment)
            #expect(holiday.status == 0, "\(holiday.errors)")
            #expect(try await hub.number(absences) == 0)
            let thursday = try await CommandRun.liankong(arguments, environment: environment)
            #expect(thursday.status == 0, "\(thursday.errors)")
            #expect(try await hub.number(absences) > 50)
        }
    }

    @Test func onlyADemonstrationIsPlayedIn() async throws {
        try await Self.with { hub, environment in
            let run = try await CommandRun.liankong(
                ["load", "simulate", "--county", "mengjin", "--json"], environment: environment)
            #expect(run.status == 1 && run.errors.contains("not-a-sandbox"), "\(run.errors)")
            #expect(try await hub.number("SELECT count(*) FROM hub.event") == 0)
            let unreadable = try await CommandRun.liankong(
                ["load", "simulate", "--from", "tomorrow"], environment: environment)
            #expect(unreadable.status == 2)
            var elsewhere = environment
            elsewhere["LIANKONG_TOKENS"] = "/nowhere/tokens.json"
            let noFile = try await CommandRun.liankong(["load", "simulate"], environment: elsewhere)
            #expect(noFile.status == 2)
        }
    }
}
