/// Reads SQL out of Swift source, and finds statements on a county's table that
/// do not name the county.
enum StatementScan {
    /// A text of a source that holds SQL.
    struct Statement: Hashable {
        /// The `name:` that stands before it; the file's where there is none.
        var name: String
        var text: String
    }

    /// The literals of a source that name a table of the hub. What is
    /// interpolated stands as one word.
    static func statements(in source: String, file: String) -> [Statement] {
        var scanner = SwiftLiterals(source)
        scanner.scan()
        var name = file
        var statements: [Statement] = []
        for literal in scanner.literals {
            if literal.isName { name = literal.text }
            if literal.text.contains("hub.") { statements.append(Statement(name: name, text: literal.text)) }
            if literal.text.contains("hub.") { name = file }
        }
        return statements
    }

    /// The tables that a statement reads or writes without naming their county,
    /// of those that have one.
    static func withoutCounty(_ sql: String, tables: Set<String>) -> [String] {
        let tokens = SQLTokens.of(sql)
        var found: [String] = []
        for index in tokens.indices where tokens[index] == "hub" && index + 2 < tokens.count && tokens[index + 1] == "."
        {
            let table = tokens[index + 2]
            let isUnknown = table == SwiftLiterals.interpolation
            guard isUnknown || tables.contains(table), index > 0 else { continue }
            let verb = tokens[index - 1].uppercased()
            guard ["FROM", "JOIN", "INTO", "UPDATE", "USING", "ONLY"].contains(verb) else { continue }
            let isNamed =
                verb == "INTO"
                ? insertNamesCounty(tokens[(index + 3)...])
                : conditionNamesCounty(tokens, alias: alias(after: index + 2, tokens))
            if !isNamed { found.append(table) }
        }
        return found
    }

    private static func alias(after index: Int, _ tokens: [String]) -> String? {
        guard index + 2 < tokens.count, tokens[index + 1].uppercased() == "AS" else { return nil }
        return tokens[index + 2]
    }

    /// `(county, …)`, or the county first where no columns are listed.
    private static func insertNamesCounty(_ rest: ArraySlice<String>) -> Bool {
        var rest = rest
        if rest.first?.uppercased() == "AS" { rest = rest.dropFirst(2) }
        if rest.first == "(" { return rest.prefix { $0 != ")" }.contains("county") }
        return rest.dropFirst().prefix { $0 != "," }.contains { $0.contains("county") }
    }

    /// A comparison of `alias.county`, or of `county` alone.
    private static func conditionNamesCounty(_ tokens: [String], alias: String?) -> Bool {
        tokens.indices.contains { index in
            guard tokens[index] == "county" else { return false }
            let start: Int
            if let alias {
                guard index > 1, tokens[index - 1] == ".", tokens[index - 2] == alias else { return false }
                start = index - 2
            } else {
                guard index == 0 || tokens[index - 1] != "." else { return false }
                start = index
            }
            let isComparedAfter = index + 1 < tokens.count && tokens[index + 1] == "="
            return isComparedAfter || (start > 0 && tokens[start - 1] == "=")
        }
    }
}

/// The words and signs of a statement, without comments and quoted text.
enum SQLTokens {
    static func of(_ sql: String) -> [String] {
        var tokens: [String] = []
        var rest = Substring(sql)
        while let character = rest.first {
            if character.isWhitespace {
                rest = rest.dropFirst()
            } else if rest.hasPrefix("--") {
                rest = rest.drop { $0 != "\n" }
            } else if character == "'" {
                rest = rest.dropFirst().drop { $0 != "'" }.dropFirst()
            } else if character == "\"" {
                tokens.append(String(rest.dropFirst().prefix { $0 != "\"" }))
                rest = rest.dropFirst().drop { $0 != "\"" }.dropFirst()
            } else if isWord(character) {
                let word = rest.prefix(while: isWord)
                tokens.append(String(word))
                rest = rest.dropFirst(word.count)
            } else {
                tokens.append(String(character))
                rest = rest.dropFirst()
            }
        }
        return tokens
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "$"
    }
}

/// The string literals of Swift source, those inside interpolations too.
struct SwiftLiterals {
    struct Literal: Hashable {
        var text: String
        /// Whether `name:` stands before it.
        var isName: Bool
    }

    /// The word that stands for what is interpolated.
    static let interpolation = "INTERPOLATED"

    private(set) var literals: [Literal] = []
    private let source: [Character]
    private var position = 0

    init(_ source: String) {
        self.source = Array(source)
    }

    mutating func scan() {
        while position < source.count {
            if starts("//") {
                while position < source.count, source[position] != "\n" { position += 1 }
            } else if source[position] == "\"" {
                literal()
            } else {
                position += 1
            }
        }
    }

    private mutating func literal() {
        let before = String(source[max(0, position - 7)..<position])
        // Before those inside it.
        let place = literals.count
        literals.append(Literal(text: "", isName: before.hasSuffix("name: ")))
        let delimiter = starts("\"\"\"") ? "\"\"\"" : "\""
        position += delimiter.count
        var text = ""
        while position < source.count, !starts(delimiter) {
            if starts("\\(") {
                position += 2
                interpolated()
                text += Self.interpolation
            } else if source[position] == "\\" {
                position += 2
                text += " "
            } else {
                text.append(source[position])
                position += 1
            }
        }
        position += delimiter.count
        literals[place].text = text
    }

    private mutating func interpolated() {
        var depth = 1
        while position < source.count, depth > 0 {
            switch source[position] {
            case "\"":
                literal()
                continue
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            position += 1
        }
    }

    private func starts(_ text: String) -> Bool {
        let characters = Array(text)
        return position + characters.count <= source.count
            && source[position..<position + characters.count].elementsEqual(characters)
    }
}
