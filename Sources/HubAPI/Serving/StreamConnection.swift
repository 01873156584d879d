import NIOCore

/// The connection under a stream, for what the stream itself cannot do.
struct StreamConnection: Sendable {
    private let channel: any Channel
    /// What the system may hold for the client beside what the hub holds.
    private static let sendBuffer: Int32 = 64 << 10

    init(channel: any Channel) {
        self.channel = channel
    }

    /// Closes the connection at once, although the client does not read.
    func hangUp() {
        channel.close(mode: .all, promise: nil)
    }

    /// Keeps the system from buffering megabytes for a client that does not
    /// read, which would hide for long how far it is behind.
    func limitSendBuffer() {
        _ = channel.setOption(.socketOption(.so_sndbuf), value: SocketOptionValue(Self.sendBuffer))
    }
}
