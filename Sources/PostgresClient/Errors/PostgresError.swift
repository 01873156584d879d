/// What can go wrong between this program and PostgreSQL.
///
/// `description` is generic and safe to show. `debugDescription` adds the SQL,
/// the call site and what the server said, without any bound value: server
/// messages that quote values are redacted. Only the properties that are
/// called `unsafe…` hold what the server said word for word.
package struct PostgresError: Error, Sendable, Hashable {
    /// The kind of failure; compare it with the static members.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        enum Kind: String, Sendable, Hashable {
            case connectFailed = "connect-failed"
            case connectionLost = "connection-lost"
            case outcomeUnknown = "outcome-unknown"
            case server
            case poolExhausted = "pool-exhausted"
            case closed
            case decodingFailed = "decoding-failed"
            case encodingFailed = "encoding-failed"
            case transactionAborted = "transaction-aborted"
            case protocolViolation = "protocol-violation"
        }

        let kind: Kind

        /// No connection could be made.
        package static let connectFailed = Code(kind: .connectFailed)
        /// The connection was lost and the statement certainly had no effect:
        /// it was never executed, or in a transaction that never committed.
        package static let connectionLost = Code(kind: .connectionLost)
        /// The connection was lost after the statement was sent and before its
        /// result was read: it may have taken effect or not.
        package static let outcomeUnknown = Code(kind: .outcomeUnknown)
        /// The server refused; ``PostgresError/sqlState`` says why.
        package static let server = Code(kind: .server)
        /// No connection came free in time, or too many callers wait already.
        package static let poolExhausted = Code(kind: .poolExhausted)
        /// The pool or connection was closed by this program.
        package static let closed = Code(kind: .closed)
        /// A column does not hold what was asked for.
        package static let decodingFailed = Code(kind: .decodingFailed)
        /// A statement cannot be put on the wire.
        package static let encodingFailed = Code(kind: .encodingFailed)
        /// COMMIT was answered with a rollback: an error within the
        /// transaction had been swallowed.
        package static let transactionAborted = Code(kind: .transactionAborted)
        /// The server answered with something unheard of.
        package static let protocolViolation = Code(kind: .protocolViolation)

        package var description: String { kind.rawValue }
    }

    /// The part of a transaction that failed.
    package enum TransactionPhase: String, Sendable, Hashable {
        case begin, body, commit, rollback
    }

    /// The kind of failure.
    package var code: Code
    /// The server's code, if the server spoke.
    package var sqlState: SQLState?
    /// What happened, without values: quoted parts of server messages that
    /// may be values are redacted.
    package var message: String
    /// Advice from the server.
    package var hint: String?
    /// The constraint that was violated.
    package var constraint: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    package var dataType: String?
    /// The PL/pgSQL and SQL functions the error came through.
    package var context: String?
    /// The name of the statement.
    package var statementName: String?
    /// The statement's text; binds are not part of it.
    package var sql: String?
    /// Where the statement was written, `Module/File.swift:12`.
    package var callSite: String?
    /// The line in the script, from 1.
    package var line: Int?
    /// The part of a transaction that failed, if it was the transaction's own.
    package var transactionPhase: TransactionPhase?
    /// What the server said word for word; it may contain personal values and
    /// belongs in no log.
    package var unsafeServerMessage: String?
    /// The server's DETAIL word for word; it may contain personal values and
    /// belongs in no log.
    package var unsafeServerDetail: String?

    /// An error of a kind.
    package init(_ code: Code, message: String, sqlState: SQLState? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }
}

extension PostgresError {
    /// Nothing of it took effect and a second attempt may succeed.
    package var wasNeverSent: Bool {
        switch code.kind {
        case .connectFailed, .connectionLost, .poolExhausted: true
        case .server: sqlState == .readOnlyTransaction
        default: false
        }
    }

    /// It may have taken effect or not; see ``Code/outcomeUnknown``.
    package var isOutcomeUnknown: Bool { code == .outcomeUnknown }

    /// The database cannot be reached, or cannot serve just now: it is down or
    /// overloaded, or cut the statement off (classes 53 and 57), or takes no
    /// writes, as a standby. It is not the statement's fault.
    package var isUnavailable: Bool {
        switch code.kind {
        case .connectFailed, .connectionLost, .poolExhausted, .closed: true
        case .server:
            sqlState.map {
                SQLState.insufficientResources ~= $0 || SQLState.operatorIntervention ~= $0
                    || $0 == .readOnlyTransaction
            } ?? false
        default: false
        }
    }

    /// The server understood the statement and refused the values (classes 22
    /// and 23), or they could not be encoded; the same again fails again.
    package var refusesData: Bool {
        if code == .encodingFailed { return true }
        guard code == .server, let sqlState else { return false }
        return SQLState.dataException ~= sqlState || SQLState.integrityConstraintViolation ~= sqlState
    }

    /// A serialization failure or a deadlock: the whole transaction may be repeated.
    package var isTransient: Bool {
        sqlState == .serializationFailure || sqlState == .deadlockDetected
    }

    /// What was prepared does not fit the schema any more (`0A000`: "cached
    /// plan must not change result type"), or is gone; nothing was executed,
    /// and the next attempt prepares it anew.
    var isPlanStale: Bool {
        code == .server && (sqlState == .featureNotSupported || sqlState == .invalidStatementName)
    }

    static let connectionClosed = PostgresError(.closed, message: "the connection is closed")

    static func connectionLost(_ reason: String) -> PostgresError {
        PostgresError(.connectionLost, message: reason)
    }
}
