import CloudEvents
import HTTPTypes
package import Hub
package import Hummingbird
package import Logging
import NIOCore

/// Turns HTTP requests into answers: finds the endpoint, learns who is
/// speaking, reads the body within its bounds, and renders what is thrown.
///
/// The order of judgement is the contract's: 401, 413, 415, 400, 404, 403, and
/// then what the handler finds.
package struct APIResponder: HTTPResponder {
    package typealias Context = BasicRequestContext

    private let index: EndpointIndex
    private let tokens: TokenDirectory
    private let rates: RateLimiter
    private let metrics: HubMetrics
    private let logger: Logger

    /// The bounds of `api.md`, in bytes.
    private static let eventLimit = 1 << 20
    private static let batchLimit = 8 << 20
    private static let headerLimit = 32 << 10

    package init(
        endpoints: [Endpoint], tokens: TokenDirectory, rates: RateLimiter, metrics: HubMetrics, logger: Logger,
    ) {
        self.index = EndpointIndex(endpoints)
        self.tokens = tokens
        self.rates = rates
        self.metrics = metrics
        self.logger = logger
    }

    /// Answers a request; never throws for what a client did.
    package func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let started = ContinuousClock.now
        let requestID = RequestNumber.next()
        let path = request.uri.path
        let chinese = Self.wantsChinese(request.headers[.acceptLanguage])
        var endpointName = "none"
        var response: APIResponse
        do {
            let (endpoint, parameters) = try find(request, path: path)
            endpointName = "\(endpoint.method) \(endpoint.path)"
            response = try await answer(
                request, endpoint: endpoint, parameters: parameters, requestID: requestID, chinese: chinese,
                channel: context)
        } catch let error as HubError {
            response = .problem(error, requestID: requestID, path: path, chinese: chinese)
            if error.code == "method-not-allowed", case .string(let allow) = error.details["allow"] {
                response = response.with("allow", allow)
            }
        } catch {
            logger.error(
                "request failed",
                metadata: [
                    "hub_request": "\(requestID)", "hub_endpoint": "\(endpointName)",
                    "hub_error": "\(Self.safeDescription(of: error))",
                ])
            response = .problem(
                Self.hubError(for: error), requestID: requestID, path: path, chinese: chinese)
        }
        metrics.answered(endpoint: endpointName, status: response.status, after: started.duration(to: .now))
        return Self.httpResponse(response, requestID: requestID, head: request.method == .head)
    }

    // MARK: - Finding

    private func find(_ request: Request, path: String) throws -> (Endpoint, [String: String]) {
        let headerSize = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }
        guard headerSize <= Self.headerLimit else { throw HubError("header-too-large") }
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        let found = index.find(segments)
        guard !found.isEmpty else { throw HubError("no-such-endpoint") }
        var method = request.method.rawValue
        if method == "POST", let override = request.headers[Self.methodOverride] {
            method = override.uppercased()
        }
        if method == "HEAD", found["HEAD"] == nil { method = "GET" }
        guard let endpoint = found[method] else {
            throw HubError(
                "method-not-allowed",
                details: ["allow": .string(found.keys.sorted().joined(separator: ", "))])
        }
        var parameters: [String: String] = [:]
        for (pattern, segment) in zip(endpoint.segments, segments) {
            if case .variable(let name) = pattern {
                parameters[name] = String(segment).removingURLPercentEncoding() ?? String(segment)
            }
        }
        return (endpoint, parameters)
    }

    // MARK: - Answering

    private func answer(
        _ request: Request, endpoint: Endpoint, parameters: [String: String], requestID: String, chinese: Bool,
        channel: BasicRequestContext,
    ) async throws -> APIResponse {
        var api = APIRequest(
            method: endpoint.method, path: request.uri.path, parameters: parameters,
            query: request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            headers: request.headers.map { ($0.name.canonicalName, $0.value) }, body: [], requestID: requestID,
            chinese: chinese, sender: nil, token: nil)
        try await identify(&api, for: endpoint, authorization: request.headers[.authorization])
        api.body = try await body(of: request, for: endpoint)
        if case .scopes(let scopes) = endpoint.access {
            if endpoint.body == .json { _ = try api.object() }
            let principal = try api.principal()
            if !scopes.contains(where: principal.has), endpoint.body != .events {
                throw HubError("scope-missing", details: ["needs": .array(scopes.map { .string($0.rawValue) })])
            }
        }
        return try await endpoint.handle(api)
    }

    private func identify(_ api: inout APIRequest, for endpoint: Endpoint, authorization: String?) async throws {
        switch endpoint.access {
        case .open, .loopback:
            return
        case .anyToken, .scopes, .scopesOnceVisible:
            guard let authorization, authorization.count > 7, authorization.prefix(7).lowercased() == "bearer ",
                let token = BearerToken(authorization.dropFirst(7)),
                let principal = try await tokens.principal(for: token)
            else { throw HubError("unauthorised") }
            api.sender = principal
            api.token = token
            if let wait = rates.admit(county: principal.county, unit: principal.unit) {
                throw HubError("rate-limited", retryAfter: wait)
            }
        }
    }

    private func body(of request: Request, for endpoint: Endpoint) async throws -> [UInt8] {
        guard endpoint.body != .none else { return [] }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        let isBatch = type.hasPrefix("application/cloudevents-batch")
        let limit = isBatch ? Self.batchLimit : Self.eventLimit
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
            throw HubError("body-too-large")
        }
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= limit else { throw HubError("body-too-large") }
            bytes.append(contentsOf: part.readableBytesView)
        }
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw HubError("unsupported-media-type")
        }
        if endpoint.body == .json, !bytes.isEmpty {
            let essence = type.split(separator: ";").first.map { $0.trimmingSpaces() } ?? ""
            guard essence.isEmpty || essence == "application/json" || essence.hasSuffix("+json") else {
                throw HubError("unsupported-media-type")
            }
        }
        // An absent body means an object without members.
        if endpoint.body == .json, bytes.isEmpty { bytes = Array("{}".utf8) }
        return bytes
    }

    // MARK: - Rendering

    private static let methodOverride = HTTPField.Name("X-HTTP-Method-Override") ?? .accept
    private static let requestIDName = HTTPField.Name("X-Request-ID") ?? .accept

    private static func httpResponse(_ response: APIResponse, requestID: String, head: Bool) -> Response {
        var fields = HTTPFields()
        for (name, value) in response.headers {
            if let fieldName = HTTPField.Name(name) { fields.append(HTTPField(name: fieldName, value: value)) }
        }
        fields[requestIDName] = requestID
        fields[.xContentTypeOptions] = "nosniff"
        let body: ResponseBody
        switch response.body {
        case .none:
            body = ResponseBody()
        case .bytes(let bytes):
            fields[.contentLength] = String(bytes.count)
            body = head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .stream(let write):
            body = head ? ResponseBody() : ResponseBody { writer in try await write(&writer) }
        }
        return Response(status: .init(code: response.status), headers: fields, body: body)
    }

    private static func wantsChinese(_ header: String?) -> Bool {
        guard let header else { return false }
        return header.lowercased().split(separator: ",").contains { $0.trimmingSpaces().hasPrefix("zh") }
    }

    /// A description that holds no value anybody sent: the errors of the house
    /// promise that of theirs, of others only the type is told.
    private static func safeDescription(of error: any Error) -> String {
        SafeDescription.of(error)
    }

    private static func hubError(for error: any Error) -> HubError {
        SafeDescription.hubError(for: error)
    }
}

extension StringProtocol {
    func trimmingSpaces() -> String {
        var slice = self[...]
        while slice.first == " " || slice.first == "\t" { slice = slice.dropFirst() }
        while slice.last == " " || slice.last == "\t" { slice = slice.dropLast() }
        return String(slice)
    }
}
