import Testing

/// `filter eval`, by which the public conformance suite of the expression
/// language is run.
struct FilterCommandTests {
    private static let event = """
        {"specversion":"1.0","id":"1","source":"/a","type":"labour.child-labour.reported","n":5,"flag":true}
        """

    @Test(
        arguments: [
            ("type LIKE 'labour.%'", "true", 0),
            ("n + 1", "6", 0),
            ("-4 + n", "1", 0),
            ("-missing", "0", 3),
            ("'a' = id", "false", 0),
            ("CONCAT(source, '中')", "\"/a中\"", 0),
            ("flag AND EXISTS n", "true", 0),
            ("missing", "false", 3),
            ("1 / 0", "0", 3),
            ("NOSUCH()", "false", 3),
        ] as [(String, String, Int32)])
    func printsTheValueAndSaysWhetherItErred(expression: String, value: String, status: Int32) async throws {
        let run = try await CommandRun.liankong(
            ["filter", "eval", "--expression", expression], input: Self.event)
        #expect(run.output == value + "\n")
        #expect(run.status == status)
        #expect(run.errors.isEmpty == (status == 0))
    }

    /// On a full disk, or with a stream closed, it says so where it can.
    @Test(
        arguments: [
            (">/dev/full", 6), (">&-", 6), ("2>/dev/full", 0), ("2>&-", 0), ("--json >/dev/full 2>/dev/full", 6),
        ] as [(String, Int32)])
    func endsInOrderWithoutAPlaceToWrite(redirection: String, status: Int32) async throws {
        let run = try await CommandRun.run(
            "/bin/bash", ["-c", "'\(CommandRun.binary)' filter eval --expression true \(redirection)"],
            input: Self.event)
        #expect(run.status == status)
        #expect(run.errors.isEmpty || run.errors.contains("output cannot be written"))
    }

    @Test(arguments: ["1 +", "type LIKE 5", "(", ""])
    func refusesATextThatIsNoExpression(expression: String) async throws {
        let run = try await CommandRun.liankong(
            ["filter", "eval", "--expression", expression], input: Self.event)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("parse"))
    }

    @Test(
        arguments: [
            ("", "no event"), (" \n", "no event"), ("{", "not JSON"), ("[]", "CloudEvent"),
            ("{\"specversion\":\"1.0\"}", "attribute:id"),
        ])
    func refusesAnInputThatIsNoEvent(input: String, words: String) async throws {
        let run = try await CommandRun.liankong(["filter", "eval", "--expression", "true"], input: input)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(words))
    }

    @Test func tellsAnErrorAsJSONWhenAsked() async throws {
        let run = try await CommandRun.liankong(
            ["filter", "eval", "--json", "--expression", "missing"], input: Self.event)
        #expect(run.status == 3)
        #expect(run.errors.hasPrefix("{\"code\":\"missingAttribute\""))
        let wrong = try await CommandRun.liankong(["filter", "eval", "--json", "--expression", "("], input: Self.event)
        #expect(wrong.errors.contains("\"code\":\"parse\"") && !wrong.errors.contains("parse:"))
    }
}
