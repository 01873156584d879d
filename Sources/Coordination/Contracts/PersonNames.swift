import ChineseIdentifiers

/// The names of the persons an event is about, to be looked for in what more
/// people read than may know them.
///
/// An event may name hundreds of children and have a mebibyte of text, so all
/// names are looked for at once, each byte of the text being read about once
/// (Aho and Corasick, Efficient String Matching, 1975). UTF-8 lets bytes be
/// compared: a character never begins within another.
package struct PersonNames: Sendable {
    /// How sure it is that a text names one of them.
    package enum Finding: UInt8, Sendable, Hashable {
        /// A name of two characters, which is often part of another word.
        case doubtful = 1
        /// A name of three characters or more.
        case certain = 2
    }

    /// A prefix of a name; the empty one is number 0.
    private struct Node {
        /// The longest other prefix that this one ends in.
        var fallback = 0
        /// What is found once this much was read.
        var finding: Finding?
    }

    /// Names are searched for one by one while they are few.
    private var few: [(bytes: [UInt8], finding: Finding)] = []
    /// More than these make a table, which takes longer to build than to search
    /// a few short texts without it.
    private static let fewAtMost = 8
    private var nodes = [Node()]
    /// The next prefix, by this one's number and the byte that follows.
    private var next: [Int: Int] = [:]
    /// The same for the empty prefix, where nearly all bytes are read.
    private var first: [Int] = []

    /// Names as they were sent; those of one character are left out.
    package init(_ names: some Sequence<String>) {
        var forms: [(name: String, finding: Finding)] = []
        for name in Set(names.flatMap { [TextHygiene.trimmed($0), TextHygiene.normalisedName($0)] }) {
            let length = name.unicodeScalars.count
            if length > 1 { forms.append((name, length > 2 ? .certain : .doubtful)) }
        }
        guard forms.count > Self.fewAtMost else {
            few = forms.map { (Array($0.name.utf8), $0.finding) }
            return
        }
        first = [Int](repeating: 0, count: 256)
        for form in forms { insert(form.name, form.finding) }
        link()
    }

    /// Whether a text names one of them; nil when it does not.
    package func search(_ text: String) -> Finding? {
        if few.isEmpty, nodes.count == 1 { return nil }
        var text = text
        return text.withUTF8 { few.isEmpty ? search($0) : searchFew($0) }
    }

    private func searchFew(_ text: UnsafeBufferPointer<UInt8>) -> Finding? {
        var found: Finding?
        for name in few where found != .certain {
            let isThere = name.bytes.withUnsafeBufferPointer { Self.holds(text, $0) }
            if isThere { found = name.finding == .certain ? .certain : found ?? .doubtful }
        }
        return found
    }

    private static func holds(_ text: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count >= name.count else { return false }
        return (0...text.count - name.count).contains { start in
            text[start] == name[0] && text[start..<start + name.count].elementsEqual(name)
        }
    }

    private func search(_ text: UnsafeBufferPointer<UInt8>) -> Finding? {
        var found: Finding?
        var node = 0
        for byte in text {
            node = step(node, byte)
            guard node > 0, let finding = nodes[node].finding else { continue }
            if finding == .certain { return .certain }
            found = .doubtful
        }
        return found
    }

    private func step(_ node: Int, _ byte: UInt8) -> Int {
        var node = node
        while node > 0 {
            if let next = next[node << 8 | Int(byte)] { return next }
            node = nodes[node].fallback
        }
        return first[Int(byte)]
    }

    // MARK: Building

    private mutating func insert(_ name: String, _ finding: Finding) {
        var node = 0
        for byte in name.utf8 {
            let known = node == 0 ? first[Int(byte)] : next[node << 8 | Int(byte)] ?? 0
            if known > 0 {
                node = known
                continue
            }
            nodes.append(Node())
            if node == 0 { first[Int(byte)] = nodes.count - 1 } else { next[node << 8 | Int(byte)] = nodes.count - 1 }
            node = nodes.count - 1
        }
        nodes[node].finding = finding
    }

    /// Sets the fallbacks, shorter prefixes first: they are asked for those of
    /// the longer ones.
    private mutating func link() {
        var children: [Int: [(byte: UInt8, node: Int)]] = [:]
        for (key, node) in next { children[key >> 8, default: []].append((UInt8(key & 0xFF), node)) }
        var queue = first.filter { $0 > 0 }
        var position = 0
        while position < queue.count {
            let node = queue[position]
            position += 1
            for child in children[node] ?? [] {
                let fallback = step(nodes[node].fallback, child.byte)
                nodes[child.node].fallback = fallback
                if let shorter = nodes[fallback].finding, shorter.rawValue > nodes[child.node].finding?.rawValue ?? 0 {
                    nodes[child.node].finding = shorter
                }
                queue.append(child.node)
            }
        }
    }
}
