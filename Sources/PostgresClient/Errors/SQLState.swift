/// A five-character SQLSTATE, or, as a pattern, a whole class of them.
///
/// A pattern that ends in `000` matches its class:
///
/// ```swift
/// switch error.sqlState {
/// case .some(.uniqueViolation): …
/// case .some(.integrityConstraintViolation): …   // any other 23…
/// default: …
/// }
/// ```
package struct SQLState: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The first two characters.
    package var classCode: String { String(rawValue.prefix(2)) }

    package var description: String { rawValue }

    /// Whether the value is the pattern, or of its class if the pattern is one.
    package static func ~= (pattern: SQLState, value: SQLState) -> Bool {
        if pattern == value { return true }
        return pattern.rawValue.hasSuffix("000") && pattern.classCode == value.classCode
    }
}

/// https://www.postgresql.org/docs/15/errcodes-appendix.html
extension SQLState {
    /// Class 08.
    package static let connectionException = SQLState(rawValue: "08000")
    /// Class 22: a value that a type or function cannot take.
    package static let dataException = SQLState(rawValue: "22000")
    /// Class 23.
    package static let integrityConstraintViolation = SQLState(rawValue: "23000")
    package static let notNullViolation = SQLState(rawValue: "23502")
    package static let foreignKeyViolation = SQLState(rawValue: "23503")
    package static let uniqueViolation = SQLState(rawValue: "23505")
    package static let checkViolation = SQLState(rawValue: "23514")
    package static let exclusionViolation = SQLState(rawValue: "23P01")
    /// The server is a standby, or has been made read-only.
    package static let readOnlyTransaction = SQLState(rawValue: "25006")
    package static let inFailedTransaction = SQLState(rawValue: "25P02")
    package static let invalidStatementName = SQLState(rawValue: "26000")
    package static let featureNotSupported = SQLState(rawValue: "0A000")
    /// Class 28: who may not connect.
    package static let invalidAuthorization = SQLState(rawValue: "28000")
    package static let invalidPassword = SQLState(rawValue: "28P01")
    package static let serializationFailure = SQLState(rawValue: "40001")
    package static let deadlockDetected = SQLState(rawValue: "40P01")
    package static let undefinedTable = SQLState(rawValue: "42P01")
    package static let undefinedFunction = SQLState(rawValue: "42883")
    package static let syntaxError = SQLState(rawValue: "42601")
    package static let invalidFunctionDefinition = SQLState(rawValue: "42P13")
    package static let insufficientPrivilege = SQLState(rawValue: "42501")
    /// Class 53: disk full, out of memory, too many connections.
    package static let insufficientResources = SQLState(rawValue: "53000")
    package static let lockNotAvailable = SQLState(rawValue: "55P03")
    /// Class 57.
    package static let operatorIntervention = SQLState(rawValue: "57000")
    package static let queryCanceled = SQLState(rawValue: "57014")
    package static let adminShutdown = SQLState(rawValue: "57P01")
    /// The database is starting up or shutting down.
    package static let cannotConnectNow = SQLState(rawValue: "57P03")
    /// What `RAISE EXCEPTION` reports unless told otherwise.
    package static let raiseException = SQLState(rawValue: "P0001")
}
