import CLibPQ

extension PostgresError {
    /// The error of a result; `position` is in characters, from 1.
    static func server(_ result: OpaquePointer) -> (error: PostgresError, isFatal: Bool, position: Int?) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        let sqlState = field("C").map { SQLState(rawValue: $0) }
        let raw = field("M") ?? PQresultErrorMessage(result).map { Self.oneLine($0) } ?? "unknown error"
        var error = PostgresError(.server, message: redacted(raw, sqlState: sqlState), sqlState: sqlState)
        error.unsafeServerMessage = raw
        error.unsafeServerDetail = field("D")
        // A hint of another class may have been formatted with a value.
        error.hint = sqlState.flatMap { $0.classCode == "42" ? field("H") : nil }
        error.schema = field("s")
        error.table = field("t")
        error.column = field("c")
        error.dataType = field("d")
        error.constraint = field("n")
        error.context = field("W").flatMap(Self.functions(in:))
        // A result that libpq made up itself has no severity; the connection
        // behind it is examined separately.
        let severity = field("V")
        return (error, severity == "FATAL" || severity == "PANIC", field("P").flatMap { Int($0) })
    }

    static func oneLine(_ text: UnsafePointer<CChar>) -> String {
        String(cString: text).split(separator: "\n").map { $0.drop { $0 == "\t" || $0 == " " } }
            .joined(separator: "; ")
    }

    /// Of the context only the lines that name functions: others quote rows
    /// (`COPY …`), JSON data or parameters.
    private static func functions(in context: String) -> String? {
        let lines = context.split(separator: "\n").filter {
            ($0.hasPrefix("PL/pgSQL function") || $0.hasPrefix("SQL function")) && !$0.contains("'")
        }
        return lines.isEmpty ? nil : lines.joined(separator: "; ")
    }
}
