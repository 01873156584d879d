/// A statement ready for the wire, without the values it was made from.
struct EncodedStatement: Sendable {
    let key: StatementCache.Key
    let binds: EncodedBinds
    private let source: PostgresStatement

    /// Encodes the binds, on the caller's thread.
    ///
    /// - Throws: ``PostgresError`` with `.encodingFailed`.
    init(_ statement: PostgresStatement) throws {
        do {
            binds = try EncodedBinds(statement.binds)
        } catch let error as PostgresError {
            throw error.of(statement)
        }
        key = StatementCache.Key(name: statement.name, sql: statement.sql, types: binds.types)
        var source = statement
        source.binds = []
        self.source = source
    }

    /// An error with what it says of the statement.
    func attributed(_ error: PostgresError) -> PostgresError { error.of(source) }
}

extension PostgresError {
    /// The same error, naming the statement it befell.
    fileprivate func of(_ statement: PostgresStatement) -> PostgresError {
        var error = self
        if !statement.name.isEmpty { error.statementName = statement.name }
        error.sql = statement.sql
        error.callSite = statement.callSite
        return error
    }
}
