import Foundation
import TestSupport
import Testing

/// `schema/snapshot.sql` is what the migrations make: a reviewer sees there what
/// a change to them comes to.
struct SchemaSnapshotTests {
    private static let file = Repository.file("schema/snapshot.sql")

    /// Other releases of the server write the same schema otherwise.
    private static func serverWritesTheSnapshot() async throws -> Bool {
        try await TestDatabase.withEmpty { database in
            try await database.number("SELECT current_setting('server_version_num')::integer / 10000") == 15
        }
    }

    @Test(.enabled("the snapshot is written by PostgreSQL 15") { try await serverWritesTheSnapshot() })
    func theSnapshotIsWhatTheMigrationsMake() async throws {
        let made = try await TestDatabase.with { try await SchemaSnapshot.text(of: $0) }
        if ProcessInfo.processInfo.environment["LIANKONG_UPDATE_SNAPSHOT"] == "1" {
            try made.write(toFile: Self.file, atomically: true, encoding: .utf8)
        }
        let kept = (try? String(contentsOfFile: Self.file, encoding: .utf8)) ?? ""
        let lines = made.split(separator: "\n", omittingEmptySubsequences: false)
        let keptLines = kept.split(separator: "\n", omittingEmptySubsequences: false)
        let difference = lines.difference(from: keptLines).map { change in
            switch change {
            case .insert(_, let line, _): "+ \(line)"
            case .remove(_, let line, _): "- \(line)"
            }
        }
        #expect(
            difference == [],
            "run the tests with LIANKONG_UPDATE_SNAPSHOT=1 to write schema/snapshot.sql, and review what changes")
    }

    @Test func whatDependsOnTheRunIsNotPartOfIt() {
        let dump = """
            --
            -- PostgreSQL database dump
            --

            \\restrict k8zZ3

            -- Dumped from database version 15.18

            SET statement_timeout = 0;
            SELECT pg_catalog.set_config('search_path', '', false);

            --
            -- Name: county; Type: TABLE; Schema: hub; Owner: -
            --

            CREATE TABLE hub.county (
                id smallint NOT NULL
            );


            CREATE FUNCTION hub.fold_board() RETURNS integer
                AS $$
            BEGIN
                RETURN 0;

            END
            $$;


            \\unrestrict k8zZ3
            """
        #expect(
            SchemaSnapshot.normalised(dump) == """
                \(SchemaSnapshot.heading)
                CREATE TABLE hub.county (
                    id smallint NOT NULL
                );

                """)
    }
}

/// The tables as `pg_dump` writes them, without what differs from run to run.
enum SchemaSnapshot {
    static let heading = """
        -- What the migrations make, as pg_dump writes it. Generated: run the tests with
        -- LIANKONG_UPDATE_SNAPSHOT=1. Functions stand in functions/, and partitions are
        -- made as positions need them.

        """

    static func text(of database: TestDatabase) async throws -> String {
        let dump = try await DatabaseDump.plain(
            of: database,
            ["--schema-only", "--schema=hub", "--no-owner", "--no-privileges", "--exclude-table=hub.*_p[0-9]*"])
        return normalised(String(decoding: dump, as: UTF8.self))
    }

    static func normalised(_ dump: String) -> String {
        var lines: [Substring] = []
        var isInFunction = false
        for line in dump.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("CREATE FUNCTION") { isInFunction = true }
            defer { if line.hasSuffix("$$;") { isInFunction = false } }
            let isOfTheRun =
                isInFunction || line.hasPrefix("--") || line.hasPrefix("\\") || line.hasPrefix("SET ")
                || line.hasPrefix("SELECT pg_catalog.set_config")
            if !isOfTheRun, !(line.isEmpty && lines.last?.isEmpty ?? true) { lines.append(line) }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return heading + "\n" + lines.joined(separator: "\n") + "\n"
    }
}
