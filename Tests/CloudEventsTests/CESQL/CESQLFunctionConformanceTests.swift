import CloudEvents
import Testing

/// The cases of the public conformance suite of CESQL 1.0 for functions, and
/// the ones its text calls for besides.
struct CESQLFunctionConformanceTests {
    @Test(arguments: [
        CESQLCase("INT('1')", 1),
        CESQLCase("INT('-1')", -1),
        CESQLCase("INT(1)", 1),
        CESQLCase("INT(-1)", -1),
        CESQLCase("INT(TRUE)", 1),
        CESQLCase("INT(FALSE)", 0),
        CESQLCase("INT('ABC')", 0, error: .cast),
        CESQLCase("INT('+7')", 7),
        CESQLCase("INT('2147483648')", 0, error: .cast),
        CESQLCase("INT(' 1')", 0, error: .cast),
        CESQLCase("INT('')", 0, error: .cast),
        CESQLCase("BOOL('TRUE')", true),
        CESQLCase("BOOL(\"false\")", false),
        CESQLCase("BOOL(TRUE)", true),
        CESQLCase("BOOL(FALSE)", false),
        CESQLCase("BOOL('ABC')", false, error: .cast),
        CESQLCase("BOOL(1)", true),
        CESQLCase("BOOL(0)", false),
        CESQLCase("BOOL(100)", true),
        CESQLCase("BOOL(-50)", true),
        CESQLCase("STRING(TRUE)", "true"),
        CESQLCase("STRING(FALSE)", "false"),
        CESQLCase("STRING(1)", "1"),
        CESQLCase("STRING(-1)", "-1"),
        CESQLCase("STRING(\"abc\")", "abc"),
        CESQLCase("IS_INT('1')", true),
        CESQLCase("IS_INT('abc')", false),
        CESQLCase("IS_BOOL('True')", true),
        CESQLCase("IS_BOOL('yes')", false),
        CESQLCase("is_int(missing)", false, error: .missingAttribute),
    ])
    func castsAreExplicitFunctions(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("ABS(10)", 10),
        CESQLCase("ABS(-10)", 10),
        CESQLCase("ABS(0)", 0),
        CESQLCase("ABS(-2147483648)", 2_147_483_647, error: .math),
        CESQLCase("ABS(-2147483648) - 1", 0, error: .math),
    ])
    func absoluteValueOfTheSmallestNumberIsTheLargest(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("LENGTH('abc')", 3),
        CESQLCase("LENGTH('')", 0),
        CESQLCase("LENGTH('2')", 1),
        CESQLCase("LENGTH(TRUE)", 4),
        CESQLCase("LENGTH('孟津县')", 3),
        CESQLCase("CONCAT('a', 'b', 'c')", "abc"),
        CESQLCase("CONCAT()", ""),
        CESQLCase("CONCAT('a')", "a"),
        CESQLCase("CONCAT_WS(',', 'a', 'b', 'c')", "a,b,c"),
        CESQLCase("CONCAT_WS(',')", ""),
        CESQLCase("CONCAT_WS(',', 'a')", "a"),
        CESQLCase("CONCAT_WS()", false, error: .missingFunction),
        CESQLCase("LOWER('ABC')", "abc"),
        CESQLCase("LOWER('AbC')", "abc"),
        CESQLCase("LOWER('abc')", "abc"),
        CESQLCase("UPPER('ABC')", "ABC"),
        CESQLCase("UPPER('AbC')", "ABC"),
        CESQLCase("UPPER('abc')", "ABC"),
        CESQLCase("TRIM('   a b c   ')", "a b c"),
        CESQLCase("TRIM('   a b c')", "a b c"),
        CESQLCase("TRIM('a b c   ')", "a b c"),
        CESQLCase("TRIM('a b c')", "a b c"),
        CESQLCase("TRIM('\u{3000}a\u{A0}')", "a"),
        CESQLCase("TRIM('  ')", ""),
    ])
    func textFunctionsCountCharacters(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("LEFT('abc', 2)", "ab"),
        CESQLCase("LEFT('abc', 10)", "abc"),
        CESQLCase("LEFT('', 0)", ""),
        CESQLCase("LEFT('abc', -2)", "abc", error: .functionEvaluation),
        CESQLCase("LEFT('abc', -2) = 'abc'", false, error: .functionEvaluation),
        CESQLCase("LEFT('abc', 'x')", "", error: .cast),
        CESQLCase("RIGHT('abc', 2)", "bc"),
        CESQLCase("RIGHT('abc', 10)", "abc"),
        CESQLCase("RIGHT('', 0)", ""),
        CESQLCase("RIGHT('abc', -2)", "abc", error: .functionEvaluation),
        CESQLCase("SUBSTRING('abcdef', 1)", "abcdef"),
        CESQLCase("SUBSTRING('abcdef', 2)", "bcdef"),
        CESQLCase("SUBSTRING('Quadratically', 5)", "ratically"),
        CESQLCase("SUBSTRING('Sakila', -3)", "ila"),
        CESQLCase("SUBSTRING('abcdef', 1, 6)", "abcdef"),
        CESQLCase("SUBSTRING('abcdef', 2, 4)", "bcde"),
        CESQLCase("SUBSTRING('Sakila', -5, 3)", "aki"),
        CESQLCase("SUBSTRING('Quadratically', 0)", ""),
        CESQLCase("SUBSTRING('Quadratically', 0, 1)", ""),
        CESQLCase("SUBSTRING('abcdef', 10)", "", error: .functionEvaluation),
        CESQLCase("SUBSTRING('abcdef', -10)", "", error: .functionEvaluation),
        CESQLCase("SUBSTRING('abcdef', 10, 10)", "", error: .functionEvaluation),
        CESQLCase("SUBSTRING('abcdef', -10, 10)", "", error: .functionEvaluation),
        CESQLCase("SUBSTRING('abcdef', 5, 10)", "ef"),
        CESQLCase("SUBSTRING('abcdef', 2, -1)", "", error: .functionEvaluation),
        CESQLCase("SUBSTRING('abcdef', -2147483648)", "", error: .functionEvaluation),
        CESQLCase("SUBSTRING('会盟镇', 2, 1)", "盟"),
    ])
    func partsOfTextAreCountedFromOne(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("ABC()", false, error: .missingFunction),
        CESQLCase("length('a', 'b')", false, error: .missingFunction),
        CESQLCase("NOSUCH(missing) + 1", 0, error: .missingFunction),
        CESQLCase("LENGTH(missing)", 0, error: .missingAttribute),
    ])
    func unknownFunctionIsAnErrorOfEvaluation(_ example: CESQLCase) throws {
        try example.check()
    }
}
