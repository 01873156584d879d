import Synchronization

/// Names a request and remembers whether its caller has given it up.
///
/// The flag is set before anybody looks for the request, and read by whoever
/// passes the request on, so that a cancellation finds it wherever it is.
final class RequestToken: Sendable {
    let id: UInt64
    private let cancelled = Atomic(false)

    private static let lastID = Atomic<UInt64>(0)

    init() {
        id = Self.lastID.add(1, ordering: .relaxed).newValue
    }

    var isCancelled: Bool { cancelled.load(ordering: .sequentiallyConsistent) }

    func cancel() {
        cancelled.store(true, ordering: .sequentiallyConsistent)
    }
}

/// What a connection is to do, and who awaits the answer.
struct PendingCommand: Sendable {
    enum Content: Sendable {
        case statement(EncodedStatement)
        /// The last command of a scope, with its transaction.
        case commit, rollback
    }

    enum Answer: Sendable {
        case rows(CheckedContinuation<PostgresRows, any Error>)
        case nothing(CheckedContinuation<Void, any Error>)
    }

    let token: RequestToken
    let content: Content
    let answer: Answer
    /// When a caller stops waiting for a connection.
    let deadline: UInt64
    /// The name under which it was executed, once it was.
    var preparedName: String?

    init(token: RequestToken, content: Content, answer: Answer, deadline: UInt64) {
        self.token = token
        self.content = content
        self.answer = answer
        self.deadline = deadline
    }

    var endsScope: Bool {
        switch content {
        case .statement: false
        case .commit, .rollback: true
        }
    }

    /// The error as the caller sees it.
    func attributed(_ error: PostgresError, isScoped: Bool) -> PostgresError {
        var error = error
        switch content {
        case .statement(let statement):
            error = statement.attributed(error)
            if isScoped, error.transactionPhase == nil { error.transactionPhase = .body }
        case .commit: error.transactionPhase = .commit
        case .rollback: error.transactionPhase = .rollback
        }
        return error
    }
}

/// A caller that waits for a connection to itself.
struct PendingLease: Sendable {
    let token: RequestToken
    /// The command that opens the transaction.
    let begin: String
    let deadline: UInt64
    let continuation: CheckedContinuation<PipelineConnection.Lease, any Error>
}

/// What the pool hands to a connection.
enum PoolRequest: Sendable {
    case command(PendingCommand)
    case lease(PendingLease)

    var token: RequestToken {
        switch self {
        case .command(let command): command.token
        case .lease(let lease): lease.token
        }
    }

    /// Ends it without a connection.
    func fail(_ error: any Error) {
        switch self {
        case .command(let command):
            switch command.answer {
            case .rows(let continuation):
                continuation.resume(
                    throwing: (error as? PostgresError).map { command.attributed($0, isScoped: false) } ?? error)
            case .nothing(let continuation): continuation.resume(throwing: error)
            }
        case .lease(let lease): lease.continuation.resume(throwing: error)
        }
    }
}
