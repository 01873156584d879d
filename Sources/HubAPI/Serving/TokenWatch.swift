import Hub
import Store

/// Tells whether the token of a request that waits was revoked meanwhile, or
/// ran out: who asked may wait for longer than it lives.
struct TokenWatch: Sendable {
    private let revoked = Flag()
    private let end: @Sendable () -> Void

    /// - Parameter wake: wakes the request, which then asks ``isRevoked``.
    init(_ request: APIRequest, _ services: HubServices, wake: @escaping @Sendable () -> Void) {
        let watch = request.token.map { [revoked] token in
            services.tokens.watch(token) {
                revoked.set()
                wake()
            }
        }
        end = { if let watch { services.tokens.unwatch(watch) } }
    }

    var isRevoked: Bool { revoked.isSet }

    /// Must be called once the request is answered.
    func stop() { end() }
}
