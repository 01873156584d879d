import CloudEvents
import HTTPTypes
import Hub
package import Hummingbird
import Logging
package import NIOCore

/// Turns HTTP requests into answers: finds the endpoint, learns who is
/// speaking, reads the body within its bounds, and renders what is thrown.
///
/// The order of judgement is the contract's: 401, 413, 415, 400, 404, 403, and
/// then what the handler finds.
package struct APIResponder: Sendable {
    private let index: EndpointIndex
    private let services: HubServices
    private let date = DateHeader()

    /// The bounds of `api.md`, in bytes.
    private static let eventLimit = 1 << 20
    private static let batchLimit = 8 << 20
    private static let headerLimit = 32 << 10

    package init(endpoints: [Endpoint], services: HubServices) {
        self.index = EndpointIndex(endpoints)
        self.services = services
    }

    /// What is known of a request while it is judged.
    private struct Exchange {
        let requestID = RequestNumber.next()
        let path: String
        let chinese: Bool
        var endpoint = "none"
        var sender: Principal?
    }

    /// Answers a request; never throws.
    package func respond(to request: Request, channel: any Channel) async -> Response {
        let started = ContinuousClock.now
        var exchange = Exchange(
            path: request.uri.path, chinese: Self.wantsChinese(request.headers[values: .acceptLanguage]))
        let response: APIResponse
        do {
            response = try await answer(request, channel: channel, exchange: &exchange)
        } catch {
            response = refusal(error, request: request, exchange: exchange)
        }
        services.metrics.answered(
            endpoint: exchange.endpoint, status: response.status, after: started.duration(to: .now))
        return httpResponse(response, to: request, exchange: exchange)
    }

    private func refusal(_ error: any Error, request: Request, exchange: Exchange) -> APIResponse {
        if !(error is HubError) {
            services.logger.error(
                "request failed",
                metadata: [
                    "hub_request": "\(exchange.requestID)", "hub_endpoint": "\(exchange.endpoint)",
                    "hub_error": "\(SafeDescription.of(error))",
                    "hub_trace": "\(TraceContext(request.headers)?.parent ?? "-")",
                ])
        }
        return .problem(
            SafeDescription.hubError(for: error), requestID: exchange.requestID, path: exchange.path,
            chinese: exchange.chinese)
    }

    // MARK: - Finding

    private func find(_ request: Request) throws -> (Endpoint, [String: String]) {
        let headerSize = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }
        guard headerSize <= Self.headerLimit else { throw HubError("header-too-large") }
        let segments = request.uri.path.split(separator: "/", omittingEmptySubsequences: true)
        let found = index.find(segments)
        guard !found.isEmpty else { throw HubError("no-such-endpoint") }
        var method = request.method.rawValue
        if method == "POST", let override = request.headers[Self.methodOverride] {
            method = override.uppercased()
        }
        if method == "HEAD", found["HEAD"] == nil { method = "GET" }
        guard let endpoint = found[method] else {
            let allowed = found["GET"] == nil ? Array(found.keys) : found.keys + ["HEAD"]
            throw HubError(
                "method-not-allowed", details: ["allow": .string(allowed.sorted().joined(separator: ", "))])
        }
        var parameters: [String: String] = [:]
        for (pattern, segment) in zip(endpoint.segments, segments) {
            if case .variable(let name) = pattern {
                parameters[name] = PercentEncoding.decoded(segment)
            }
        }
        return (endpoint, parameters)
    }

    // MARK: - Answering

    private func answer(
        _ request: Request, channel: any Channel, exchange: inout Exchange,
    ) async throws -> APIResponse {
        let (endpoint, parameters) = try find(request)
        exchange.endpoint = "\(endpoint.method) \(endpoint.path)"
        var api = APIRequest(
            method: endpoint.method, path: exchange.path, parameters: parameters,
            query: request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            headers: request.headers.map { ($0.name.canonicalName, $0.value) }, body: [],
            requestID: exchange.requestID, chinese: exchange.chinese)
        api.connection = StreamConnection(channel: channel)
        try await identify(&api, for: endpoint, channel: channel)
        exchange.sender = api.sender
        try admit(api.sender)
        api.body = try await body(of: request, for: endpoint)
        if endpoint.body == .json { _ = try api.object() }
        if case .scopes(let scopes) = endpoint.access, endpoint.body != .events {
            try api.requires(any: scopes)
        }
        return try await endpoint.handle(api)
    }

    private func identify(_ api: inout APIRequest, for endpoint: Endpoint, channel: any Channel) async throws {
        switch endpoint.access {
        case .open: return
        case .loopback:
            // A proxy on this host makes everybody look local, but says whom it speaks for.
            let isForwarded = api.header("x-forwarded-for") != nil || api.header("forwarded") != nil
            if !isForwarded, channel.remoteAddress?.isLoopback ?? true { return }
            try await identify(&api)
            try api.requires(.admin)
        case .anyToken, .scopes, .scopesOnceVisible:
            try await identify(&api)
        }
    }

    private func identify(_ api: inout APIRequest) async throws {
        guard let authorization = api.header("authorization"), authorization.count > 7,
            authorization.prefix(7).lowercased() == "bearer ", let token = BearerToken(authorization.dropFirst(7)),
            let principal = try await services.tokens.principal(for: token)
        else { throw HubError("unauthorised") }
        api.sender = principal
        api.token = token
    }

    private func admit(_ sender: Principal?) throws {
        guard let sender else { return }
        if let wait = services.rates.admit(county: sender.county, unit: sender.unit) {
            throw HubError("rate-limited", retryAfter: wait)
        }
    }

    private func body(of request: Request, for endpoint: Endpoint) async throws -> [UInt8] {
        // What nobody looks at is read past by the server.
        guard endpoint.body == .json || endpoint.body == .events else { return [] }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        let isBatch = endpoint.body == .events && type.hasPrefix("application/cloudevents-batch")
        let limit = isBatch ? Self.batchLimit : Self.eventLimit
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw HubError("body-too-large") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length ?? 0)
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= limit else { throw HubError("body-too-large") }
            bytes.append(contentsOf: part.readableBytesView)
        }
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw HubError("unsupported-media-type")
        }
        guard endpoint.body == .json else { return bytes }
        // An absent body means an object without members.
        guard !bytes.isEmpty else { return Array("{}".utf8) }
        let essence = type.split(separator: ";").first.map { $0.trimmingSpaces() } ?? ""
        guard essence.isEmpty || essence == "application/json" || essence.hasSuffix("+json") else {
            throw HubError("unsupported-media-type")
        }
        return bytes
    }

    // MARK: - Rendering

    private static let methodOverride = HTTPField.Name("X-HTTP-Method-Override") ?? .accept
    private static let requestIDName = HTTPField.Name("X-Request-ID") ?? .accept

    private func httpResponse(_ response: APIResponse, to request: Request, exchange: Exchange) -> Response {
        let isHead = request.method == .head
        var fields = HTTPFields()
        for (name, value) in response.headers {
            if let fieldName = HTTPField.Name(name) { fields.append(HTTPField(name: fieldName, value: value)) }
        }
        fields[Self.requestIDName] = exchange.requestID
        fields[.date] = date.text
        fields[.xContentTypeOptions] = "nosniff"
        if services.drain.hasBegun { fields[.connection] = "close" }
        let body: ResponseBody
        switch response.body {
        case .none:
            if response.status != 204 { fields[.contentLength] = "0" }
            body = ResponseBody()
        case .bytes(let bytes):
            body = Self.body(bytes, &fields, isHead: isHead)
        case .object(let value):
            let isDemonstration = exchange.sender.map { services.isDemonstration($0.county) } ?? false
            let bytes = (isDemonstration ? Demonstration.marked(value) : value).encodedBytes()
            body = Self.body(bytes, &fields, isHead: isHead)
        case .stream(let write):
            body = isHead ? ResponseBody() : ResponseBody { writer in try await write(&writer, request.body) }
        }
        return Response(status: .init(code: response.status), headers: fields, body: body)
    }

    private static func body(_ bytes: [UInt8], _ fields: inout HTTPFields, isHead: Bool) -> ResponseBody {
        fields[.contentLength] = String(bytes.count)
        return isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }

    private static func wantsChinese(_ headers: [String]) -> Bool {
        headers.contains { header in
            header.lowercased().split(separator: ",").contains { $0.trimmingSpaces().hasPrefix("zh") }
        }
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

extension SocketAddress {
    /// Whether the peer is this host.
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4: ipAddress?.hasPrefix("127.") ?? false
        case .v6: ipAddress == "::1" || ipAddress?.hasPrefix("::ffff:127.") ?? false
        case .unixDomainSocket: true
        }
    }
}
