import CloudEvents
import Testing

struct CESQLExpressionTests {
    @Test(arguments: [
        ("ABC(", 5), ("", 1), ("   ", 4), ("(TRUE", 6), ("TRUE)", 5), ("1 +", 4), ("1 + + 2", 5), ("x LIKE 123", 8),
        ("x LIKE type", 8), ("x LIKE", 7), ("x NOT", 6), ("x NOT = 1", 7), ("x IN ()", 7), ("x IN 1", 6),
        ("x IN (1", 8), ("x IN (1,)", 9), ("EXISTS", 7), ("EXISTS 'a'", 8), ("EXISTS 12", 8), ("EXISTS a_b", 8),
        ("'abc", 1), ("\"abc'", 1), (#"'abc\'"#, 1), ("a b", 3), ("'a' 'b'", 5), ("'a''b'", 4), ("a_b", 1),
        ("a_b = 1", 1), ("fn2(1)", 1), ("_fn(1)", 1), ("CONCAT('a',)", 12), ("CONCAT(,)", 8), ("1 = = 2", 5),
        ("a == 1", 4), ("a ! = 1", 3), ("a & b", 3), ("a.b", 2), ("data['x']", 5), ("2147483648", 1),
        ("-2147483649", 2), ("AND", 1), ("type = 'a' AND", 15), ("NOT", 4), ("-", 2), ("x LIKE 'a' 'b'", 12),
        ("类型 = 'a'", 1), ("type = ‘a’", 8), ("（TRUE）", 1), ("'会盟' = ；", 8), ("\u{3000}TRUE", 1),
    ])
    func textOutsideTheGrammarIsRefusedWithItsPlace(_ text: String, _ position: Int) {
        let error = #expect(throws: CESQLParseError.self) { try CESQLExpression(text) }
        #expect(error?.position == position)
        #expect(error?.messageZh.isEmpty == false)
        #expect(error?.kind == .parse)
    }

    @Test(arguments: [
        CESQLCase("TRUE OR FALSE AND FALSE", false),
        CESQLCase("FALSE AND missing OR TRUE", true),
        CESQLCase("1 + 2 = 3 AND 2 < 3", true),
        CESQLCase("NOT TRUE OR TRUE", true),
        CESQLCase("NOT NOT TRUE", true),
        CESQLCase("NOT FALSE = TRUE", true),
        CESQLCase("1 = 1 = TRUE", true),
        CESQLCase("10 - 3 - 2", 5),
        CESQLCase("100 / 10 / 5", 2),
        CESQLCase("-'1' LIKE '-1'", true),
        CESQLCase("NOT 'TRUE' LIKE 'false'", true),
        CESQLCase("NOT ('a' LIKE 'b')", true),
        CESQLCase("2 * 3 IN (3) * 1", 2),
        CESQLCase("4 -1", 3),
        CESQLCase("4-1", 3),
        CESQLCase("4 - -1", 5),
        CESQLCase("1 + 1 LIKE '2'", 1),
        CESQLCase("\t1\r\n= 1 ", true),
        CESQLCase("1abc = 'x'", true, ["1abc": "x"]),
        CESQLCase("int = 3", true, ["int": 3]),
        CESQLCase("SUBJECT = 'x'", true, ["subject": "x"]),
    ])
    func operatorsBindInTheOrderOfTheSpecification(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("2147483647 + 1", 0, error: .math),
        CESQLCase("-2147483648 - 1", 0, error: .math),
        CESQLCase("65536 * 65536", 0, error: .math),
        CESQLCase("-2147483648 / -1", 0, error: .math),
        CESQLCase("-2147483648 % -1", 0),
        CESQLCase("-(-2147483648)", 0, error: .math),
        CESQLCase("-5 / 3", -1),
        CESQLCase("-5 % 3", -2),
        CESQLCase("5 % -3", 2),
        CESQLCase("(2147483647 + 1) = 0", false, error: .math),
    ])
    func resultsBeyond32BitsAreMathErrors(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("'abc' = 10", false, error: .cast),
        CESQLCase("'abc' < 10", false, error: .cast),
        CESQLCase("'abc' AND TRUE", false, error: .cast),
        CESQLCase("TRUE AND 'abc'", false, error: .cast),
        CESQLCase("FALSE AND 'abc'", false),
        CESQLCase("TRUE XOR 'abc'", false, error: .cast),
        CESQLCase("1 IN ('abc')", false, error: .cast),
        CESQLCase("1 IN (1, 'abc')", true),
        CESQLCase("NOT 'abc'", false, error: .cast),
        CESQLCase("-'abc'", 0, error: .cast),
        CESQLCase("1 AND 2", true),
    ])
    func failedCastsNameTheirKind(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test
    func textIsComparedByCodePoints() throws {
        let result = try CESQLExpression("subject = 'e\u{301}'").evaluate { _ in "\u{E9}" }
        #expect(result.value == false)
        #expect(result.error == nil)
    }

    @Test
    func onlyBooleanTrueWithoutErrorPasses() throws {
        #expect(try CESQLExpression("TRUE").evaluate { _ in nil }.passes)
        #expect(try !CESQLExpression("'true'").evaluate { _ in nil }.passes)
        #expect(try !CESQLExpression("1").evaluate { _ in nil }.passes)
        #expect(try !CESQLExpression("missing").evaluate { _ in nil }.passes)
    }

    @Test
    func namesOfAttributesAreKnownBeforeEvaluation() throws {
        let expression = try CESQLExpression("EXISTS a AND b1 = 'c' AND LENGTH(D) > 1 AND NOSUCH(e) IN (f)")
        #expect(expression.attributeNames == ["a", "b1", "d", "e", "f"])
        #expect(expression.text.hasPrefix("EXISTS a"))
    }

    @Test
    func rightOperandIsNotReadWhenTheLeftDecides() throws {
        var read: [String] = []
        let expression = try CESQLExpression("a OR b")
        _ = expression.evaluate { name in
            read.append(name)
            return true
        }
        #expect(read == ["a"])
    }

    @Test(arguments: ["subject = 1", "subject AND TRUE", "-subject", "LEFT(subject, subject)"])
    func errorsDoNotRepeatValuesOfAttributes(_ text: String) throws {
        let result = try CESQLExpression(text).evaluate { _ in "秘密secret" }
        let error = try #require(result.error)
        #expect(!error.message.contains("secret") && !error.messageZh.contains("秘密"))
        #expect(!error.description.contains("secret"))
    }
}
