import CloudEvents
import HTTPTypes
import Hub
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what is no HTTP, has more header fields than are read, does not come
/// to its end, or is one connection too many, with a problem like any other, and
/// closes the connection: nothing tells where the next request would begin.
///
/// It also ends the connection after an answer to a request of which much has
/// still to come, so that a refused body is not read to its end. Whoever is sent
/// an answer before it has sent everything has a moment to read it: a connection
/// that is closed with bytes unread takes the answer along.
final class MalformedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// A body has not come within its time.
    private struct BodyTooSlow: Error {}

    /// Where the connection is between a request and its answer.
    private struct Progress {
        var answersOwed = 0
        var isReading = false
        var isAnswering = false

        /// Whether an answer can be written now: to nothing in particular, or to
        /// the request that is being read. In the middle of another answer there
        /// is no place for one more.
        var takesAnswer: Bool { answersOwed == 0 || (answersOwed == 1 && isReading && !isAnswering) }
    }

    private var progress = Progress()
    private var hasFailed = false
    /// The answer under way is the last one, and what comes is not looked at.
    private var endsEarly = false
    private var bodyLength: Int?
    private var lingering: Scheduled<Void>?
    private let watch: ConnectionWatchHandler
    private let date = DateHeader()
    private let metrics: HubMetrics
    private let bodyTimeout: Duration
    private var bodyBegan = ContinuousClock.now
    private var bodyBytes = 0
    private var bodyTimer: Scheduled<Void>?

    /// A large body has longer: whoever sends so much each second is not late.
    private static let bytesPerSecond = 16 << 10
    /// So much more of a refused body is read past, and kept by nobody: most
    /// clients look for an answer only once they have sent everything.
    private static let worthReading = 16 << 20
    /// How long a client that is hung up on may read its answer.
    private static let farewell = TimeAmount.seconds(5)

    /// - Parameters:
    ///   - bodyTimeout: how long a body may take, beside the time that its size
    ///     gives it.
    ///   - metrics: told of each refusal.
    init(bodyTimeout: Duration, capacity: Capacity, metrics: HubMetrics) {
        self.bodyTimeout = bodyTimeout
        self.metrics = metrics
        watch = ConnectionWatchHandler(capacity: capacity)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        try? context.pipeline.syncOperations.addHandler(watch, position: .first)
        ConnectionEndHandler.add(to: context.pipeline)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        bodyTimer?.cancel()
        bodyTimer = nil
        lingering?.cancel()
        lingering = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard lingering == nil, !hasFailed else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            watch.headCame()
            progress.answersOwed += 1
            progress.isReading = true
            bodyBegan = .now
            bodyBytes = 0
            bodyLength = head.headerFields[.contentLength].flatMap { Int($0) }
            if bodyTimer == nil { watchBody(within: bodyTimeout, context: context) }
        case .body(let part): bodyBytes += part.readableBytes
        case .end:
            watch.requestCame()
            progress.isReading = false
        }
        context.fireChannelRead(data)
    }

    /// Whether much of the request that is answered has still to come.
    private var isFarFromEnd: Bool {
        guard progress.isReading, progress.answersOwed == 1 else { return false }
        return bodyLength.map { $0 - bodyBytes > Self.worthReading } ?? true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The request was answered here, and there is no other answer to it.
        guard !hasFailed else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            progress.isAnswering = head.status.kind != .informational
            guard progress.isAnswering, isFarFromEnd else { break }
            endsEarly = true
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            return
        case .body: break
        case .end:
            progress.isAnswering = false
            progress.answersOwed -= 1
            guard endsEarly else { break }
            context.writeAndFlush(data, promise: promise)
            hangUp(context: context)
            return
        }
        context.write(data, promise: promise)
    }

    /// The application closes as soon as it has learnt of the end; the client
    /// still has its moment.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, lingering != nil else {
            context.close(mode: mode, promise: promise)
            return
        }
        context.channel.closeFuture.cascade(to: promise)
    }

    /// Sends no more, looks at nothing more, and closes a moment later.
    private func hangUp(context: ChannelHandlerContext) {
        guard lingering == nil else { return }
        context.close(mode: .output, promise: nil)
        lingering = context.eventLoop.assumeIsolated().scheduleTask(in: Self.farewell) {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError || error is ChannelError {
            context.fireErrorCaught(error)
            return
        }
        let code =
            switch error {
            case HTTPParserError.headerOverflow: "header-too-large"
            case is ConnectionWatchHandler.HeadTooSlow: "request-timeout"
            case is ConnectionWatchHandler.TooManyConnections: "overloaded"
            default: "bad-request"
            }
        fail(code, error, context: context)
    }

    private func fail(_ code: String, _ error: any Error, context: ChannelHandlerContext) {
        guard !hasFailed else { return }
        hasFailed = true
        // What came of the body must not pass for all of it.
        if progress.isReading { context.fireErrorCaught(error) }
        guard progress.takesAnswer else { return context.close(promise: nil) }
        metrics.refused([code])
        answer(code, context: context)
        hangUp(context: context)
    }

    // MARK: - Slow bodies

    /// One timer for the connection, set anew when it goes off: most bodies come
    /// with their head, and a timer for each would cost more than they do.
    private func watchBody(within time: Duration, context: ChannelHandlerContext) {
        bodyTimer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            self.bodyTimer = nil
            guard self.progress.isReading, !self.hasFailed else { return }
            let allowed = self.bodyTimeout + .seconds(self.bodyBytes / Self.bytesPerSecond)
            let left = allowed - self.bodyBegan.duration(to: .now)
            if left <= .zero {
                self.fail("request-timeout", BodyTooSlow(), context: context)
            } else {
                self.watchBody(within: left, context: context)
            }
        }
    }

    // MARK: - Answering

    /// When who was one connection too many may try again, in seconds.
    private static let comeBackAfter = 5

    private func answer(_ code: String, context: ChannelHandlerContext) {
        let requestID = RequestNumber.next()
        let response = APIResponse.bilingualProblem(HubError(code), requestID: requestID)
        guard case .object(let value) = response.body else { return }
        let body = ByteBuffer(bytes: value.encodedBytes())
        var head = HTTPResponse(status: .init(code: response.status))
        head.headerFields[.contentType] = "application/problem+json; charset=utf-8"
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.connection] = "close"
        head.headerFields[.date] = date.text
        if response.status == 503 { head.headerFields[.retryAfter] = String(Self.comeBackAfter) }
        if let name = HTTPField.Name("X-Request-ID") { head.headerFields[name] = requestID }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
