import Hub
import NIOCore

/// Counts a connection, and ends one on which the head of a request does not
/// come within its time: a byte now and then must not hold a connection for
/// ever. It looks at the bytes, before anybody knows what they mean, and is told
/// by the handler of requests what they have become.
///
/// A connection that has said nothing at all is closed without a word; one that
/// has begun a request is told with 408.
final class ConnectionWatchHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// The head of a request has not come within its time.
    struct HeadTooSlow: Error {}
    /// There are as many connections as there may be.
    struct TooManyConnections: Error {}

    private let capacity: Capacity
    private let timeout: TimeAmount
    private var isCounted = false
    /// Since when the head of a request is waited for; nil while none is.
    private var waitsSince: NIODeadline?
    private var hasBegun = false
    private var isReading = false
    private var timer: Scheduled<Void>?

    init(capacity: Capacity) {
        self.capacity = capacity
        timeout = TimeAmount(capacity.limits.headTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context: context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context: context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !isReading {
            hasBegun = true
            if waitsSince == nil { waitsSince = .now() }
        }
        context.fireChannelRead(data)
        watch(context: context)
    }

    /// The head of a request is here.
    func headCame() {
        waitsSince = nil
        hasBegun = false
        isReading = true
    }

    /// All of a request is here.
    func requestCame() {
        isReading = false
    }

    // MARK: -

    private func begin(context: ChannelHandlerContext) {
        guard !isCounted else { return }
        isCounted = true
        switch capacity.connectionOpened() {
        case .served:
            waitsSince = .now()
            watch(context: context)
        case .refused: context.fireErrorCaught(TooManyConnections())
        case .hungUp: context.close(promise: nil)
        }
    }

    private func end() {
        timer?.cancel()
        timer = nil
        guard isCounted else { return }
        isCounted = false
        capacity.connectionClosed()
    }

    /// One timer for the connection, set anew when it goes off: most heads come
    /// in one piece, and a timer for each would cost more than they do.
    private func watch(context: ChannelHandlerContext) {
        guard timer == nil, let waitsSince else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: waitsSince + timeout) {
            self.timer = nil
            guard let since = self.waitsSince else { return }
            guard since + self.timeout <= .now() else { return self.watch(context: context) }
            if self.hasBegun {
                context.fireErrorCaught(HeadTooSlow())
            } else {
                context.close(promise: nil)
            }
        }
    }
}
