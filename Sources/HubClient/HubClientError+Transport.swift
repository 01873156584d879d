import AsyncHTTPClient
import CloudEvents
import NIOCore
import NIOPosix

extension HubClientError {
    /// The error of an answer with a status from 400 on.
    init(refusal answer: HubAnswer) {
        let retryAfter = answer.header("retry-after").flatMap { Int64($0) }.map { Duration.seconds($0) }
        let requestID = answer.header("x-request-id")
        if let type = answer.header("content-type"), type.hasPrefix("application/problem+json"),
            let json = try? answer.json()
        {
            let problem = HubProblem(json: json)
            let text = [problem.title, problem.detail].filter { !$0.isEmpty }.joined(separator: "; ")
            self.init(
                code: problem.code, status: answer.status, problem: problem, requestID: requestID,
                retryAfter: retryAfter, message: text)
        } else {
            self.init(
                code: "bad-answer", status: answer.status, requestID: requestID, retryAfter: retryAfter,
                message: "status \(answer.status) without a problem; something between here and the hub answered")
        }
    }

    /// The error of a transport that failed; nil for one that is no transport's.
    init?(transport error: any Error) {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout:
                self.init(code: "timed-out", message: "no answer in time")
            case .invalidURL, .emptyHost, .emptyScheme:
                self.init(code: "bad-url", message: "the hub's address cannot be read")
            case .connectTimeout, .tlsHandshakeTimeout:
                self.init(code: "unreachable", message: "the connection could not be opened in time")
            default:
                self.init(code: "unreachable", message: "the connection was lost")
            }
        case is NIOConnectionError:
            self.init(code: "unreachable", message: "nobody listens at the hub's address")
        case is TimeLimitExceeded:
            self.init(code: "timed-out", message: "no answer in time")
        case is NIOTooManyBytesError:
            self.init(code: "bad-answer", message: "the answer is longer than any of the hub's")
        case is CancellationError, is HubClientError:
            return nil
        default:
            self.init(code: "unreachable", message: "the connection was lost")
        }
    }
}

/// Runs something over the network and turns what it throws into the client's
/// own error; cancellation stays cancellation.
func translatingErrors<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch {
        if Task.isCancelled { throw CancellationError() }
        throw HubClientError(transport: error) ?? error
    }
}

/// Something took longer than it may.
struct TimeLimitExceeded: Error {}

/// A limit of time around something that can be cancelled.
enum Bounded {
    /// Returns what `body` returns, or throws ``TimeLimitExceeded``.
    static func run<Result: Sendable>(
        within limit: Duration, _ body: @escaping @Sendable () async throws -> Result,
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw TimeLimitExceeded()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw TimeLimitExceeded() }
            return first
        }
    }
}
