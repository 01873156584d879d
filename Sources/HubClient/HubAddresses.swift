import Synchronization

/// The base addresses of a hub's processes, and which of them is asked now.
final class HubAddresses: Sendable {
    let bases: [String]
    private let index = Atomic<Int>(0)

    /// - Throws: ``HubClientError`` `bad-url` for an address that is none.
    init(_ configuration: HubClientConfiguration) throws {
        bases = try ([configuration.url] + configuration.alternatives).map { url in
            var base = url
            while base.hasSuffix("/") { base.removeLast() }
            guard base.hasPrefix("http://") || base.hasPrefix("https://"), !base.contains(" ") else {
                throw HubClientError(
                    code: "bad-url", message: "the hub's address must begin with http:// or https:// and hold no path")
            }
            return base
        }
    }

    /// The one to ask now.
    var current: Int { index.load(ordering: .relaxed) }

    /// Takes the next one from now on, where an error says that this one is of
    /// no use, and nobody has done so already.
    ///
    /// - Returns: whether the next one may be asked at once.
    func leave(_ failed: Int, after error: HubClientError) -> Bool {
        guard bases.count > 1, error.isTransient else { return false }
        switch error.status {
        case nil, 502?, 503?, 504?: break
        // Any other answer is the hub's own, and the next process gives the same.
        default: return false
        }
        _ = index.compareExchange(
            expected: failed, desired: (failed + 1) % bases.count, ordering: .relaxed)
        // What the database answered slowly, or not at all, it does not answer
        // faster to another.
        return error.code == "unreachable" || error.code == "shutting-down"
    }
}
