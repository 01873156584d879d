import CloudEvents
import Coordination
import PostgresClient
import Synchronization

/// The milestones of wordings that were read lately: a duty is read for every
/// command, and nearly all duties of a day share a few wordings.
///
/// A wording never changes, so that what was read once holds.
final class WordingMemory: Sendable {
    private let known = Mutex<[WordingKey: [Milestone]]>([:])
    /// Beyond that many it begins anew; each takes about a kilobyte.
    private static let capacity = 10_000

    /// The milestones of a wording, none of whose clocks runs; nil where it has
    /// to be read first.
    func milestones(_ key: WordingKey) -> [Milestone]? { known.withLock { $0[key] } }

    func keep(_ milestones: [Milestone], of key: WordingKey) {
        known.withLock {
            if $0.count >= Self.capacity { $0.removeAll(keepingCapacity: true) }
            $0[key] = milestones
        }
    }
}

extension Store {
    /// Duties of rows with ``Duty/columns``; reads the wordings it has not read
    /// lately, all at once.
    ///
    /// - Throws: ``StoreError`` for a row this program cannot read.
    func duties(in rows: PostgresRows) async throws -> [Duty] {
        let words = try await words(of: rows)
        return try rows.map { try duty($0, words) }
    }

    /// One duty.
    ///
    /// - Parameter words: what ``words(of:)`` says of its row.
    func duty(_ row: borrowing PostgresRow, _ words: [WordingKey: [Milestone]]) throws -> Duty {
        guard let key = try wordingKey(row) else {
            return try Duty(row, milestones: Self.milestones(try row.decode("milestones", as: [UInt8].self)))
        }
        guard let milestones = words[key] else { throw StoreError.unexpectedShape("wording") }
        return try Duty(row, milestones: milestones.running(try row.decode("clocks", as: [UInt8].self)))
    }

    /// The wordings that rows name; what this process has not read lately is
    /// read all at once. They are held apart from the memory, which may begin
    /// anew at any moment.
    func words(of rows: PostgresRows) async throws -> [WordingKey: [Milestone]] {
        var words: [WordingKey: [Milestone]] = [:]
        var missing: Set<WordingKey> = []
        for row in rows {
            guard let key = try wordingKey(row), words[key] == nil else { continue }
            if let known = wordings.milestones(key) {
                words[key] = known
            } else {
                missing.insert(key)
            }
        }
        guard !missing.isEmpty else { return words }
        let keys = Array(missing)
        let found = try await pool.query(
            PostgresStatement(
                name: "wordings",
                sql: """
                    SELECT w.county, w.hash, w.body
                    FROM unnest($1::smallint[], $2::uuid[]) AS k (county, hash)
                    CROSS JOIN LATERAL (
                        SELECT * FROM hub.wording AS o WHERE o.county = k.county AND o.hash = k.hash OFFSET 0
                    ) AS w
                    """,
                binds: [keys.map(\.county.rawValue), keys.map(\.hash)],
            ))
        for row in found {
            let key = WordingKey(
                county: CountyID(rawValue: try row.decode("county", as: Int16.self)),
                hash: try row.decode("hash", as: PostgresUUID.self))
            // One that cannot be read fails the duties that name it, not others.
            if let milestones = try? Self.milestones(try row.decode("body", as: [UInt8].self)) {
                wordings.keep(milestones, of: key)
                words[key] = milestones
            }
        }
        return words
    }

    private func wordingKey(_ row: borrowing PostgresRow) throws -> WordingKey? {
        guard let hash = try row.decode("wording", as: PostgresUUID?.self) else { return nil }
        return WordingKey(county: CountyID(rawValue: try row.decode("county", as: Int16.self)), hash: hash)
    }

    private static func milestones(_ bytes: [UInt8]) throws -> [Milestone] {
        guard case .success(.array(let values)) = JSONReader.read(bytes) else {
            throw StoreError.unexpectedShape("milestones")
        }
        return try values.map { value in
            guard let milestone = Milestone(value) else { throw StoreError.unexpectedShape("milestones") }
            return milestone
        }
    }
}

extension [Milestone] {
    /// The same with the clocks of a duty.
    fileprivate func running(_ clocks: [UInt8]) throws -> [Milestone] {
        guard let milestones = running(clocks: clocks) else { throw StoreError.unexpectedShape("clocks") }
        return milestones
    }
}
