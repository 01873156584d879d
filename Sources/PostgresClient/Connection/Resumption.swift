/// A caller that is about to hear what became of its request.
enum Resumption: Sendable {
    case answered(PendingCommand, Result<PostgresRows, any Error>)
    /// The end of a transaction that never began.
    case ended(PendingCommand)
    case leased(CheckedContinuation<PipelineConnection.Lease, any Error>, PipelineConnection.Lease)

    func resume() {
        switch self {
        case .answered(let command, let result):
            switch command.answer {
            case .rows(let continuation): continuation.resume(with: result)
            case .nothing(let continuation): continuation.resume(with: result.flatMap { command.verified($0) })
            }
        case .ended(let command):
            guard case .nothing(let continuation) = command.answer else { return }
            continuation.resume()
        case .leased(let continuation, let lease):
            continuation.resume(returning: lease)
        }
    }
}

extension PendingCommand {
    /// COMMIT of a failed transaction is answered with "ROLLBACK", not with an error.
    fileprivate func verified(_ rows: PostgresRows) -> Result<Void, any Error> {
        guard case .commit = content, rows.commandTag == "ROLLBACK" else { return .success(()) }
        let error = PostgresError(
            .transactionAborted, message: "the transaction was rolled back because a statement in it had failed")
        return .failure(attributed(error, isScoped: true))
    }
}
