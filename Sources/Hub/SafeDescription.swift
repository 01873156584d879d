import PostgresClient
import Store

/// What may be said of an error in a log: the errors of the house hold no
/// value that anybody sent; of others only the type is told.
package enum SafeDescription {
    package static func of(_ error: any Error) -> String {
        switch error {
        case let error as PostgresError: error.description
        case let error as StoreError: error.description
        case let error as HubError: error.description
        case let error as Sealer.Fault: error.description
        default: String(describing: type(of: error))
        }
    }

    /// The answer for an error no handler expected.
    package static func hubError(for error: any Error) -> HubError {
        if let error = error as? HubError { return error }
        guard let error = error as? PostgresError else { return HubError("internal") }
        if error.isOutcomeUnknown { return HubError("outcome-unknown", retryAfter: 1) }
        if error.isUnavailable { return HubError("database-unavailable", retryAfter: 2) }
        return HubError("internal")
    }
}
