import CloudEvents
import Hub

/// One row of the table of who may call what, as the contract has it. Written
/// down from its text and not from the program.
struct AccessRow: Sendable, CustomStringConvertible {
    /// Who may.
    enum Callers: Sendable {
        case anybody
        case anyToken
        case scopes(Set<Scope>)
    }

    let method: String
    let path: String
    let callers: Callers
    /// What those who may are answered.
    let status: Int
    let body: JSONValue?
    /// Whether the path names something of the county, which for others is not
    /// there, whatever their scope.
    let namesAThing: Bool

    init(
        _ method: String, _ path: String, _ callers: Callers, _ status: Int = 200, body: JSONValue? = nil,
        namesAThing: Bool = false
    ) {
        self.method = method
        self.path = path
        self.callers = callers
        self.status = status
        self.body = body
        self.namesAThing = namesAThing
    }

    init(
        _ method: String, _ path: String, _ scopes: Scope..., status: Int = 200, body: JSONValue? = nil,
        namesAThing: Bool = false
    ) {
        self.init(method, path, .scopes(Set(scopes)), status, body: body, namesAThing: namesAThing)
    }

    var description: String { "\(method) \(path)" }

    func admits(_ scope: Scope) -> Bool {
        switch callers {
        case .anybody, .anyToken: true
        case .scopes(let scopes): scopes.contains(scope)
        }
    }

    /// The status for a token with one scope, in the county or in another one
    /// where the unit has the same id.
    func status(for scope: Scope, isOwnCounty: Bool) -> Int {
        if namesAThing, !isOwnCounty { return 404 }
        return admits(scope) ? status : 403
    }
}

/// The table, but for the commands on duties.
enum AccessTable {
    static let rows = events + receiving + duties + catalogue + operation + later

    /// An event of the unit itself, which it received too.
    private static let events = [
        AccessRow("POST", "/v1/events", .publish, body: "an event"),
        AccessRow("POST", "/v1/events/dry-run", .publish, body: "an event"),
        AccessRow("GET", "/v1/events", .publish),
        AccessRow("GET", "/v1/events/{position}", .anyToken, namesAThing: true),
        AccessRow("GET", "/v1/events/{position}/duties", .publish, .secretariat, namesAThing: true),
        AccessRow("GET", "/v1/events/{position}/explanation", .publish, .secretariat, namesAThing: true),
        AccessRow("POST", "/v1/events/{position}/withdraw", .publish, status: 501),
        AccessRow("POST", "/v1/events/{position}/open", .handle, body: ["purpose": "核查"], namesAThing: true),
        AccessRow("GET", "/v1/access-log", .audit),
    ]

    private static let receiving =
        [
            AccessRow("GET", "/v1/feed", .receive),
            AccessRow("GET", "/v1/consumers", .receive),
            AccessRow("GET", "/v1/consumers/{name}", .receive, status: 404),
            AccessRow("GET", "/v1/consumers/{name}/dead", .receive, status: 404),
            AccessRow("DELETE", "/v1/consumers/{name}", .receive, status: 404),
            AccessRow("PUT", "/v1/consumers/{name}", .receive, status: 422, body: ["lease": "PT0S"]),
        ]
        + ["pause", "resume", "fetch", "redrive"].map {
            AccessRow("POST", "/v1/consumers/{name}/\($0)", .receive, status: 404, body: [:])
        }
        + ["ack", "nack", "extend"].map {
            AccessRow("POST", "/v1/consumers/{name}/\($0)", .receive, status: 404, body: ["deliveries": []])
        }
        + [AccessRow("GET", "/v1/webhooks", .receive, status: 501)]
        + ["GET", "PUT", "DELETE"].map { AccessRow($0, "/v1/webhooks/{name}", .receive, status: 501) }
        + ["test", "redrive"].map { AccessRow("POST", "/v1/webhooks/{name}/\($0)", .receive, status: 501) }
        + [AccessRow("GET", "/v1/webhooks/{name}/attempts", .receive, status: 501)]

    private static let duties = [
        AccessRow("GET", "/v1/duties", .anyToken),
        AccessRow("GET", "/v1/duties/count", .anyToken),
        AccessRow("GET", "/v1/duties/{id}", .anyToken, namesAThing: true),
        // Each duty is answered for itself, see the commands.
        AccessRow("POST", "/v1/duties/sign", .anyToken, body: ["dutyIds": []]),
        AccessRow("GET", "/v1/cases/{caseId}", .anyToken, namesAThing: true),
        AccessRow("GET", "/v1/officers", .anyToken),
        AccessRow("PUT", "/v1/officers", .admin, status: 422, body: [:]),
    ]

