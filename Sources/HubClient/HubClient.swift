import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A client of the hub's HTTP API: publishes events, reads the unit's log, and
/// acts on duties.
///
/// Requests that met a busy or restarting hub are sent again as
/// ``RetryPolicy`` says, and to the next process of it where several are named
/// (``HubClientConfiguration/alternatives``); a call returns when the hub has answered, which for
/// events and commands means after the commit. Cancelling the calling task
/// abandons the call; what was sent by then may still be carried out, and
/// sending it again is safe.
public final class HubClient: Sendable {
    /// Where the hub is and how patient the client is.
    public let configuration: HubClientConfiguration
    private let http: HTTPClient
    private let addresses: HubAddresses

    /// The most bytes of an answer that are read.
    private static let answerLimit = 64 << 20

    /// A client; connects when first used. Call ``close()`` at the end.
    ///
    /// - Throws: ``HubClientError`` `bad-url` for an address that is none.
    public init(configuration: HubClientConfiguration) throws {
        addresses = try HubAddresses(configuration)
        self.configuration = configuration
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.timeout.connect = .init(configuration.connectTimeout)
        settings.timeout.read = .init(configuration.silenceTimeout)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        settings.httpVersion = .http1Only
        // Trying again is this client's own business, so that it is counted.
        settings.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// Closes every connection; calls under way fail.
    public func close() async {
        // It fails only when it was closed before, which is what is wanted.
        try? await http.shutdown()
    }

    /// Runs something with a client that is closed afterwards.
    public static func withClient<Result>(
        _ configuration: HubClientConfiguration, _ body: (HubClient) async throws -> Result,
    ) async throws -> Result {
        let client = try HubClient(configuration: configuration)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    // MARK: - Sending

    /// Sends a request, again where that may help, and returns the answer.
    ///
    /// - Throws: ``HubClientError`` for every status from 400 on and when no
    ///   hub answered; `CancellationError`.
    public func send(_ request: HubRequest) async throws -> HubAnswer {
        try await send(request, retries: configuration.retries)
    }

    func send(_ request: HubRequest, retries: RetryPolicy) async throws -> HubAnswer {
        var attempt = 0
        while true {
            attempt += 1
            do {
                let limit = configuration.answerTimeout + request.wait
                return try await reaching(retries.limit > 0 ? addresses.bases.count : 1) { base in
                    let response = try await http.execute(httpRequest(request, to: base), timeout: .init(limit))
                    return try await Self.answer(response, within: limit)
                }
            } catch let error as HubClientError {
                let jitter = Double.random(in: 0...1)
                guard let pause = retries.pause(after: error, attempt: attempt, jitter: jitter) else {
                    throw error
                }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Asks one process of the hub after another, without a pause, until one
    /// is there.
    private func reaching<Result>(_ tries: Int, _ body: (_ base: String) async throws -> Result) async throws -> Result
    {
        var left = tries
        while true {
            let index = addresses.current
            do {
                return try await translatingErrors { try await body(addresses.bases[index]) }
            } catch let error as HubClientError {
                left -= 1
                guard addresses.leave(index, after: error), left > 0 else { throw error }
            }
        }
    }

    /// Opens a stream of server-sent events; the bytes follow from the body.
    func open(_ request: HubRequest) async throws -> HTTPClientResponse {
        try await reaching(addresses.bases.count) { base in
            let response = try await http.execute(
                httpRequest(request, to: base), timeout: .init(configuration.answerTimeout))
            if response.status.code >= 400 {
                _ = try await Self.answer(response, within: configuration.answerTimeout)
            }
            return response
        }
    }

    private func httpRequest(_ request: HubRequest, to base: String) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: base + request.path + Self.queryText(request.query))
        message.method = HTTPMethod(rawValue: request.method)
        if let token = configuration.token { message.headers.add(name: "authorization", value: "Bearer \(token)") }
        message.headers.add(name: "user-agent", value: configuration.userAgent)
        message.headers.add(name: "accept-language", value: configuration.language)
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
        return message
    }

    /// Reads an answer whole.
    ///
    /// - Throws: ``HubClientError`` for a status from 400 on.
    private static func answer(_ response: HTTPClientResponse, within limit: Duration) async throws -> HubAnswer {
        let body = try await Bounded.run(within: limit) {
            try await response.body.collect(upTo: answerLimit)
        }
        let answer = HubAnswer(
            status: Int(response.status.code),
            headers: response.headers.map { ($0.name.lowercased(), $0.value) }, body: Array(body.readableBytesView))
        if answer.status >= 400 { throw HubClientError(refusal: answer) }
        return answer
    }

    // MARK: - Paths

    /// A text as one segment of a path, percent-encoded.
    public static func segment(_ text: String) -> String {
        encoded(text) { ":".utf8.contains($0) }
    }

    private static func queryText(_ query: [(name: String, value: String?)]) -> String {
        let parts = query.compactMap { name, value in
            value.map { "\(encoded(name) { _ in false })=\(encoded($0) { _ in false })" }
        }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    private static func encoded(_ text: String, keeping alsoKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                bytes.append(byte)
            case _ where alsoKept(byte):
                bytes.append(byte)
            default:
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
