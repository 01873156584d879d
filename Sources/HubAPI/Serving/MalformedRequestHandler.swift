import CloudEvents
import HTTPTypes
import Hub
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what is no HTTP, or has more header fields than are read, with a
/// problem like any other, and closes the connection: nothing tells where the
/// next request would begin.
final class MalformedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var answersOwed = 0
    private var hasFailed = false
    private let date = DateHeader()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { answersOwed += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { answersOwed -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError || error is ChannelError {
            context.fireErrorCaught(error)
            return
        }
        guard !hasFailed else { return }
        hasFailed = true
        // In the middle of another answer, or of this request's body, there is
        // no place for one more.
        if answersOwed == 0 { answer(error, context: context) }
        context.close(promise: nil)
    }

    private func answer(_ error: any Error, context: ChannelHandlerContext) {
        let isTooLarge = error as? HTTPParserError == .headerOverflow
        let requestID = RequestNumber.next()
        let problem = HubError(isTooLarge ? "header-too-large" : "bad-request")
        let response = APIResponse.problem(problem, requestID: requestID, path: "", chinese: false)
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
