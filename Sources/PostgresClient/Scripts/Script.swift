/// What is run, and how its errors are told.
struct Script: Sendable {
    var text: String
    var name: String
    var opening = ""
    var closing = ""
    var isSingle = false

    private var head: String { opening.isEmpty ? "" : opening + "\n" }

    var whole: String { head + text + (closing.isEmpty ? "" : "\n" + closing) }

    /// The error with script and line, where the line is within the text.
    func attributed(_ error: PostgresError, position: Int?, answered: Int) -> PostgresError {
        var error = error
        error.statementName = name
        let line =
            if let position {
                ScriptLines.line(ofPosition: position, in: isSingle ? text : whole)
            } else {
                ScriptLines(isSingle ? text : whole).line(ofStatement: answered)
            }
        guard let line else { return error }
        let before = isSingle ? 0 : head.utf8.count { $0 == UInt8(ascii: "\n") }
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        if line > before, line <= before + lines { error.line = line - before }
        return error
    }

    func lost(_ error: PostgresError) -> PostgresError {
        var lost = PostgresError(.outcomeUnknown, message: error.message, sqlState: error.sqlState)
        lost.statementName = name
        return lost
    }
}
