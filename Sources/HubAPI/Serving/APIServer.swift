import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTP server under the API.
struct APIServer: Service {
    private let server: any Service
    private let drain: Drain

    /// Beyond these a connection is not worth an answer with details; the
    /// API's own bound on headers lies below.
    private static let headerListLimit = 64 << 10
    private static let headerCountLimit = 200
    private static let backlog = 1024

    /// A server that listens when it is run.
    ///
    /// - Parameter onRunning: told the port when requests are accepted.
    init(
        services: HubServices, host: String, port: Int, idleTimeout: Duration, bodyTimeout: Duration,
        logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void,
    ) throws {
        drain = services.drain
        let capacity = services.capacity
        let metrics = services.metrics
        let responder = APIResponder(endpoints: Endpoint.all(services), services: services)
        let decoding = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Self.headerListLimit, maxHeaderListSize: Self.headerListLimit,
            maxHeaderFieldCount: Self.headerCountLimit)
        let channels = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                MalformedRequestHandler(bodyTimeout: bodyTimeout, capacity: capacity, metrics: metrics)
            ],
            idleTimeout: TimeAmount(idleTimeout), httpDecoderConfiguration: decoding)
        server = try HTTPServerBuilder { responder in
            EventLoopChannel(http: HTTP1Channel(responder: responder, configuration: channels))
        }.buildServer(
            configuration: ServerConfiguration(address: .hostname(host, port: port), backlog: Self.backlog),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            responder: { request, writer, channel in
                // Clients with a large body wait a second for this before they send it.
                if request.headers[.expect]?.lowercased() == "100-continue" {
                    try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                }
                let response = await responder.respond(to: request, channel: channel)
                try await writer.write(response: response.head, body: response.body)
            },
            onServerRunning: { channel in
                await onRunning(channel.localAddress?.port ?? port)
            })
    }

    /// Serves until asked to shut down; then what waits on purpose ends, and
    /// the rest is answered.
    func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            drain.begin()
        }
    }
}
