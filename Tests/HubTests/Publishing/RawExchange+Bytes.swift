import AsyncHTTPClient
import NIOCore
import NIOPosix

extension RawExchange {
    /// Bytes that are no text, and the whole answer.
    static func answer(to request: [UInt8], port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: HTTPClient.defaultEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: request))
            var bytes = ByteBuffer()
            for try await part in inbound { bytes.writeImmutableBuffer(part) }
            return String(buffer: bytes)
        }
    }
}
