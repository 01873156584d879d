import CloudEvents
import Coordination
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
    /// Of the path with its query; every server and proxy takes so much.
    private static let pathLimit = 8 << 10
    /// So much memory is laid out for a body before any of it has come.
    private static let announcementTrusted = 64 << 10

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
        var isPersonal = false
        var sender: Principal?
        /// Bytes of the body that are counted as in memory.
        var bodyBytes = 0
    }

    /// Answers a request; never throws.
    package func respond(to request: Request, channel: any Channel) async -> Response {
        let started = ContinuousClock.now
        var exchange = Exchange(
            path: request.uri.path,
            chinese: AcceptHeader(request.headers[values: .acceptLanguage]).takes(language: "zh"))
        let response: APIResponse
        do {
            response = try await answer(request, channel: channel, exchange: &exchange)
        } catch {
            response = refusal(error, request: request, exchange: exchange)
        }
        services.capacity.bodies.giveBack(exchange.bodyBytes, of: exchange.sender?.sharing)
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
        let known = SafeDescription.hubError(for: error)
        services.metrics.refused([known.code])
        return .problem(
            known, requestID: exchange.requestID, path: exchange.path,
            chinese: exchange.chinese)
    }

    // MARK: - Finding

    /// A path with its endpoints by method; none where there is no such path.
    /// What has a slash too many is another path, and none of these.
    private struct Place {
        let segments: [Substring]
        let endpoints: [String: Endpoint]

        init(_ path: String, in index: EndpointIndex) {
            segments = Array(path.split(separator: "/", omittingEmptySubsequences: false).dropFirst())
            endpoints = segments.contains("") ? [:] : index.find(segments)
        }

        /// Whether what is there, or is not, is told to those with a token only.
        var needsToken: Bool {
            endpoints.isEmpty ? segments.first == "v1" : endpoints.values.allSatisfy(\.access.needsToken)
        }
    }

    private func checkHeaders(of request: Request) throws {
        let size = request.headers.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }
        guard size <= Self.headerLimit else { throw HubError("header-too-large") }
        guard (request.head.path ?? "").utf8.count <= Self.pathLimit else { throw HubError("uri-too-long") }
    }

    private func find(_ request: Request, at place: Place) throws -> (Endpoint, [String: String]) {
        let found = place.endpoints
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
        for (pattern, segment) in zip(endpoint.segments, place.segments) {
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
        try checkHeaders(of: request)
        var api = APIRequest(
            method: request.method.rawValue, path: exchange.path, parameters: [:],
            query: request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            headers: request.headers.map { ($0.name.canonicalName, $0.value) }, body: [],
            requestID: exchange.requestID, chinese: exchange.chinese)
        let place = Place(exchange.path, in: index)
        if place.needsToken {
            try await identify(&api)
            exchange.sender = api.sender
            try admit(api.sender)
        }
        let (endpoint, parameters) = try find(request, at: place)
        exchange.endpoint = "\(endpoint.method) \(endpoint.path)"
        exchange.isPersonal = endpoint.isPersonal
        if endpoint.writes, let sender = api.sender,
            let refusal = services.core.maintenance.refusal(of: sender.county)
        {
            throw refusal
        }
        api.method = endpoint.method
        api.parameters = parameters
        api.connection = StreamConnection(channel: channel)
        if endpoint.access == .loopback { try await checkIsFromHere(&api, channel: channel) }
        api.body = try await body(of: request, for: endpoint, exchange: &exchange)
        if endpoint.body == .json { _ = try api.object() }
        try checkText(of: api, for: endpoint)
        if case .scopes(let scopes) = endpoint.access, endpoint.body != .events {
            try checkUnitIsThere(api)
            try api.requires(any: scopes)
        }
        guard endpoint.isPaced, let sender = api.sender else { return try await endpoint.handle(api) }
        return try await services.capacity.readings.pass(sender.sharing) { try await endpoint.handle(api) }
    }

    /// U+0000 is in no text that is kept, and the database takes it in no question.
    private func checkText(of api: APIRequest, for endpoint: Endpoint) throws {
        for (name, value) in api.query where endpoint.queries.contains(name) && value.utf8.contains(0) {
            throw api.badQuery(name, "must not contain U+0000", "不得含U+0000")
        }
        guard !api.parameters.values.contains(where: { $0.utf8.contains(0) }) else { throw HubError("not-found") }
    }

    /// What a path names and is not there is told before what a token lacks.
    private func checkUnitIsThere(_ api: APIRequest) throws {
        guard let unit = api.parameters["unit"] else { return }
        let county = try services.counties.county(try api.principal().county)
        guard county.directory.unit(UnitID(unit)) != nil else { throw HubError("not-found") }
    }

    /// By these a proxy says that it speaks for somebody else.
    private static let forwarding = ["x-forwarded-for", "forwarded", "x-real-ip", "via"]

    /// A proxy on this host makes everybody look local, but says whom it speaks for.
    private func checkIsFromHere(_ api: inout APIRequest, channel: any Channel) async throws {
        let isForwarded = Self.forwarding.contains { api.header($0) != nil }
        if !isForwarded, channel.remoteAddress?.isLoopback ?? true { return }
        try await identify(&api)
        try admit(api.sender)
        try api.requires(.admin)
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

    private func body(
        of request: Request, for endpoint: Endpoint, exchange: inout Exchange,
    ) async throws -> [UInt8] {
        // What nobody looks at is read past by the server.
        guard endpoint.body == .json || endpoint.body == .events else { return [] }
        let type = request.headers[.contentType]?.lowercased() ?? ""
        let isBatch = endpoint.body == .events && type.hasPrefix("application/cloudevents-batch")
        let limit = isBatch ? Self.batchLimit : Self.eventLimit
        let length = request.headers[.contentLength].flatMap { Int($0) }
        if let length, length > limit { throw HubError("body-too-large") }
        let bytes = try await read(request.body, length: length, limit: limit, exchange: &exchange)
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw HubError("unsupported-media-type")
        }
        // A body may also be compressed on the way; HTTP reads the chunks only.
        if let coding = request.headers[.transferEncoding], coding.lowercased() != "chunked" {
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

    /// Reads a body; what has come of it counts, not what was announced.
    private func read(
        _ body: RequestBody, length: Int?, limit: Int, exchange: inout Exchange,
    ) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(length ?? 0, Self.announcementTrusted))
        var parts = body.makeAsyncIterator()
        while true {
            let part: ByteBuffer?
            do {
                part = try await parts.next()
            } catch let error where !(error is CancellationError) {
                // It broke off, see `MalformedRequestHandler`.
                throw HubError("bad-request")
            }
            guard let part else { break }
            guard bytes.count + part.readableBytes <= limit else { throw HubError("body-too-large") }
            try services.capacity.bodies.take(part.readableBytes, for: exchange.sender?.sharing)
            exchange.bodyBytes += part.readableBytes
            bytes.append(contentsOf: part.readableBytesView)
        }
        // The connection ended before the body did.
        if let length, bytes.count < length { throw HubError("bad-request") }
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
        if exchange.isPersonal { fields[.cacheControl] = "no-store" }
        if services.drain.hasBegun || request.headers[.connection] == "close" { fields[.connection] = "close" }
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
        case .open(var writer):
            if let county = exchange.sender?.county, services.isDemonstration(county) { Demonstration.mark(&writer) }
            writer.endObject()
            body = Self.body(writer.bytes, &fields, isHead: isHead)
        case .stream(let write):
            body = isHead ? ResponseBody() : ResponseBody { writer in try await write(&writer, request.body) }
        }
        return Response(status: .init(code: response.status), headers: fields, body: body)
    }

    private static func body(_ bytes: [UInt8], _ fields: inout HTTPFields, isHead: Bool) -> ResponseBody {
        fields[.contentLength] = String(bytes.count)
        return isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
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
