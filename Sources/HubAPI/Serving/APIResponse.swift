package import CloudEvents
package import Hub
package import Hummingbird

/// An answer before it is sent.
package struct APIResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body

    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Written as it comes; the closure returns when the stream ends.
        case stream(@Sendable (inout any ResponseBodyWriter) async throws -> Void)
    }

    /// A JSON answer.
    package static func json(_ value: JSONValue, status: Int = 200) -> APIResponse {
        APIResponse(
            status: status, headers: [("content-type", "application/json; charset=utf-8")],
            body: .bytes(value.encodedBytes()))
    }

    /// An answer in plain text or another textual type.
    package static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> APIResponse {
        APIResponse(status: 200, headers: [("content-type", type)], body: .bytes(Array(text.utf8)))
    }

    /// An answer without a body.
    package static let noContent = APIResponse(status: 204, headers: [], body: .none)

    /// The same with one more header.
    package func with(_ name: String, _ value: String) -> APIResponse {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }

    /// The answer to a refusal, as RFC 9457 has it.
    package static func problem(_ error: HubError, requestID: String, path: String, chinese: Bool) -> APIResponse {
        var response = APIResponse(
            status: ProblemCatalogue.kind(error.code).status,
            headers: [("content-type", "application/problem+json; charset=utf-8")],
            body: .bytes(problemValue(error, requestID: requestID, path: path, chinese: chinese).encodedBytes()))
        switch response.status {
        case 401: response.headers.append(("www-authenticate", "Bearer"))
        case 429, 503: response.headers.append(("retry-after", String(error.retryAfter ?? 1)))
        default: break
        }
        return response
    }

    /// The problem object itself, as it also stands in the results of a batch.
    package static func problemValue(
        _ error: HubError, requestID: String, path: String, chinese: Bool,
    ) -> JSONValue {
        let kind = ProblemCatalogue.kind(error.code)
        let advice = chinese ? kind.adviceZh : kind.advice
        var problem: JSONObject = [
            "type": .string("/errors#\(kind.code)"),
            "title": .string(chinese ? kind.titleZh : kind.title),
            "status": .integer(Int64(kind.status)),
            "detail": .string(advice),
            "instance": .string(path),
            "code": .string(kind.code),
            "requestId": .string(requestID),
        ]
        if !error.faults.isEmpty {
            problem["errors"] = .array(error.faults.map(\.jsonValue))
        }
        for (name, value) in error.details.sorted(by: { $0.key < $1.key }) { problem[name] = value }
        return .object(problem)
    }
}

extension InputFault {
    /// `{path, code, message, messageZh}`.
    package var jsonValue: JSONValue {
        [
            "path": .string(path), "code": .string(code), "message": .string(message),
            "messageZh": .string(messageZh),
        ]
    }
}
