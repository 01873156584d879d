/// What waits, in one line for each sender; the lines take turns, so that a
/// long one makes nobody else wait.
///
/// Within a line the order is that of coming.
package struct FairQueue<Sender: Hashable & Sendable, Element: Sendable>: Sendable {
    private struct Line {
        var elements: [Element] = []
        /// How many at the beginning were taken.
        var taken = 0

        var isEmpty: Bool { taken == elements.count }

        mutating func next(_ most: Int, into result: inout [Element]) -> Int {
            let count = min(most, elements.count - taken)
            result.append(contentsOf: elements[taken..<taken + count])
            taken += count
            if taken * 2 >= elements.count {
                elements.removeFirst(taken)
                taken = 0
            }
            return count
        }
    }

    private var lines: [Sender: Line] = [:]
    /// Whose lines hold something, in the order of their turns.
    private var turns: [Sender] = []
    package private(set) var count = 0

    /// How many go in one turn.
    private static var portion: Int { 8 }

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Puts elements at the end of a sender's line.
    package mutating func append(_ elements: [Element], from sender: Sender) {
        guard !elements.isEmpty else { return }
        if lines[sender] == nil { turns.append(sender) }
        lines[sender, default: Line()].elements += elements
        count += elements.count
    }

    /// Takes up to so many, some from each line in turn, and tells how many
    /// were of whom.
    package mutating func take(_ most: Int) -> (elements: [Element], senders: [Sender: Int]) {
        var result: [Element] = []
        var senders: [Sender: Int] = [:]
        while result.count < most, let sender = turns.first {
            let wanted = most - result.count
            let portion = turns.count == 1 ? wanted : min(Self.portion, wanted)
            senders[sender, default: 0] += takeTurn(portion, into: &result)
        }
        return (result, senders)
    }

    // MARK: - One at a time

    /// How many senders have something waiting.
    package var senders: Int { turns.count }

    /// Whose turn it is, and the first of that line; nil when nothing waits.
    package var first: (element: Element, sender: Sender)? {
        guard let sender = turns.first, let line = lines[sender] else { return nil }
        return (line.elements[line.taken], sender)
    }

    /// Drops ``first``; the next sender has its turn.
    package mutating func dropFirst() {
        var dropped: [Element] = []
        _ = takeTurn(1, into: &dropped)
    }

    /// Takes up to so many of the line whose turn it is; then it is the next one's.
    private mutating func takeTurn(_ most: Int, into result: inout [Element]) -> Int {
        guard !turns.isEmpty else { return 0 }
        let sender = turns.removeFirst()
        let taken = lines[sender]?.next(most, into: &result) ?? 0
        count -= taken
        if lines[sender]?.isEmpty ?? true {
            lines[sender] = nil
        } else {
            turns.append(sender)
        }
        return taken
    }

    /// Gives the turn to the next sender.
    package mutating func rotate() {
        guard !turns.isEmpty else { return }
        turns.append(turns.removeFirst())
    }
}
