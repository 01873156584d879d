import CloudEvents
import HTTPTypes
import Hub
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what is no HTTP, has more header fields than are read, or does not
/// come to its end, with a problem like any other, and closes the connection:
/// nothing tells where the next request would begin.
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
    private let date = DateHeader()
    private let bodyTimeout: Duration
    private var bodyBegan = ContinuousClock.now
    private var bodyBytes = 0
    private var bodyTimer: Scheduled<Void>?

    /// A large body has longer: whoever sends so much each second is not late.
    private static let bytesPerSecond = 16 << 10

    /// - Parameter bodyTimeout: how long a body may take, beside the time that
    ///   its size gives it.
    init(bodyTimeout: Duration) {
        self.bodyTimeout = bodyTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        ConnectionEndHandler.add(to: context.pipeline)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        bodyTimer?.cancel()
        bodyTimer = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            progress.answersOwed += 1
            progress.isReading = true
            bodyBegan = .now
            bodyBytes = 0
            if bodyTimer == nil { watchBody(within: bodyTimeout, context: context) }
        case .body(let part): bodyBytes += part.readableBytes
        case .end: progress.isReading = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The request was answered here, and there is no other answer to it.
        guard !hasFailed else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head): progress.isAnswering = head.status.kind != .informational
        case .body: break
        case .end:
            progress.isAnswering = false
            progress.answersOwed -= 1
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError || error is ChannelError {
            context.fireErrorCaught(error)
            return
        }
        let isTooLarge = error as? HTTPParserError == .headerOverflow
        fail(isTooLarge ? "header-too-large" : "bad-request", error, context: context)
    }

    private func fail(_ code: String, _ error: any Error, context: ChannelHandlerContext) {
        guard !hasFailed else { return }
        hasFailed = true
        if progress.takesAnswer { answer(code, context: context) }
        // What came of the body must not pass for all of it.
        if progress.isReading { context.fireErrorCaught(error) }
        context.close(promise: nil)
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

    private func answer(_ code: String, context: ChannelHandlerContext) {
        let requestID = RequestNumber.next()
        let response = APIResponse.problem(HubError(code), requestID: requestID, path: "", chinese: false)
        guard case .object(let value) = response.body else { return }
        let body = ByteBuffer(bytes: value.encodedBytes())
        var head = HTTPResponse(status: .init(code: response.status))
        head.headerFields[.contentType] = "application/problem+json; charset=utf-8"
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.connection] = "close"
        head.headerFields[.date] = date.text
        if let name = HTTPField.Name("X-Request-ID") { head.headerFields[name] = requestID }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
