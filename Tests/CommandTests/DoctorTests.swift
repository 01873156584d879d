import ArgumentParser
import CloudEvents
import Foundation
import Hub
import HubAPI
import PostgresClient
import Store
import TestSupport
import Testing

@testable import liankong

/// The doctor finds what is really wrong: each test does the harm to a
/// database of its own and looks.
struct DoctorTests {
    private static func findings(
        of database: TestDatabase, keyFile: String = "/nonexistent/keys.json", _ options: [String] = [],
    ) async throws -> [Finding] {
        let store = Store(configuration: database.configuration, readers: 1, logger: TestDatabase.logger)
        do {
            let findings = try await Examination(
                store: store, keyFile: keyFile, limits: try DoctorLimits.parse(options)
            ).findings()
            await store.close()
            for finding in findings where finding.level != .good {
                #expect(!finding.advice.isEmpty && finding.adviceZh.unicodeScalars.contains { $0.value > 0x4E00 })
            }
            return findings
        } catch {
            await store.close()
            throw error
        }
    }

    /// What was found under a check, of these levels.
    private static func texts(
        _ findings: [Finding], _ check: String, _ levels: Set<Finding.Level> = [.note, .warning, .fault],
    ) -> [String] {
        findings.filter { $0.check == check && levels.contains($0.level) }.map(\.message)
    }

    /// Checks of the hub's own things, which a fresh database passes.
    private static let ownChecks: Set<String> = [
        "schema", "indexes", "constraints", "functions", "bloat", "statistics", "references", "partitions", "board",
        "counties", "policy", "timers", "consumers",
    ]

    @Test func aFreshInstallationIsSound() async throws {
        try await TestDatabase.with { database in
            let findings = try await Self.findings(of: database)
            let wrong = findings.filter { Self.ownChecks.contains($0.check) && $0.level != .good }
            #expect(wrong.map(\.message) == [])
            for check in [
                "indexes", "bloat", "references", "partitions", "board", "counties", "timers", "transactions",
            ] {
                #expect(findings.contains { $0.check == check }, "\(check) is missing")
            }
        }
    }

    /// With events of every kind on record nothing is broken either.
    @Test func aHubThatHasWorkedIsSound() async throws {
        try await TestHub.with { hub in
            for number in 1...3 {
                let answer = try await hub.publish(
                    try Sample.report(id: "doctor-\(number)", employer: number), as: .unit("jm-office"))
                try #require(answer.status == 201, "\(answer.text)")
            }
            let findings = try await Self.findings(of: hub.database, keyFile: hub.keyFile)
            let wrong = findings.filter { Self.ownChecks.contains($0.check) && $0.level != .good }
            #expect(wrong.map(\.message) == [])
            #expect(Self.texts(findings, "hubs", [.good]) == ["hubs at work: 1"])
            #expect(Self.texts(findings, "keys", [.fault]) == [])
        }
    }

    @Test func indexesThatAreMissingInvalidOrForeignAreFound() async throws {
        try await TestDatabase.with { database in
            try await database.run(
                """
                DROP INDEX hub.duty_county_case_id_idx;
                CREATE INDEX duty_state_idx ON hub.duty (state);
                ALTER TABLE hub.duty DROP CONSTRAINT duty_state_check;
                UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'hub.officer_county_unit_idx'::regclass;
                DROP FUNCTION hub.fold_board;
                """)
            let findings = try await Self.findings(of: database)
            let indexes = Self.texts(findings, "indexes")
            try #require(indexes.count == 3, "\(indexes)")
            #expect(indexes[0].contains("duty_county_case_id_idx is missing"))
            #expect(indexes[1].contains("officer_county_unit_idx is invalid"))
            #expect(indexes[2].contains("duty_state_idx is not the schema's"))
            #expect(Self.texts(findings, "constraints", [.fault]).map { $0.contains("duty_state_check") } == [true])
            #expect(Self.texts(findings, "functions", [.fault]).map { $0.contains("hub.fold_board") } == [true])
        }
    }