    private static let catalogue = [
        AccessRow("GET", "/v1/me", .anyToken),
        AccessRow("GET", "/v1/contracts", .anyToken),
        AccessRow("GET", "/v1/contracts/{type}", .anyToken),
        AccessRow("GET", "/v1/contracts/{type}/sample", .anyToken),
        AccessRow("GET", "/v1/codes", .anyToken),
        AccessRow("GET", "/v1/codes/{list}", .anyToken),
        AccessRow("GET", "/v1/units", .anyToken),
        AccessRow("GET", "/v1/units/{unit}", .anyToken),
        AccessRow("GET", "/v1/policy", .anyToken),
    ]

    private static let operation = [
        AccessRow("GET", "/v1/board", .secretariat, .convene, .supervise),
        AccessRow("POST", "/v1/sweeps", .admin, .secretariat, body: ["dryRun": true]),
        AccessRow("POST", "/v1/sandbox/clock", .admin, status: 422, body: [:]),
        AccessRow("PUT", "/v1/units/{unit}/rate", .admin, status: 422, body: [:]),
        AccessRow("GET", "/healthz", .anybody),
        AccessRow("GET", "/readyz", .anybody),
        AccessRow("GET", "/metrics", .anybody),
        AccessRow("GET", "/openapi.json", .anybody),
        AccessRow("GET", "/docs", .anybody),
        AccessRow("GET", "/errors", .anybody),
    ]

    private static let later =
        ["close", "reopen", "link"].map { AccessRow("POST", "/v1/cases/{caseId}/\($0)", .anyToken, 501) }
        + [
            AccessRow("POST", "/v1/evidence", .handle, status: 501),
            AccessRow("GET", "/v1/evidence/{ref}", .handle, status: 501),
            AccessRow("GET", "/v1/approvals", .handle, .approve, status: 501),
            AccessRow("POST", "/v1/approvals", .handle, status: 501),
            AccessRow("POST", "/v1/approvals/{id}/grant", .approve, status: 501),
            AccessRow("POST", "/v1/approvals/{id}/refuse", .approve, status: 501),
            AccessRow("GET", "/v1/reports/monthly", .secretariat, .convene, .supervise, status: 501),
            AccessRow("GET", "/v1/audit/blocks", .audit, status: 501),
        ]
}

/// How a unit's tokens see an event and who else received it: what a program
/// sees hangs on why its unit sees it at all, what an officer sees does not.
struct SightRow: Sendable, CustomStringConvertible {
    let unit: String
    /// What the unit is to the event, in words.
    let part: String
    /// The statuses for the event, and for its duties and explanation.
    let program: [Scope: (event: Int, others: Int)]
    let officer: (event: Int, others: Int)

    var description: String { "\(unit), \(part)" }

    func status(of path: String, for scope: Scope) -> Int {
        // The secretariat sees whatever there is of its county.
        let officer = scope == .secretariat ? (200, 200) : officer
        let status = Scope.ofUnits.contains(scope) ? program[scope] ?? (403, 403) : officer
        return path.isEmpty ? status.0 : status.1
    }

    static let rows = [
        SightRow(
            unit: "jm-office", part: "its publisher and nothing else", program: [.publish: (200, 200)],
            officer: (200, 403)),
        SightRow(unit: "hrss", part: "a recipient", program: [.receive: (200, 403)], officer: (200, 403)),
        SightRow(unit: "edu-sports", part: "its lead", program: [.receive: (200, 200)], officer: (200, 200)),
    ]
}

/// Who may give which command on a duty that was just dispatched: what stands
/// against it then is its state or what was said, and not who says it.
struct CommandRow: Sendable {
    let command: String
    /// Where the duty is the unit's own, where the unit verifies it, and where
    /// the unit has no part in it.
    let own: [Scope: Int]
    let verifying: [Scope: Int]
    let stranger: [Scope: Int]

    private init(
        _ command: String, own: [Scope: Int] = [:], verifying: [Scope: Int] = [:], stranger: [Scope: Int] = [:]
    ) {
        self.command = command
        self.own = own
        self.verifying = verifying
        self.stranger = stranger
    }

    /// A program passes on what a registered officer did.
    private static func byUnit(_ command: String, _ status: Int) -> CommandRow {
        CommandRow(command, own: [.handle: status, .publish: status, .receive: status])
    }

    /// A person of the row's verifier; a program never decides.
    private static func byVerifier(_ command: String) -> CommandRow {
        CommandRow(command, verifying: [.handle: 409, .secretariat: 409, .supervise: 409])
    }

    static let rows = [
        byUnit("accept", 409), byUnit("start", 409), byUnit("note", 422), byUnit("complete", 409),
        byVerifier("verify"), byVerifier("reject-completion"),
        CommandRow(
            "assign", own: [.secretariat: 409], verifying: [.secretariat: 409], stranger: [.secretariat: 409]),
        byUnit("sign", 200),
    ]
}
