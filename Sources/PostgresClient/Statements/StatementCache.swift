/// What one connection knows of its prepared statements.
///
/// A statement counts as prepared from the moment the preparation is sent:
/// those behind it in the pipeline rely on it. If the preparation fails they
/// fail with `26000`, and get the preparation's error instead.
struct StatementCache {
    /// A text with the types of its parameters.
    struct Key: Hashable, Sendable {
        let name: String
        let sql: String
        let types: [UInt32]
        /// Found on the caller's thread, so that the connection's need not
        /// read through a long text for each execution.
        private let hash: Int

        init(name: String, sql: String, types: [UInt32]) {
            self.name = name
            self.sql = sql
            self.types = types
            var hasher = Hasher()
            hasher.combine(sql)
            hasher.combine(types)
            hash = hasher.finalize()
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(hash)
        }

        /// What the server is sent: the name leads, as a comment.
        var text: String {
            guard !name.isEmpty else { return sql }
            // A line break would end the comment.
            return "-- name: " + name.filter { !$0.isNewline } + "\n" + sql
        }
    }

    enum Plan: Equatable {
        /// Send the preparation, then execute.
        case prepare(name: String)
        /// Execute what is prepared.
        case execute(name: String)
        /// Too many statements: parse this one each time.
        case unnamed
    }

    /// Beyond this, statements are parsed each time; a program with more texts
    /// than this puts values into them.
    static let capacity = 1_000

    private var names: [Key: String] = [:]
    private var failures: [String: PostgresError] = [:]
    private var made = 0

    /// How to run a statement.
    mutating func plan(for key: Key) -> Plan {
        if let name = names[key] { return .execute(name: name) }
        guard names.count < Self.capacity else { return .unnamed }
        made += 1
        let name = "s\(made)"
        names[key] = name
        return .prepare(name: name)
    }

    /// The preparation failed, or never happened because of an earlier error.
    mutating func preparationFailed(_ key: Key, name: String, error: PostgresError) {
        failures[name] = error
        if names[key] == name { names[key] = nil }
    }

    /// An execution failed: forgets a statement that cannot be executed again,
    /// and gives the error that came first.
    mutating func executionFailed(_ key: Key, name: String, error: PostgresError) -> PostgresError {
        // 0A000: "cached plan must not change result type", after the schema changed.
        guard error.sqlState == .invalidStatementName || error.sqlState == .featureNotSupported else { return error }
        if names[key] == name { names[key] = nil }
        return error.sqlState == .invalidStatementName ? failures[name] ?? error : error
    }

    /// Nothing is on the wire any more that could rely on a failed preparation.
    mutating func pipelineEmptied() {
        if !failures.isEmpty { failures.removeAll() }
    }
}