    @Test func stepsThatShouldHaveFiredAreFound() async throws {
        try await TestDatabase.with { database in
            try await database.run(
                """
                INSERT INTO hub.timer (county, due, duty, kind, step)
                SELECT id, now() - interval '11 minutes', 1, 'sign', 1 FROM hub.county WHERE NOT sandbox
                """)
            let findings = try await Self.findings(of: database)
            #expect(Self.texts(findings, "timers", [.fault]).map { $0.contains("1 steps in mengjin") } == [true])
            // Its duty is not there either.
            #expect(
                Self.texts(findings, "references", [.fault]).map { $0.hasPrefix("1 timers without duty") } == [true])
            let patient = try await Self.findings(of: database, ["--late-steps", "12"])
            #expect(Self.texts(patient, "timers") == [])
        }
    }

    /// One statement each, and what the doctor calls it.
    @Test(arguments: [
        ("DELETE FROM hub.event", "deliveries without event"), ("DELETE FROM hub.event", "duties without event"),
        ("DELETE FROM hub.event", "event keys without event"),
        ("DELETE FROM hub.event", "sealed parts without event"),
        ("DELETE FROM hub.recipient", "events without delivery"), ("DELETE FROM hub.duty", "deliveries without duty"),
        ("DELETE FROM hub.duty", "timers without duty"),
        ("UPDATE hub.duty_change SET duty = -1", "changes without duty"),
        ("SELECT setval('hub.position_seq', 1)", "events beyond the last position"),
        (
            "INSERT INTO hub.lease (county, consumer, position, attempt, until, state) "
                + "SELECT id, 99, 1, 1, now(), 'dead' FROM hub.county WHERE sandbox",
            "leases without consumer"
        ),
    ])
    func brokenReferencesAreFound(harm: String, rule: String) async throws {
        try await TestHub.with { hub in
            _ = try await hub.publish(try Sample.report(id: "first", employer: 2), as: .unit("jm-office"))
            let answer = try await hub.publish(try Sample.report(id: "broken", employer: 1), as: .unit("jm-office"))
            let recipients = answer.json["recipients"]?.arrayValue ?? []
            let duty = try #require(recipients.first { $0["dutyId"]?.stringValue != nil })
            let unit = try #require(duty["unit"]?.stringValue)
            let signed = try await hub.post(
                "/v1/duties/\(duty["dutyId"]?.stringValue ?? "")/sign", ["officer": .string("\(unit)-01")],
                as: .unit(unit))
            try #require(signed.status == 200, "\(signed.text)")
            try await hub.database.run(harm)
            let found = Self.texts(try await Self.findings(of: hub.database), "references", [.fault])
            #expect(found.contains { $0.contains(" \(rule), of the latest") }, "\(found)")
        }
    }

    @Test func transactionsThatStayOpenAreFound() async throws {
        try await TestDatabase.with { database in
            try await database.withSession { session in
                _ = try await session.query("BEGIN", name: "test")
                _ = try await session.query("SELECT txid_current()", name: "test")
                let found = Self.texts(
                    try await Self.findings(of: database, ["--long-transaction", "0"]), "transactions")
                #expect(found.contains { $0.contains("idle in a transaction") }, "\(found)")
                #expect(!found.contains { $0.contains("txid_current") }, "what it runs is nobody's business")
                #expect(Self.texts(try await Self.findings(of: database), "transactions") == [])
                _ = try await session.query("ROLLBACK", name: "test")
            }
        }
    }

    @Test func deadRowsAndTablesWithoutCareAreFound() async throws {
        try await TestDatabase.with { database in
            try await database.run(
                """
                ALTER TABLE hub.command_key SET (autovacuum_enabled = false);
                INSERT INTO hub.command_key (county, duty, key, request, version, at)
                SELECT 1, n, gen_random_uuid(), '', 1, now() FROM generate_series(1, 60000) AS n;
                """)
            try await database.run("DELETE FROM hub.command_key WHERE duty <= 40000")
            try await eventually("the server's statistics have it") {
                let found = try await Self.findings(of: database)
                let bloat = Self.texts(found, "bloat", [.warning])
                return bloat.contains { $0.contains("40000 of 60000 rows of command_key are dead") }
                    && bloat.contains { $0.contains("autovacuum is off for command_key") }
                    && Self.texts(found, "statistics", [.warning]).contains { $0.contains("command_key") }
            }
        }
    }

    @Test func choresThatLagAreFound() async throws {
        try await TestDatabase.with { database in
            try await database.run(
                """
                SELECT setval('hub.position_seq', 9999999999);
                INSERT INTO hub.board_delta (county, unit, type, open, unsigned, signed, sign_seconds, settled,
                    settle_seconds, step_1, step_2, step_3, step_4, step_5)
                SELECT c.id, 'hrss', 't', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
                FROM hub.county AS c, generate_series(1, 60000);
                """)
            let findings = try await Self.findings(of: database)
            #expect(Self.texts(findings, "partitions", [.fault]).count == 1)
            #expect(Self.texts(findings, "board", [.warning]).count == 1)
        }
    }

    @Test func consumersThatLagOrGiveUpAreFound() async throws {
        try await TestHub.with { hub in
            let made = try await hub.send(
                "PUT", "/v1/consumers/intake", as: .unit("hrss"), headers: [("Content-Type", "application/json")],
                body: Array(#"{"start": "earliest"}"#.utf8))
            try #require(made.status == 201)
            _ = try await hub.publish(try Sample.report(id: "lag", employer: 1), as: .unit("jm-office"))
            try await hub.database.run(
                """
                UPDATE hub.event SET recorded_at = recorded_at - interval '30 hours';
                INSERT INTO hub.lease (county, consumer, position, attempt, until, state)
                SELECT c.county, c.id, n, 10, now(), s.state FROM hub.consumer AS c,
                    (VALUES (1000001, 'dead'), (1000003, 'blocked')) AS s (n, state);
                """)
            let found = Self.texts(try await Self.findings(of: hub.database), "consumers", [.warning])
            try #require(found.count == 3, "\(found)")
            #expect(found[0].contains("waiting for 30 h"))
            #expect(found[1].contains("1 deliveries in mengjin were given up"))
            #expect(found[2].contains("1 deliveries in mengjin wait behind"))
        }
    }

    @Test func tokensThatEndAndOfficersWithoutOneAreFound() async throws {
        try await TestDatabase.with { database in
            let none = try await Self.findings(of: database)
            #expect(Self.texts(none, "tokens", [.warning]).count { $0.hasPrefix("nobody has a token") } == 2)
            try await database.run(
                """
                INSERT INTO hub.token (hash, county, unit, scopes, expires_at)
                SELECT sha256(c.key::bytea), c.id, 'hrss', '{publish}', now() + interval '3 days' FROM hub.county AS c
                """)
            let ending = try await Self.findings(of: database)
            #expect(Self.texts(ending, "tokens", [.warning]).count { $0.contains("1 tokens in mengjin") } == 2)
            #expect(Self.texts(ending, "officers", [.note]).count == 2)
            // One that lives longer takes its place.
            try await database.run(
                """
                INSERT INTO hub.token (hash, county, unit, scopes, expires_at)
                SELECT sha256(('2' || c.key)::bytea), c.id, 'hrss', '{publish}', now() + interval '300 days'
                FROM hub.county AS c
                """)
            #expect(Self.texts(try await Self.findings(of: database), "tokens") == [])
        }
    }

    @Test func whatIsWrongWithACountyIsFound() async throws {
        try await TestDatabase.with { database in
            // The clock of the demonstration stands beyond every notice there is.
            try await database.run(
                """
                UPDATE hub.county SET clock_offset = interval '9000 days' WHERE sandbox;
                INSERT INTO hub.county_bundle (county, version, policy_version, checksum, files)
                SELECT b.county, b.version + 1, 'broken', '', 'no files' FROM hub.county_bundle AS b
                JOIN hub.county AS c ON c.id = b.county WHERE NOT c.sandbox;
                """)
            let findings = try await Self.findings(of: database)
            #expect(Self.texts(findings, "calendar", [.fault]).map { $0.contains("mengjin-demo ends on") } == [true])
            #expect(Self.texts(findings, "clock", [.note]).map { $0.contains("216000 h ahead") } == [true])
            #expect(Self.texts(findings, "policy", [.fault]).count == 1)
            try await database.run("TRUNCATE hub.county")
            #expect(Self.texts(try await Self.findings(of: database), "counties", [.fault]).count == 1)
        }
    }

    @Test func aDatabaseWithoutSchemaEndsWithAFault() async throws {
        try await TestDatabase.withEmpty { database in
            let run = try await CommandRun.liankong([
                "doctor", "--database-url", database.url, "--keys", "/nonexistent/k",
            ])
            #expect(run.status == 1)
            #expect(run.output.contains("✗ schema: ") && run.output.contains("    → run 'liankong migrate'"))
            #expect(!run.output.contains("nothing in"), "what needs a schema was not asked")
        }
    }

    @Test func noDatabaseEndsWithFive() async throws {
        let run = try await CommandRun.liankong(["doctor", "--database-url", "host=/nonexistent"])
        #expect(run.status == 5)
        let limit = try await CommandRun.liankong(["doctor", "--database-url", "x", "--dead-rows", "-1"])
        #expect(limit.status == 2)
    }
}
