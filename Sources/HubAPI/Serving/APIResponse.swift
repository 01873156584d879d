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
        /// A JSON object of the API, which says so when it is of a demonstration.
        case object(JSONValue)
        /// The same, written already but for its closing brace.
        case open(JSONWriter)
        /// Written as it comes; the closure returns when the stream ends. The
        /// request's body, which nobody has read, tells when the client leaves.
        case stream(@concurrent @Sendable (inout any ResponseBodyWriter, RequestBody) async throws -> Void)
    }

    /// A JSON answer.
    package static func json(_ value: JSONValue, status: Int = 200) -> APIResponse {
        APIResponse(
            status: status, headers: [("content-type", "application/json; charset=utf-8")], body: .object(value))
    }

    /// A JSON answer that is written member by member.
    ///
    /// - Parameter capacity: how many bytes to make room for.
    package static func json(
        status: Int = 200, reserving capacity: Int = 4096, _ write: (inout JSONWriter) throws -> Void,
    ) rethrows -> APIResponse {
        var writer = JSONWriter(reserving: capacity)
        writer.beginObject()
        try write(&writer)
        return APIResponse(
            status: status, headers: [("content-type", "application/json; charset=utf-8")], body: .open(writer))
    }

    /// A JSON document of another type, sent as it is.
    package static func document(_ value: JSONValue, type: String) -> APIResponse {
        APIResponse(status: 200, headers: [("content-type", type)], body: .bytes(value.encodedBytes()))
    }

    /// A page.
    package static func html(_ text: String) -> APIResponse {
        APIResponse(
            status: 200,
            headers: [
                ("content-type", "text/html; charset=utf-8"),
                ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
            ],
            body: .bytes(Array(text.utf8)))
    }

    /// The same, kept by nobody on the way: it holds personal data.
    package var notStored: APIResponse { with("cache-control", "no-store") }

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
            body: .object(problemValue(error, requestID: requestID, path: path, chinese: chinese)))
        switch response.status {
        case 401: response.headers.append(("www-authenticate", "Bearer"))
        case 405:
            if case .string(let allow)? = error.details["allow"] { response.headers.append(("allow", allow)) }
        case 429, 503: response.headers.append(("retry-after", String(error.retryAfter ?? 1)))
        default: break
        }
        return response
    }

    /// A problem in both languages, for whoever could not say which one it reads.
    static func bilingualProblem(_ error: HubError, requestID: String) -> APIResponse {
        let kind = ProblemCatalogue.kind(error.code)
        var response = problem(error, requestID: requestID, path: "", chinese: false)
        guard case .object(.object(var members)) = response.body else { return response }
        members["title"] = .string("\(kind.title) / \(kind.titleZh)")
        members["detail"] = .string("\(kind.advice) / \(kind.adviceZh)")
        response.body = .object(.object(members))
        return response
    }

    /// The problem object itself, as it also stands in the results of a batch.
    package static func problemValue(
        _ error: HubError, requestID: String, path: String, chinese: Bool,
    ) -> JSONValue {
        let kind = ProblemCatalogue.kind(error.code)
        var advice = chinese ? kind.adviceZh : kind.advice
        if kind.code == "maintenance", case .string(let reason)? = error.details["reason"] {
            advice = reason + (chinese ? "。" : ". ") + advice
        }
        var problem: JSONObject = [
            "type": .string("/errors#\(kind.code)"),
            "title": .string(chinese ? kind.titleZh : kind.title),
            "status": .integer(Int64(kind.status)),
            "detail": .string(advice),
            "instance": .string(DiscreetPath.shown(path)),
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

/// How answers about a demonstration county say so.
package enum Demonstration {
    package static let notice = "演示数据 demonstration data"

    /// Writes the mark into an object.
    package static func mark(_ writer: inout JSONWriter) {
        writer.member("demonstration", true)
        writer.member("notice", notice)
    }

    /// An object with the mark; other values as they are.
    package static func marked(_ value: JSONValue) -> JSONValue {
        guard case .object(var object) = value else { return value }
        object["demonstration"] = true
        object["notice"] = .string(notice)
        return .object(object)
    }
}

extension InputFault {
    /// `{path, code, message, messageZh}`.
    package var jsonValue: JSONValue {
        [
            "path": .string(DiscreetPath.shown(path)), "code": .string(code), "message": .string(message),
            "messageZh": .string(messageZh),
        ]
    }
}
