import Coordination
import Hub
import Store
import TestSupport
import Testing

/// Words that many duties share, as they are read.
struct WordingTests {
    /// Each duty with words of its own, and more of them than a process keeps.
    private static let duties = """
        INSERT INTO hub.wording (county, hash, body)
        SELECT w.county, md5(n::text)::uuid, w.body
        FROM hub.duty AS d JOIN hub.wording AS w ON w.county = d.county AND w.hash = d.wording
        CROSS JOIN generate_series(1, 10005) AS n;
        INSERT INTO hub.duty
        SELECT (jsonb_populate_record(d, jsonb_build_object('id', 5000000 + n, 'wording', md5(n::text)::uuid))).*
        FROM hub.duty AS d CROSS JOIN generate_series(1, 10005) AS n;
        """

    @Test func moreThanAProcessKeepsAreReadAllTheSame() async throws {
        try await DutyHub.with { hub in
            let id = try await hub.duty()
            let first = try #require(try await hub.store.duties(ids: [id], county: hub.county.id).first)
            try await hub.database.run("DELETE FROM hub.duty WHERE id <> \(id.rawValue);" + Self.duties)
            let ids = (1...10_005).map { DutyID(rawValue: 5_000_000 + $0) }
            let found = try await hub.store.duties(ids: ids, county: hub.county.id)
            #expect(found.count == ids.count && found.allSatisfy { $0.milestones == first.milestones })
            #expect(!first.milestones.isEmpty)
        }
    }
}
