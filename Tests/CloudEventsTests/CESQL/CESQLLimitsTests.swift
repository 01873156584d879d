import CloudEvents
import Testing

struct CESQLLimitsTests {
    private func nested(_ open: String, _ inner: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + inner + String(repeating: close, count: count)
    }

    @Test(arguments: [
        ("(", "TRUE", ")"), ("NOT ", "TRUE", ""), ("- ", "TRUE", ""), ("INT(", "1", ")"), ("1 IN (", "1", ")"),
        ("TRUE AND (", "TRUE", ")"),
    ])
    func nestingIsBoundedAtSixtyFour(_ open: String, _ inner: String, _ close: String) throws {
        let deepest = try CESQLExpression(nested(open, inner, close, 64))
        #expect(deepest.evaluate { _ in nil }.error == nil)
        #expect(throws: CESQLParseError.self) { try CESQLExpression(nested(open, inner, close, 65)) }
        #expect(throws: CESQLParseError.self) { try CESQLExpression(nested(open, inner, close, 400)) }
    }

    @Test
    func lengthIsBoundedInCharacters() throws {
        let fitting = "'" + String(repeating: "津", count: 4094) + "'"
        #expect(try CESQLExpression(fitting).evaluate { _ in nil }.error == nil)
        #expect(throws: CESQLParseError.self) { try CESQLExpression(fitting + " ") }
        #expect(throws: CESQLParseError.self) { try CESQLExpression(String(repeating: "a", count: 1_000_000)) }
    }

    @Test
    func limitsAreTheCallersToSet() throws {
        var limits = CESQLLimits()
        limits.length = 4
        limits.depth = 1
        #expect(try CESQLExpression("TRUE", limits: limits).evaluate { _ in nil }.passes)
        #expect(throws: CESQLParseError.self) { try CESQLExpression("FALSE", limits: limits) }
        #expect(throws: CESQLParseError.self) { try CESQLExpression("((1)", limits: limits) }
    }

    @Test
    func longChainsTakeNoNesting() throws {
        let sum = Array(repeating: "1", count: 2000).joined(separator: "+")
        #expect(try CESQLExpression(sum).evaluate { _ in nil }.value == 2000)
        let alternatives = Array(repeating: "a=1", count: 500).joined(separator: " OR ")
        #expect(try CESQLExpression(alternatives).evaluate { _ in .integer(2) }.value == .boolean(false))
    }
}
