import NIOCore
import NIOHTTP1

/// Marks the requests after which the connection ends with one and the same
/// `Connection: close`, which is what the server looks for. A client of HTTP/1.0
/// reads to the end of the connection, whether or not it would keep it.
final class ConnectionEndHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Adds one where requests still say of which version they are.
    static func add(to pipeline: ChannelPipeline) {
        let operations = pipeline.syncOperations
        guard let decoder = try? operations.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? operations.addHandler(ConnectionEndHandler(), position: .after(decoder))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        let tokens = head.headers[canonicalForm: "connection"].map { $0.lowercased() }
        if head.version == .http1_0 || tokens.contains("close") {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
