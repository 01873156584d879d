/// A transaction, during the block of
/// ``PostgresPool/withTransaction(isolation:isReadOnly:isRepeatable:_:)``.
///
/// It can neither be copied nor sent elsewhere, and dies with the block.
package struct PostgresTransaction: ~Copyable {
    private let lease: PipelineConnection.Lease

    init(_ lease: PipelineConnection.Lease) {
        self.lease = lease
    }

    /// Runs a statement within the transaction.
    ///
    /// After a failure the server refuses further statements and the block can
    /// only end; let the error through.
    ///
    /// Cancellation: as ``PostgresPool/query(_:)``; the transaction is lost
    /// with its connection once the statement had been sent.
    ///
    /// - Throws: ``PostgresError``, with `.connectionLost` when the connection
    ///   was lost: nothing of the transaction took effect.
    package func query(_ statement: PostgresStatement) async throws -> PostgresRows {
        let encoded = try EncodedStatement(statement)
        let token = RequestToken()
        let lease = lease
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Self.post(
                    PendingCommand(
                        token: token, content: .statement(encoded), answer: .rows(continuation), deadline: .max),
                    lease)
            }
        } onCancel: {
            token.cancel()
            _ = lease.connection.post(.cancelled(token.id))
        }
    }

    var connectionID: UInt64 { lease.connection.id }

    /// Commits or rolls back, and gives the connection back.
    func end(_ content: PendingCommand.Content) async throws {
        try await withCheckedThrowingContinuation { continuation in
            Self.post(
                PendingCommand(
                    token: RequestToken(), content: content, answer: .nothing(continuation), deadline: .max),
                lease)
        }
    }

    private static func post(_ command: PendingCommand, _ lease: PipelineConnection.Lease) {
        guard !lease.connection.post(.scoped(command, scope: lease.scope)) else { return }
        let error = PostgresError.connectionLost("the connection was lost earlier in the transaction")
        Resumption.answered(command, .failure(command.attributed(error, isScoped: true))).resume()
    }
}

@available(*, unavailable)
extension PostgresTransaction: Sendable {}
