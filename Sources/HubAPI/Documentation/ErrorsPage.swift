import CloudEvents

/// The page of all codes an answer can bear, and the same as JSON.
enum ErrorsPage {
    static let html: String = {
        let rows = ProblemCatalogue.all.sorted { ($0.status, $0.code) < ($1.status, $1.code) }.map { kind in
            """
            <tr id="\(kind.code)"><td>\(kind.status)</td><td><code>\(kind.code)</code></td>
            <td>\(HTMLPage.escaped(kind.titleZh))<br>\(HTMLPage.escaped(kind.title))</td>
            <td>\(HTMLPage.escaped(kind.adviceZh))<br>\(HTMLPage.escaped(kind.advice))</td></tr>
            """
        }
        return HTMLPage.page(
            title: "错误代码一览 Error codes",
            body: """
                <p>408、429、5xx和超时：请原样重发；其他4xx：请勿重发。<br>
                408, 429, 5xx and time-outs: send the same again; other 4xx: don't.</p>
                <table>
                <thead><tr><th>状态 Status</th><th>代码 Code</th><th>含义 Meaning</th><th>怎么办 What to do</th></tr></thead>
                <tbody>
                \(rows.joined(separator: "\n"))
                </tbody>
                </table>
                """)
    }()

    static let json: JSONValue = [
        "items": .array(
            ProblemCatalogue.all.map { kind in
                [
                    "code": .string(kind.code), "status": .integer(Int64(kind.status)),
                    "title": .string(kind.title), "titleZh": .string(kind.titleZh),
                    "advice": .string(kind.advice), "adviceZh": .string(kind.adviceZh),
                ]
            }),
        "next": .null,
    ]
}
