/// Rows in aligned columns, for a terminal.
struct TextTable {
    private var rows: [[String]] = []

    /// A table with its head.
    init(_ head: [String]) {
        rows.append(head)
    }

    /// Adds a row; one with fewer cells is filled up.
    mutating func append(_ row: [String]) {
        rows.append(row)
    }

    /// Whether it has no rows but its head.
    var isEmpty: Bool { rows.count <= 1 }

    /// The lines: head, rule, rows, or a word where there are none.
    var lines: [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].displayWidth : 0 }.max() ?? 0
        }
        var lines = rows.map { row in
            let cells = (0..<count).map { column in
                let cell = column < row.count ? row[column] : ""
                return column == count - 1 ? cell : cell.padded(to: widths[column])
            }
            return cells.joined(separator: "  ")
        }
        lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
        if isEmpty { lines.append("none 无") }
        return lines
    }

    /// Prints it, each line after an indentation.
    func print(indent: Int = 0) {
        for line in lines { Swift.print(String(repeating: " ", count: indent) + line) }
    }
}
