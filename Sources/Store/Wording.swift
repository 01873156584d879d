import Coordination
package import PostgresClient

/// Words that many events or duties of a county share, kept once: the steps of
/// a routing, or how the clocks of a duty were counted.
package struct Wording: Sendable, Hashable {
    /// The first 16 bytes of SHA-256 over the body.
    package var hash: PostgresUUID
    /// Canonical JSON.
    package var body: [UInt8]

    package init(hash: PostgresUUID, body: [UInt8]) {
        self.hash = hash
        self.body = body
    }
}

/// The wordings that a batch names, each once, as the statement takes them.
struct WordingArrays {
    static let types = ["smallint", "uuid", "bytea"]

    private var known: Set<WordingKey> = []
    private(set) var county: [Int16] = []
    private(set) var hash: [PostgresUUID] = []
    private(set) var body: [[UInt8]] = []

    /// Adds a wording unless it is there, and says its hash.
    mutating func add(_ wording: Wording, of county: CountyID) -> PostgresUUID {
        if known.insert(WordingKey(county: county, hash: wording.hash)).inserted {
            self.county.append(county.rawValue)
            hash.append(wording.hash)
            body.append(wording.body)
        }
        return wording.hash
    }
}

/// A wording and the county it is of.
struct WordingKey: Sendable, Hashable {
    var county: CountyID
    var hash: PostgresUUID
}
