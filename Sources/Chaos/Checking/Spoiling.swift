import PostgresClient

/// Damage done on purpose: a checker that finds nothing must be shown to find
/// what is there.
enum Spoiling: String, CaseIterable, Sendable {
    case event, doubledEvent, duty, doubledDuty, recipient, signature, doubledSignature, unaskedSignature, step,
        logEntry, lease, board, key

    /// What somebody would have done, by hand.
    var sql: String {
        switch self {
        case .event:
            """
            DELETE FROM hub.event_key WHERE position = (SELECT max(position) FROM hub.event);
            DELETE FROM hub.recipient WHERE event = (SELECT max(position) FROM hub.event);
            DELETE FROM hub.event WHERE position = (SELECT max(position) FROM hub.event)
            """
        case .doubledEvent:
            """
            CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
                SELECT * FROM hub.event WHERE position = (SELECT min(position) FROM hub.event);
            UPDATE copied SET position = nextval('hub.position_seq');
            INSERT INTO hub.event SELECT * FROM copied
            """
        case .duty: "DELETE FROM hub.duty WHERE id = (SELECT max(id) FROM hub.duty)"
        case .doubledDuty:
            """
            CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
                SELECT * FROM hub.duty WHERE id = (SELECT max(id) FROM hub.duty);
            UPDATE copied SET id = nextval('hub.position_seq');
            INSERT INTO hub.duty SELECT * FROM copied
            """
        case .recipient:
            """
            DELETE FROM hub.recipient WHERE (unit, position) = (
                SELECT unit, position FROM hub.recipient ORDER BY position DESC, unit LIMIT 1)
            """
        case .signature:
            """
            UPDATE hub.duty SET state = 'dispatched', signed_at = NULL, signed_by = NULL, accepted_at = NULL,
                started_at = NULL, ended_at = NULL
            WHERE id = (SELECT max(id) FROM hub.duty WHERE signed_at IS NOT NULL)
            """
        case .doubledSignature:
            """
            CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
                SELECT * FROM hub.duty_change WHERE command = 'sign' ORDER BY position DESC LIMIT 1;
            UPDATE copied SET position = nextval('hub.position_seq'), version = version + 1;
            INSERT INTO hub.duty_change SELECT * FROM copied
            """
        case .unaskedSignature:
            """
            UPDATE hub.duty SET state = 'signed', signed_at = now(), signed_by = 'nobody'
            WHERE id = (SELECT max(id) FROM hub.duty WHERE state = 'dispatched')
            """
        case .step:
            """
            CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
                SELECT * FROM hub.duty_change WHERE by_unit = 'hub' ORDER BY position DESC LIMIT 1;
            UPDATE copied SET position = nextval('hub.position_seq'), version = version + 1;
            INSERT INTO hub.duty_change SELECT * FROM copied
            """
        case .logEntry:
            """
            UPDATE hub.duty_change SET unit = 'nobody', publisher = 'nobody', lead = 'nobody' WHERE position = (
                SELECT max(position) FROM hub.duty_change
                WHERE command = 'sign' AND '\(Follower.units[0])' IN (unit, publisher, lead))
            """
        case .lease:
            """
            INSERT INTO hub.lease (county, consumer, position, lease, attempt, until, state)
            SELECT c.county, c.id, 1, gen_random_uuid(), 1, now(), 'leased' FROM hub.consumer AS c LIMIT 1
            """
        case .board:
            "UPDATE hub.board_delta SET open = open + 1; UPDATE hub.board_rollup SET open = open + 1"
        case .key: "DELETE FROM hub.event_key WHERE position = (SELECT min(position) FROM hub.event_key)"
        }
    }

    /// Does each damage in a transaction that is rolled back, and checks in it.
    ///
    /// - Returns: what the checker did not find.
    static func unnoticed(by checker: Checker, _ session: PostgresScriptSession) async throws -> [String] {
        var unnoticed: [String] = []
        for spoiling in allCases {
            try await session.run("BEGIN ISOLATION LEVEL REPEATABLE READ", name: "begin")
            try await session.run(spoiling.sql, name: spoiling.rawValue)
            let findings = try await checker.findings(session, isInTransaction: true)
            try await session.run("ROLLBACK", name: "rollback")
            if findings.isEmpty { unnoticed.append(spoiling.rawValue) }
        }
        return unnoticed
    }
}
