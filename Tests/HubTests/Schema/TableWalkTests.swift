import CloudEvents
import Coordination
import Foundation
import Hub
import HubAPI
import TestSupport
import Testing

/// A hub at work over large tables walks none of them, whether their statistics
/// are fresh or lag behind.
struct TableWalkTests {
    @Test(arguments: [true, false])
    func aHubAtWorkWalksNoTable(_ isAnalysed: Bool) async throws {
        try await TestDatabase.with { database in
            let names = LargeTables.growing.map { "'\($0)'" }.joined(separator: ", ")
            // Nobody looks at the statistics behind the test's back.
            try await database.run(
                """
                SELECT hub.make_partitions(39999999);
                DO $$
                DECLARE v_table regclass;
                BEGIN
                    FOR v_table IN SELECT oid FROM pg_class
                        WHERE relnamespace = 'hub'::regnamespace AND relkind = 'r' LOOP
                        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', v_table);
                    END LOOP;
                END
                $$;
                """)
            // A thousand timers are due already.
            try await database.run(
                LargeTables.rows
                    + """
                    INSERT INTO hub.timer (county, due, duty, kind, step)
                    SELECT 1, now() - interval '1 hour', n, 'settle', 1 FROM generate_series(1, 1999, 2) AS n;
                    """)
            if isAnalysed { try await database.run(LargeTables.statistics) }
            let keyFile = FileManager.default.temporaryDirectory.appendingPathComponent("\(database.name).keys").path
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            // The partition that has just begun is a page or two: a scan of it is
            // as short as a look into its index.
            let walks = """
                SELECT coalesce(string_agg(relname || ' ' || seq_tup_read, ', ' ORDER BY relname), '')
                FROM pg_stat_user_tables
                WHERE schemaname = 'hub' AND seq_tup_read > 0 AND relname !~ '_p4$'
                    AND regexp_replace(relname, '_p[0-9]+$', '') IN (\(names))
                """
            try await database.run("SELECT pg_stat_reset()")
            let configure: @Sendable (inout HubServerConfiguration) -> Void = {
                $0.hub.sweepEvery = .milliseconds(100)
                // What lies there was sealed with keys that never were.
                $0.hub.takesNewKeys = true
            }
            try await TestHub.with(database: database, keyFile: keyFile, configure: configure) { hub in
                try await Self.work(hub)
            }
            // The hub's sessions have ended, and left their counts.
            let walked = try await database.texts(walks)
            #expect(walked == [""])
            #expect(
                try await database.number("SELECT sum(idx_scan) FROM pg_stat_user_tables WHERE relname = 'duty'") > 20)
        }
    }

    /// Something of everything that happens all the time.
    private static func work(_ hub: TestHub) async throws {
        let report = try ShippedSample.childLabour.event()
        guard case .object(var data)? = report["data"] else { return }
        data["uscc"] = nil
        // Two of each employer: the second joins the case of the first.
        let batch = (0..<20).map { number -> JSONValue in
            data["employerName"] = .string("演示加工厂\(number / 2)号")
            return report.with(["id": .string("walk-\(number)"), "data": .object(data)])
        }
        let answer = try await hub.publish(batch: batch, as: .unit("jm-office"))
        #expect(answer.json["accepted"] == 20, "\(answer.text)")
        for event in batch.prefix(5) {
            let again = try await hub.publish(event, as: .unit("jm-office"))
            #expect(again.status == 200)
        }
        let feed = try await hub.get("/v1/feed?after=39999999&limit=100", as: .unit("hrss"))
        let duties = (feed.json["items"]?.arrayValue ?? []).compactMap { $0["dutyId"]?.stringValue }
        #expect(!duties.isEmpty)
        for duty in Set(duties) {
            let signed = try await hub.post("/v1/duties/\(duty)/sign", [:], as: .officer("hrss-01"))
            #expect(signed.status == 200, "\(signed.text)")
        }
        let position = feed.json["items"]?.arrayValue?.first?["cursor"]?.stringValue ?? ""
        for path in [
            "/v1/duties?open=true", "/v1/duties?overdue=sign", "/v1/duties/count", "/v1/events/\(position)",
            "/v1/feed?start=latest",
        ] {
            let read = try await hub.get(path, as: .unit("hrss"))
            #expect(read.status == 200, "\(path): \(read.text)")
        }
        for path in ["/v1/duties?type=labour.child-labour.reported", "/v1/board", "/v1/feed?limit=100"] {
            let read = try await hub.get(path, as: .scopes([.secretariat, .receive], unit: "jm-office", of: .mengjin))
            #expect(read.status == 200, "\(path): \(read.text)")
        }
        try await settle(duties, hub)
        try await lookAround(position, hub)
        try await share(hub)
        let opened = try await hub.open(position, as: .officer("hrss-01"))
        #expect(opened.status == 200, "\(opened.text)")
        _ = try await hub.accessLog()
        let sweep = try await hub.post(
            "/v1/sweeps", ["dryRun": true, "asOf": "2099-01-01T00:00:00+08:00"], as: .officer("jm-office-01"))
        #expect(sweep.status == 200, "\(sweep.text)")
    }

    /// From the signature to the end, with a key that is kept.
    private static func settle(_ duties: [String], _ hub: TestHub) async throws {
        for duty in Set(duties).sorted().prefix(3) {
            let officer = TestHub.Speaker.officer("hrss-01")
            for (command, body) in [
                ("accept", [:]), ("start", ["note": "已立案"]), ("note", ["note": "已现场核查"]),
                ("complete", ["outcome": "unfounded"]),
            ] as [(String, JSONValue)] {
                let done = try await hub.post(
                    "/v1/duties/\(duty)/\(command)", body, as: officer,
                    headers: [("Idempotency-Key", "walk-\(duty)-\(command)")])
                #expect(done.status == 200, "\(command): \(done.text)")
            }
            let shown = try await hub.get("/v1/duties/\(duty)", as: officer)
            #expect(shown.json["history"]?.arrayValue?.count == 5, "\(shown.text)")
        }
    }

    /// What people ask for about an event and its case.
    private static func lookAround(_ position: String, _ hub: TestHub) async throws {
        let shown = try await hub.get("/v1/events/\(position)/duties", as: .unit("jm-office"))
        #expect(shown.status == 200, "\(shown.text)")
        let event = try await hub.get("/v1/events/\(position)", as: .unit("jm-office"))
        let ofCase = event.json["event"]?["caseid"]?.stringValue ?? ""
        for path in [
            "/v1/events/\(position)/explanation", "/v1/events?publisher=me", "/v1/cases/\(ofCase)",
            "/v1/duties?case=\(ofCase)", "/v1/feed?start=latest",
        ] {
            let read = try await hub.get(path, as: .unit("jm-office"))
            #expect(read.status == 200, "\(path): \(read.text)")
        }
    }

    /// A consumer that takes its deliveries.
    private static func share(_ hub: TestHub) async throws {
        let made = try await hub.send(
            "PUT", "/v1/consumers/walk", as: .unit("hrss"), headers: [("Content-Type", "application/json")],
            body: JSONValue.object(["start": ["after": "39999999"]]).encodedBytes())
        #expect(made.status == 201, "\(made.text)")
        for _ in 0..<3 {
            let fetched = try await hub.post("/v1/consumers/walk/fetch", ["limit": 5], as: .unit("hrss"))
            let deliveries = (fetched.json["deliveries"]?.arrayValue ?? []).map { delivery -> JSONValue in
                ["deliveryId": delivery["deliveryId"] ?? .null, "leaseId": delivery["leaseId"] ?? .null]
            }
            #expect(fetched.status == 200 && !deliveries.isEmpty, "\(fetched.text)")
            let acknowledged = try await hub.post(
                "/v1/consumers/walk/ack", ["deliveries": .array(deliveries)], as: .unit("hrss"))
            #expect(acknowledged.status == 200, "\(acknowledged.text)")
        }
    }
}
