import AsyncHTTPClient
import NIOCore
import NIOPosix

/// Bytes to a server and everything it answers until it hangs up.
enum RawExchange {
    static func answer(to request: String, port: Int) async throws -> String {
        try await answer(to: Array(request.utf8), port: port)
    }

    /// Bytes that need be no text.
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
