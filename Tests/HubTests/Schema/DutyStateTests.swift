import PostgresClient
import TestSupport
import Testing

/// The table itself ties a duty's state to its instants.
struct DutyStateTests {
    /// A duty that is well: an update makes it ill.
    private static let duty = """
        INSERT INTO hub.duty (county, id, position, unit, role, plan_role, type, publisher, policy, rule, sentence,
            needs_completion, milestones, created_at, provisional, priority, state)
        VALUES (1, 1, 1, 'hrss', 'handling', 'none', 't', 'p', 'p', 'r', 's', true, '[]', now(), false, 0, 'dispatched')
        """

    private static let signed = "signed_at = now(), signed_by = 'o'"
    private static let accepted = signed + ", accepted_at = now()"
    private static let completed = accepted + ", completed_at = now(), completed_by = 'o'"

    @Test(arguments: [
        "state = 'awaiting-dispatch'", "state = 'signed', \(signed)", "state = 'accepted', \(accepted)",
        "state = 'in-progress', \(accepted)", "state = 'suspended', \(accepted)", "state = 'completed', \(completed)",
        "state = 'rework', \(accepted)", "state = 'rework', \(signed)",
        "state = 'closed', ended_at = now(), \(completed)",
        "state = 'closed', ended_at = now(), \(signed)", "state = 'returned'", "state = 'returned', \(signed)",
        "state = 'reassigned', ended_at = now()", "state = 'cancelled', ended_at = now()",
    ])
    func aStateWithItsInstantsIsStored(_ change: String) async throws {
        try await TestDatabase.with { database in
            try await database.run("\(Self.duty); UPDATE hub.duty SET \(change) WHERE county = 1 AND id = 1")
            #expect(try await database.number("SELECT count(*) FROM hub.duty") == 1)
        }
    }

    @Test(arguments: [
        ("state = 'signed'", "duty_signed_at_check"),
        ("state = 'accepted', accepted_at = now()", "duty_signed_at_check"),
        ("signed_at = now(), signed_by = 'o'", "duty_signed_at_check"), ("signed_by = 'o'", "duty_signed_at_check"),
        ("state = 'rework'", "duty_signed_at_check"), ("state = 'accepted', \(signed)", "duty_accepted_at_check"),
        ("state = 'in-progress', \(signed)", "duty_accepted_at_check"),
        ("state = 'completed', \(accepted)", "duty_completed_at_check"),
        ("state = 'completed', \(accepted), completed_at = now()", "duty_completed_at_check"),
        ("state = 'in-progress', \(completed)", "duty_completed_at_check"),
        ("state = 'closed', \(signed)", "duty_ended_at_check"), ("ended_at = now()", "duty_ended_at_check"),
        ("state = 'done'", "duty_state_check"),
    ])
    func aStateWithoutThemIsRefused(_ change: String, _ constraint: String) async throws {
        try await TestDatabase.with { database in
            try await database.run(Self.duty)
            let error = await #expect(throws: PostgresError.self) {
                try await database.run("UPDATE hub.duty SET \(change) WHERE county = 1 AND id = 1")
            }
            #expect(error?.constraint == constraint)
        }
    }

    @Test func aRefusedOpeningSaysWhy() async throws {
        try await TestDatabase.with { database in
            for (outcome, code, isGood) in [
                ("granted", "NULL", true), ("refused", "'not-found'", true), ("refused", "NULL", false),
                ("granted", "'not-found'", false), ("perhaps", "'not-found'", false),
            ] {
                let insert =
                    "INSERT INTO hub.access_log (county, at, unit, token, position, outcome, code) "
                    + "VALUES (1, now(), 'u', gen_random_uuid(), 1, '\(outcome)', \(code))"
                if isGood {
                    try await database.run(insert)
                } else {
                    await #expect(throws: PostgresError.self) { try await database.run(insert) }
                }
            }
        }
    }
}
