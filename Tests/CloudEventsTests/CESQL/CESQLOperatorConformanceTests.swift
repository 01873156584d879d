import CloudEvents
import Testing

/// The cases of the public conformance suite of CESQL 1.0 for operators and
/// literals.
struct CESQLOperatorConformanceTests {
    @Test(arguments: [
        CESQLCase("TRUE = FALSE", false),
        CESQLCase("FALSE = FALSE", true),
        CESQLCase("1 = 2", false),
        CESQLCase("2 = 2", true),
        CESQLCase("'abc' = '123'", false),
        CESQLCase("'abc' = 'abc'", true),
        CESQLCase("missing = 2", false, error: .missingAttribute),
        CESQLCase("TRUE != FALSE", true),
        CESQLCase("FALSE != FALSE", false),
        CESQLCase("1 != 2", true),
        CESQLCase("2 != 2", false),
        CESQLCase("'abc' != '123'", true),
        CESQLCase("'abc' != 'abc'", false),
        CESQLCase("missing != 2", false, error: .missingAttribute),
        CESQLCase("TRUE <> FALSE", true),
        CESQLCase("FALSE <> FALSE", false),
        CESQLCase("1 <> 2", true),
        CESQLCase("2 <> 2", false),
        CESQLCase("'abc' <> '123'", true),
        CESQLCase("'abc' <> 'abc'", false),
        CESQLCase("missing <> 2", false, error: .missingAttribute),
        CESQLCase("2 <= 2", true),
        CESQLCase("3 <= 2", false),
        CESQLCase("1 < 2", true),
        CESQLCase("2 < 2", false),
        CESQLCase("2 >= 2", true),
        CESQLCase("2 >= 3", false),
        CESQLCase("2 > 1", true),
        CESQLCase("2 > 2", false),
        CESQLCase("missing <= 2", false, error: .missingAttribute),
        CESQLCase("true = 'TRUE'", false),
        CESQLCase("'TRUE' = true", true),
    ])
    func comparisonCastsToTheTypeOfTheRightOperand(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("FALSE AND FALSE", false),
        CESQLCase("FALSE AND TRUE", false),
        CESQLCase("TRUE AND FALSE", false),
        CESQLCase("TRUE AND TRUE", true),
        CESQLCase("false and (1 != 1 / 0)", false),
        CESQLCase("true and (1 != 1 / 0)", false, error: .math),
        CESQLCase("FALSE OR FALSE", false),
        CESQLCase("FALSE OR TRUE", true),
        CESQLCase("TRUE OR FALSE", true),
        CESQLCase("TRUE OR TRUE", true),
        CESQLCase("true or (1 != 1 / 0)", true),
        CESQLCase("false or (1 != 1 / 0)", false, error: .math),
        CESQLCase("FALSE XOR FALSE", false),
        CESQLCase("FALSE XOR TRUE", true),
        CESQLCase("TRUE XOR FALSE", true),
        CESQLCase("TRUE XOR TRUE", false),
    ])
    func logicIsEvaluatedShortCircuit(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("4 * 2 + 4 / 2", 10),
        CESQLCase("4 * (2 + 4) / 2", 12),
        CESQLCase("5 / 3", 1),
        CESQLCase("5 / 0", 0, error: .math),
        CESQLCase("5 % 2", 1),
        CESQLCase("5 % 0", 0, error: .math),
        CESQLCase("missing / 0", 0, error: .missingAttribute),
        CESQLCase("missing % 0", 0, error: .missingAttribute),
        CESQLCase("0 / missing", 0, error: .missingAttribute),
        CESQLCase("4 + 1", 5),
        CESQLCase("-4 + 1", -3),
        CESQLCase("-4 + -1", -5),
        CESQLCase("4 + -1", 3),
        CESQLCase("4 - 1", 3),
        CESQLCase("-4 - 1", -5),
        CESQLCase("'5' + 3", 8),
        CESQLCase("5 + '3'", 8),
        CESQLCase("'5' + '3'", 8),
        CESQLCase("5 + TRUE", 6),
        CESQLCase("'5avc4' + 10", 0, error: .cast),
        CESQLCase("4 * (2 + 3)", 20),
        CESQLCase("(2 + 3) * 4", 20),
        CESQLCase("(TRUE)", true),
    ])
    func arithmeticTruncatesAndNeverTraps(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("-10", -10),
        CESQLCase("--10", 10),
        CESQLCase("-'10'", -10),
        CESQLCase("--'10'", 10),
        CESQLCase("-TRUE", -1),
        CESQLCase("-missing", 0, error: .missingAttribute),
        CESQLCase("NOT TRUE", false),
        CESQLCase("NOT FALSE", true),
        CESQLCase("NOT 'TRUE'", false),
        CESQLCase("NOT 'FALSE'", true),
        CESQLCase("NOT 10", false),
        CESQLCase("NOT 0", true),
        CESQLCase("NOT missing", false, error: .missingAttribute),
    ])
    func unaryOperatorsCastTheirOperand(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("123 IN (1, 2, 3, 12, 13, 23, 123)", true),
        CESQLCase("123 NOT IN (1, 2, 3, 12, 13, 23, 123)", false),
        CESQLCase("'abc' IN ('abc', \"bcd\")", true),
        CESQLCase("'aaa' IN ('abc', \"bcd\")", false),
        CESQLCase("TRUE IN (TRUE, FALSE)", true),
        CESQLCase("TRUE IN (FALSE)", false),
        CESQLCase("source IN (myext, 'abc')", true, ["source": "http://localhost", "myext": "http://localhost"]),
        CESQLCase("source IN (source)", true),
        CESQLCase("source IN (id, 'http://localhost')", true, ["source": "http://localhost"]),
        CESQLCase("source IN (id, 'xyz')", false),
        CESQLCase("source IN (missing, 'xyz')", false, error: .missingAttribute),
        CESQLCase("missing IN ('xyz')", false, error: .missingAttribute),
        CESQLCase("missing NOT IN ('xyz')", false, error: .missingAttribute),
        CESQLCase("'true' IN (TRUE, 'false')", true),
        CESQLCase("'true' IN ('TRUE', 'false')", false),
        CESQLCase("TRUE IN ('true', 'false')", true),
        CESQLCase("'TRUE' IN (TRUE, 'false')", false),
        CESQLCase("1 IN ('1', '2')", true),
        CESQLCase("'1' IN (1, 2)", true),
    ])
    func membershipCastsToTheTypeOfTheLeftOperand(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("EXISTS specversion AND EXISTS id AND EXISTS type AND EXISTS SOURCE", true),
        CESQLCase("EXISTS time", true, ["time": "2018-04-26T14:48:09+02:00"]),
        CESQLCase("EXISTS time", false),
        CESQLCase("NOT EXISTS time", true),
        CESQLCase("EXISTS myext", true, ["myext": 123]),
        CESQLCase("EXISTS myext", false),
    ])
    func existenceIsNeverAnError(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("TRUE", true), CESQLCase("true", true), CESQLCase("tRuE", true),
        CESQLCase("FALSE", false), CESQLCase("false", false), CESQLCase("FaLsE", false),
        CESQLCase("0", 0), CESQLCase("1", 1), CESQLCase("+1", 1),
        CESQLCase("'abc'", "abc"), CESQLCase("\"abc\"", "abc"),
        CESQLCase("'aBc'", "aBc"), CESQLCase("\"AbC\"", "AbC"),
        CESQLCase(#"'a"b\'c'"#, #"a"b'c"#),
        CESQLCase(#""a'b\"c""#, #"a'b"c"#),
    ])
    func literalsKeepTheirCase(_ example: CESQLCase) throws {
        try example.check()
    }
}
