import CloudEvents

/// One case of HTTP itself: requests that break its rules, break off, or are
/// larger than anybody needs. The hub answers with a problem or hangs up, soon,
/// and goes on.
struct FramingTrial {
    let hub: HubUnderFuzz
    let rules: AnswerRules
    private let token: String

    init(hub: HubUnderFuzz) throws {
        self.hub = hub
        rules = AnswerRules(codes: hub.codes)
        token = try hub.token(of: "jm-office")
    }

    /// The bytes of a case.
    func bytes(_ generator: inout CaseGenerator) -> [UInt8] {
        var bytes = Array(request(&generator).utf8)
        if generator.oneIn(6) { bytes = generator.damaged(bytes) }
        return bytes
    }

    private func request(_ generator: inout CaseGenerator) -> String {
        let line = generator.pick([
            "POST /v1/events HTTP/1.1", "POST /v1/events HTTP/1.1", "GET /v1/me HTTP/1.1", "GET /v1/feed HTTP/1.0",
            "OPTIONS * HTTP/1.1", "POST /v1/events HTTP/9.9", "CONNECT a:1 HTTP/1.1", "GET http://x/v1/me HTTP/1.1",
            "get /v1/me HTTP/1.1", "GET  /v1/me  HTTP/1.1", "GET /v1/%00%0d%0a HTTP/1.1", "GET /../../etc HTTP/1.1",
            "GET /v1/" + String(repeating: "a", count: generator.pick([10, 9000, 70_000])) + " HTTP/1.1",
        ])
        var fields = ["Host: 127.0.0.1", "Authorization: Bearer \(token)"]
        let body = generator.pick(["", "{}", "{\"specversion\":\"1.0\"}", String(repeating: "x", count: 3000)])
        if generator.oneIn(2) { fields.append("Content-Type: application/cloudevents+json") }
        let odd = [
            "Content-Length: -1", "Content-Length: 5, 6", "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding : chunked",
            " folded: x",
            "No-Colon", ": empty", "Expect: 100-continue", "Expect: 200-ok", "Connection: close, upgrade",
            "Upgrade: h2c",
            "X: \u{1}", "Content-Length: 2", "Content-Encoding: gzip", "Host: other", "Range: bytes=0-1",
            "Accept: " + String(repeating: "a/b,", count: generator.pick([1, 5000])),
            (0..<generator.pick([1, 300])).map { "X-\($0): y" }.joined(separator: "\r\n"),
        ]
        for _ in 0..<generator.below(3) { fields.append(generator.pick(odd)) }
        let chunks = [
            "4\r\n{}{}\r\n0\r\n\r\n", "zz\r\n", "ffffffffffffffffff\r\n", "2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
            "2;a=b\r\n{}",
        ]
        if generator.oneIn(3) {
            fields.append("Transfer-Encoding: chunked")
            return head(line, fields) + generator.pick(chunks)
        }
        if generator.oneIn(2) { fields.append("Content-Length: \(generator.pick([body.utf8.count, 0, 10, 1 << 30]))") }
        return head(line, fields) + body
    }

    private func head(_ line: String, _ fields: [String]) -> String {
        ([line] + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Sends the bytes and nothing after them.
    ///
    /// - Returns: the outcome, to count by.
    func run(_ bytes: [UInt8]) throws -> String {
        let connection = try hub.open()
        switch connection.exchange(bytes, ends: true) {
        case .silence:
            throw Finding("no-answer", "nothing within \(HubConnection.patience) s of the end of the request")
        case .closed: return "closed"
        case .answer(let answer):
            guard answer.status < 500 || answer.status == 501 else {
                throw Finding("server-error", "status \(answer.status), code \(answer.code ?? "none")")
            }
            if answer.status >= 400, !answer.body.isEmpty {
                let isChinese =
                    answer.json?["title"]?.stringValue?.unicodeScalars.contains { $0.value >= 0x3400 } ?? false
                try rules.check(answer, isChinese: isChinese)
            }
            return "\(answer.status)" + (answer.code.map { " \($0)" } ?? "")
        }
    }
}
