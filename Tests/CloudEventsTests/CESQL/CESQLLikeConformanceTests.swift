import CloudEvents
import Testing

/// The cases of the public conformance suite of CESQL 1.0 for LIKE.
struct CESQLLikeConformanceTests {
    @Test(arguments: [
        CESQLCase("'abc' LIKE 'abc'", true),
        CESQLCase(#"'ab\c' LIKE 'ab\c'"#, true),
        CESQLCase("'abc' NOT LIKE 'abc'", false),
        CESQLCase("'abc' LIKE 'a%b%c'", true),
        CESQLCase("'azbc' LIKE 'a%b%c'", true),
        CESQLCase("'azzzbzzzc' LIKE 'a%b%c'", true),
        CESQLCase("'a%b%c' LIKE 'a%b%c'", true),
        CESQLCase("'ac' LIKE 'abc'", false),
        CESQLCase("'' LIKE 'abc'", false),
        CESQLCase("'.ab.cde.' LIKE '.%.%.'", true),
        CESQLCase("'ab.cde' LIKE '.%.%.'", false),
        CESQLCase("'abc' LIKE 'a_b_c'", false),
        CESQLCase("'a_b_c' LIKE 'a_b_c'", true),
        CESQLCase("'abzc' LIKE 'a_b_c'", false),
        CESQLCase("'azbc' LIKE 'a_b_c'", false),
        CESQLCase("'azbzc' LIKE 'a_b_c'", true),
        CESQLCase("'.a.b.' LIKE '._._.'", true),
        CESQLCase("'abcd.' LIKE '._._.'", false),
        CESQLCase(#"'a_b_c' LIKE 'a\_b\_c'"#, true),
        CESQLCase(#"'a_b_c' NOT LIKE 'a\_b\_c'"#, false),
        CESQLCase(#"'azbzc' LIKE 'a\_b\_c'"#, false),
        CESQLCase(#"'abc' LIKE 'a\_b\_c'"#, false),
        CESQLCase(#"'abc' LIKE 'a\%b\%c'"#, false),
        CESQLCase(#"'a%b%c' LIKE 'a\%b\%c'"#, true),
        CESQLCase(#"'azbzc' LIKE 'a\%b\%c'"#, false),
        CESQLCase(#"myext LIKE 'abc%123\%456\_d_f'"#, true, ["myext": "abc123123%456_dzf"]),
        CESQLCase(#"myext NOT LIKE 'abc%123\%456\_d_f'"#, false, ["myext": "abc123123%456_dzf"]),
        CESQLCase("234 LIKE '23_'", true),
        CESQLCase("2344 LIKE '23%'", true),
        CESQLCase("2344 LIKE '23_'", false),
        CESQLCase("TRUE LIKE 'tr%'", true),
        CESQLCase("TRUE LIKE '%ue'", true),
        CESQLCase("FALSE LIKE 'tr%'", false),
        CESQLCase("FALSE LIKE 'fal%'", true),
        CESQLCase("missing LIKE 'a'", false, error: .missingAttribute),
        CESQLCase("missing NOT LIKE 'a'", false, error: .missingAttribute),
    ])
    func patternsMatchTheWholeText(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("'孟津' LIKE '__'", true),
        CESQLCase("'孟津' LIKE '_'", false),
        CESQLCase("'孟津' LIKE '_津'", true),
        CESQLCase("'孟津县会盟镇' LIKE '%会_镇'", true),
        CESQLCase("'𠮷a' LIKE '_a'", true),
        CESQLCase("'' LIKE ''", true),
        CESQLCase("'' LIKE '%%'", true),
        CESQLCase("'' LIKE '_'", false),
        CESQLCase("'a' LIKE ''", false),
        CESQLCase("'aaab' LIKE '%a_b%'", true),
        CESQLCase("'aBc' LIKE 'abc'", false),
        CESQLCase(#"'a\%' LIKE 'a\\%'"#, true),
        CESQLCase(#"'a\b' LIKE 'a\\b'"#, false),
    ])
    func underscoreStandsForOneCodePoint(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(.timeLimit(.minutes(1)))
    func manyWildcardsTakeNoExponentialTime() throws {
        let pattern = String(repeating: "%a", count: 2000) + "%b"
        let expression = try CESQLExpression("subject LIKE '\(pattern)'")
        let text = CESQLValue.string(String(repeating: "a", count: 100_000))
        #expect(expression.evaluate { _ in text }.value == false)
    }

    /// Each text nearly follows its pattern, over and over.
    @Test(.timeLimit(.minutes(1)), arguments: [("a", "b"), ("_", "b"), ("ab", "c"), ("a_", "b")])
    func longPiecesAreSearchedWithoutGoingBack(_ unit: String, _ ending: String) throws {
        let piece = String(repeating: unit, count: 3000 / unit.count) + ending
        let expression = try CESQLExpression("subject LIKE '%\(piece)%'")
        let text = String(repeating: unit.replacing("_", with: "a"), count: 100_000)
        #expect(expression.evaluate { _ in .string(text) }.value == false)
        #expect(expression.evaluate { _ in .string(text + ending + text) }.value == true)
    }

    /// Against the plain way: try everything.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func patternsMatchWhatTheirDefinitionSays(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func random(_ alphabet: String, _ count: Int) -> String {
            String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
        }
        func matches(_ text: Substring, _ pattern: Substring) -> Bool {
            guard let first = pattern.first else { return text.isEmpty }
            let rest = pattern.dropFirst()
            switch first {
            case "%": return matches(text, rest) || !text.isEmpty && matches(text.dropFirst(), pattern)
            case "_": return !text.isEmpty && matches(text.dropFirst(), rest)
            default: return text.first == first && matches(text.dropFirst(), rest)
            }
        }
        for _ in 0..<20 {
            let text = random("ab津", Int.random(in: 0...12, using: &generator))
            let pattern = random("ab津%%_", Int.random(in: 0...7, using: &generator))
            let value = try CESQLExpression("subject LIKE '\(pattern)'").evaluate { _ in .string(text) }.value
            #expect(value == .boolean(matches(text[...], pattern[...])), "\(text) LIKE \(pattern)")
        }
    }
}
