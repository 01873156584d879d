import CloudEvents
import Hub

/// Which filters of a unit's own events go together: `source` with `id`, or
/// `publisher=me` with a span of time. Any other is refused: a filter that is
/// passed over answers another question than was asked.
enum EventFilters {
    private static let ofOneEvent = ["source", "id"]
    private static let ofOwnEvents = ["publisher", "recordedFrom", "recordedTo"]

    /// - Throws: `unsupported-filter` with every filter that is not served.
    static func check(_ request: APIRequest) throws {
        let named = (ofOneEvent + ofOwnEvents).filter { request.parameter($0) != nil }
        let isOneEvent = ofOneEvent.allSatisfy(named.contains)
        let isOwnEvents = !isOneEvent && request.parameter("publisher") == "me"
        let served = isOneEvent ? ofOneEvent : isOwnEvents ? ofOwnEvents : []
        var refused = named.filter { !served.contains($0) }
        // Nothing was asked for at all.
        if served.isEmpty, refused.isEmpty { refused = ["publisher"] }
        guard !refused.isEmpty else { return }
        throw HubError("unsupported-filter", faults: refused.map(fault))
    }

    private static func fault(_ name: String) -> InputFault {
        InputFault(
            path: "query:\(name)", code: "unsupported-filter",
            message: "ask with source and id, or with publisher=me and recordedFrom or recordedTo",
            messageZh: "请用source和id查询，或用publisher=me（可加recordedFrom、recordedTo）查询")
    }
}
