/// A queue, first in first out, without moving its elements on each removal.
struct FIFO<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }
    var count: Int { elements.count - head }
    var first: Element? { isEmpty ? nil : elements[head] }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    /// Puts elements before all others, in their order.
    mutating func prepend(_ others: [Element]) {
        elements.replaceSubrange(..<head, with: others.map { $0 })
        head = 0
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head].take()
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Changes the first element in place.
    mutating func updateFirst<Result>(_ change: (inout Element) -> Result) -> Result? {
        guard !isEmpty, var element = elements[head].take() else { return nil }
        defer { elements[head] = element }
        return change(&element)
    }

    /// Changes those that satisfy a condition.
    mutating func update(where condition: (Element) -> Bool, _ change: (inout Element) -> Void) {
        for index in head..<elements.count {
            guard var element = elements[index], condition(element) else { continue }
            change(&element)
            elements[index] = element
        }
    }

    /// Takes out the first that satisfies a condition.
    mutating func remove(where condition: (Element) -> Bool) -> Element? {
        for index in head..<elements.count {
            if let element = elements[index], condition(element) {
                elements.remove(at: index)
                return element
            }
        }
        return nil
    }

    /// Takes out everything, in order.
    mutating func removeAll() -> [Element] {
        defer {
            elements.removeAll()
            head = 0
        }
        return elements[head...].compactMap { $0 }
    }

    func contains(where condition: (Element) -> Bool) -> Bool {
        elements[head...].contains { $0.map(condition) ?? false }
    }

    func allSatisfy(_ condition: (Element) -> Bool) -> Bool {
        elements[head...].allSatisfy { $0.map(condition) ?? true }
    }
}

extension FIFO: Sendable where Element: Sendable {}
