import CloudEvents
import Hub

/// A page of a list that is held in memory, such as units or contracts: from
/// the element after the cursor, which is the key of the last one shown.
struct Page<Element> {
    let elements: ArraySlice<Element>
    let next: JSONValue

    /// - Throws: `bad-query` for a cursor that is no key of the list.
    init(of list: [Element], key: (Element) -> String, request: APIRequest) throws {
        let limit = try request.limit()
        var start = 0
        if let cursor = request.parameter("cursor") {
            guard let found = list.firstIndex(where: { key($0) == cursor }) else {
                throw request.badQuery("cursor", "is not a cursor of this list", "不是本列表的游标")
            }
            start = found + 1
        }
        elements = list[start...].prefix(limit)
        let isLast = start + elements.count >= list.count
        next = isLast ? .null : elements.last.map { .string(key($0)) } ?? .null
    }

    /// `{items, next}`.
    func json(_ shown: (Element) -> JSONValue) -> JSONValue {
        ["items": .array(elements.map(shown)), "next": next]
    }
}

extension JSONValue {
    /// A text, or null.
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    /// An instant in Beijing time, or null.
    static func optional(_ instant: Timestamp?) -> JSONValue { optional(instant?.rfc3339()) }
}
