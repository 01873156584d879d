import CloudEvents

/// What every answer keeps to, whatever was sent.
struct AnswerRules {
    let codes: Set<String>

    /// Statuses of 500 and above that the contract knows, with their codes.
    private static let documented: [Int: Set<String>] = [
        501: ["not-yet"],
        503: [
            "database-unavailable", "outcome-unknown", "overloaded", "shutting-down", "key-not-held",
            "schema-not-current",
            "maintenance",
        ],
    ]

    /// - Throws: a ``Finding`` for the first rule it breaks.
    func check(_ answer: HubAnswer, isChinese: Bool) throws {
        let text = String(decoding: answer.body, as: UTF8.self)
        guard !text.contains(EventMutator.planted) else {
            throw Finding("value-in-answer", "status \(answer.status): \(text.prefix(600))")
        }
        guard answer.header("x-request-id") != nil, answer.header("date") != nil else {
            throw Finding("header-missing", "status \(answer.status) without X-Request-ID or Date")
        }
        if answer.status >= 500 {
            let code = answer.code ?? "none"
            guard Self.documented[answer.status]?.contains(code) ?? false else {
                throw Finding("server-error", "status \(answer.status), code \(code)")
            }
        }
        if answer.status == 429 || answer.status == 503 {
            guard (answer.header("retry-after").flatMap { Int($0) } ?? 0) >= 1 else {
                throw Finding("no-retry-after", "status \(answer.status)")
            }
        }
        guard answer.status >= 400 else { return }
        guard answer.header("content-type")?.hasPrefix("application/problem+json") ?? false, let json = answer.json
        else {
            throw Finding("no-problem", "status \(answer.status): \(text.prefix(300))")
        }
        guard json["status"]?.integerValue == Int64(answer.status) else {
            throw Finding("status-differs", "status \(answer.status): \(text.prefix(300))")
        }
        try check(problem: json, isChinese: isChinese)
        if answer.status == 401, answer.header("www-authenticate") == nil {
            throw Finding("header-missing", "401 without WWW-Authenticate")
        }
    }

    /// A problem as RFC 9457 has it, of the catalogue, in the language asked for.
    func check(problem: JSONValue, isChinese: Bool) throws {
        let text = String(decoding: problem.encodedBytes(), as: UTF8.self)
        for member in ["type", "title", "detail", "instance", "code"] {
            guard let value = problem[member]?.stringValue, !value.isEmpty || member == "instance" else {
                throw Finding("problem-member", "\(member) is missing: \(text.prefix(400))")
            }
        }
        guard let code = problem["code"]?.stringValue, codes.contains(code),
            problem["type"] == .string("/errors#\(code)")
        else { throw Finding("unknown-code", String(text.prefix(400))) }
        let title = problem["title"]?.stringValue ?? ""
        let isTitleChinese = title.unicodeScalars.contains { $0.value >= 0x3400 }
        // What could not be read as HTTP names no language either: it is told in both.
        guard isTitleChinese == isChinese || (isTitleChinese && title.contains(" / ")) else {
            throw Finding("wrong-language", String(text.prefix(400)))
        }
        for fault in problem["errors"]?.arrayValue ?? [] {
            for member in ["path", "code", "message", "messageZh"] where fault[member]?.stringValue == nil {
                throw Finding("fault-member", "\(member) is missing: \(text.prefix(400))")
            }
        }
    }
}
