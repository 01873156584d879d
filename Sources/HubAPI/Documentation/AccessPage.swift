package import Hub

/// The table of who may call what: endpoints by scopes.
enum AccessPage {
    static func html(_ table: [Endpoint]) -> String {
        let scopes = Scope.allCases
        let heads = scopes.map { "<th>\($0.rawValue)</th>" }.joined()
        let rows = table.map { endpoint in
            let cells = scopes.map { scope in
                endpoint.access.admits(scope) ? "<td class=\"yes\">✓</td>" : "<td></td>"
            }
            let isLater = endpoint.answers.isEmpty
            return """
                <tr\(isLater ? " class=\"later\"" : "")><td><code>\(endpoint.method)</code></td>
                <td><code>\(HTMLPage.escaped(endpoint.path))</code></td>
                <td>\(HTMLPage.escaped(endpoint.summaryZh))<br>\(HTMLPage.escaped(endpoint.summary))\
                \(isLater ? " (501)" : "")</td>
                <td>\(endpoint.access.words)</td>\(cells.joined())</tr>
                """
        }
        return HTMLPage.page(
            title: "接口与权限对照表 Who may call what",
            body: """
                <p>接口描述 <a href="/openapi.json">/openapi.json</a> · 错误代码 <a href="/errors">/errors</a></p>
                <table>
                <thead><tr><th></th><th>路径 Path</th><th>用途 Purpose</th><th>令牌 Token</th>\(heads)</tr></thead>
                <tbody>
                \(rows.joined(separator: "\n"))
                </tbody>
                </table>
                """)
    }
}

extension Endpoint.Access {
    /// Whether a token with this one scope may call it at all; what it gets to
    /// see there still depends on its unit.
    package func admits(_ scope: Scope) -> Bool {
        switch self {
        case .open, .loopback, .anyToken: true
        case .scopes(let scopes), .scopesOnceVisible(let scopes), .scopesOrLead(let scopes): scopes.contains(scope)
        }
    }

    fileprivate var words: String {
        switch self {
        case .open: "不需要 none"
        case .loopback: "本机不需要 none on this host"
        case .anyToken: "任一有效令牌 any valid token"
        case .scopes: "具有所列权限之一 one of these scopes"
        case .scopesOnceVisible: "可见者，且具有所列权限之一 who may see it, with one of these scopes"
        case .scopesOrLead:
            "可见者，且具有所列权限之一或为牵头单位 who may see it, with one of these scopes or of the lead unit"
        }
    }
}
