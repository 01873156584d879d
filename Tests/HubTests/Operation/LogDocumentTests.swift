import TestSupport
import Testing

/// The log's keys and messages stand in a table, and messages are fixed texts.
struct LogDocumentTests {
    private struct Call {
        var file: String
        var level: String
        /// The first argument as it is written: a literal, or a choice among some.
        var message: Substring

        /// The texts that may be said.
        var texts: [String] { message.matches(of: /"((?:[^"\\]|\\.)*)"/).map { String($0.1) } }
    }

    private static func calls() throws -> [Call] {
        try Sources.all().flatMap { source in
            source.text.matches(
                of: /[lL]ogger\.(?<level>trace|debug|info|notice|warning|error|critical)\(/
            ).map { match in
                Call(
                    file: source.path, level: String(match.level),
                    message: firstArgument(source.text[match.range.upperBound...]))
            }
        }
    }

    /// What stands before the first comma or closing bracket that is not in a text.
    private static func firstArgument(_ text: Substring) -> Substring {
        var (isQuoted, depth) = (false, 0)
        let end = text.indices.first { index in
            switch text[index] {
            case "\"": isQuoted.toggle()
            case "(" where !isQuoted: depth += 1
            case ")" where !isQuoted && depth > 0: depth -= 1
            case ")" where !isQuoted, "," where !isQuoted && depth == 0: return true
            default: break
            }
            return false
        }
        return text[..<(end ?? text.endIndex)]
    }

    @Test func messagesAreFixedTexts() throws {
        let calls = try Self.calls()
        #expect(calls.count > 20)
        for call in calls {
            #expect(!call.texts.isEmpty && !call.message.contains("\\("), "\(call.file): \(call.message)")
        }
    }

    @Test func everyMessageIsInTheTable() throws {
        let rows = try OperationDocument().table("message", "level")
        let documented = Set(rows.map { "\($0[1]): \($0[0])" })
        let said = Set(try Self.calls().flatMap { call in call.texts.map { "\(call.level): \($0)" } })
        #expect(said.subtracting(documented) == [], "add a row to deploy/operation.md")
        #expect(documented.subtracting(said) == [], "nothing says this any more")
        for row in rows { #expect(row.count == 4 && row[3].hasChinese, "\(row)") }
    }

    @Test func everyKeyIsInTheTable() throws {
        let rows = try OperationDocument().table("key", "what it holds")
        #expect(rows.map(\.[0]) == rows.map(\.[0]).sorted())
        let used = Set(
            try Sources.all().flatMap { $0.text.matches(of: /"((?:hub|postgres)_[a-z_]+)":\s/).map { String($0.1) } })
        #expect(used.count > 20)
        #expect(used.subtracting(rows.map(\.[0])) == [], "add a row to deploy/operation.md")
        #expect(Set(rows.map(\.[0])).subtracting(used) == [], "nothing uses this any more")
        for row in rows { #expect(row.count == 3 && row[2].hasChinese, "\(row)") }
    }

    @Test func keysBearThePrefixOfTheirFloor() throws {
        for source in try Sources.all() {
            for match in source.text.matches(of: /metadata: \[([^\]]*)\]/) {
                for key in match.1.matches(of: /"([A-Za-z_.-]+)":/) {
                    let prefix = source.path.hasPrefix("PostgresClient/") ? "postgres_" : "hub_"
                    #expect(key.1.hasPrefix(prefix), "\(source.path): \(key.1)")
                }
            }
        }
    }
}
