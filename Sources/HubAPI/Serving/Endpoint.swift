package import Hub

/// One thing the API does: the table of these is the router, the table of who
/// may call what, and the skeleton of the OpenAPI document, so that the three
/// cannot disagree.
package struct Endpoint: Sendable {
    /// Who may call it.
    package enum Access: Sendable, Hashable {
        /// No token is needed.
        case open
        /// No token is needed from this host; others need one of `admin`.
        case loopback
        /// Any valid token.
        case anyToken
        /// A token with one of these scopes.
        case scopes([Scope])
        /// As `scopes`, judged by the handler after it has found out whether
        /// the thing is visible at all: what is not visible answers 404.
        case scopesOnceVisible([Scope])
        /// As `scopesOnceVisible`, or any token of the unit that leads the matter.
        case scopesOrLead([Scope])

        /// Whether nobody gets by without a token, wherever the request is from.
        var needsToken: Bool {
            switch self {
            case .open, .loopback: false
            case .anyToken, .scopes, .scopesOnceVisible, .scopesOrLead: true
            }
        }
    }

    /// What body it takes.
    package enum BodyKind: Sendable, Hashable {
        case none
        case json
        case events
        /// Whatever comes; nobody looks at it.
        case any
    }

    /// What a successful answer looks like, for the OpenAPI document.
    package struct Answer: Sendable, Hashable {
        package var status: Int
        /// A schema of ``OpenAPISchemas`` by name; nil for an answer without one.
        package var schema: String?
        package var mediaType: String

        package init(_ status: Int = 200, _ schema: String? = nil, as mediaType: String = "application/json") {
            self.status = status
            self.schema = schema
            self.mediaType = mediaType
        }
    }

    package let method: String
    /// Segments; those in braces are variables.
    package let path: String
    package let access: Access
    package let body: BodyKind
    package let summary: String
    package let summaryZh: String
    package let queries: [String]
    /// Request headers it looks at, beside the usual ones.
    package let requestHeaders: [String]
    /// The schema of a JSON body.
    package let request: String?
    /// Empty for what comes in a later part of the work.
    package let answers: [Answer]
    /// Statuses of refusals to reckon with, beside those that follow from all
    /// the rest.
    package let refusals: [Int]
    /// Whether it leaves everything as it is although its method says otherwise.
    private let onlyReads: Bool
    let segments: [Segment]
    let handle: @Sendable (APIRequest) async throws -> APIResponse

    enum Segment: Sendable, Hashable {
        case literal(String)
        case variable(String)
    }

    /// Whether it answers only when something has happened.
    private let waits: Bool
    /// Whether it is one of the readings of which only so many go on at once.
    var isPaced: Bool { !writes && !waits && access.needsToken }
    /// Whether it may change something, which waits during maintenance.
    var writes: Bool { method != "GET" && !onlyReads }

    /// Whether what it answers names persons or tells of them, so that nobody on
    /// the way may keep it.
    var isPersonal: Bool {
        answers.contains { $0.schema.map(OpenAPISchemas.personal.contains) ?? false }
    }

    /// Something the contract names and a later part of the work brings.
    package static func later(
        _ method: String, _ path: String, _ access: Access, _ summary: String, _ summaryZh: String,
    ) -> Endpoint {
        let body: BodyKind = method == "GET" || method == "DELETE" ? .none : .any
        return Endpoint(method, path, access, body: body, summary, summaryZh) { _ in throw HubError("not-yet") }
    }

    package init(
        _ method: String, _ path: String, _ access: Access, body: BodyKind = .none, _ summary: String,
        _ summaryZh: String, queries: [String] = [], requestHeaders: [String] = [], request: String? = nil,
        answers: [Answer] = [], refusals: [Int] = [], onlyReads: Bool = false,
        waits: Bool = false,
        handle: @escaping @Sendable (APIRequest) async throws -> APIResponse,
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.body = body
        self.summary = summary
        self.summaryZh = summaryZh
        self.queries = queries
        self.requestHeaders = requestHeaders
        self.request = request
        self.answers = answers
        self.refusals = refusals
        self.onlyReads = onlyReads
        self.waits = waits
        self.handle = handle
        self.segments = path.split(separator: "/").map { segment in
            segment.first == "{" ? .variable(String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }
}

/// Finds the endpoint of a path. Literals win over variables.
struct EndpointIndex: Sendable {
    private final class Node: Sendable {
        let literals: [String: Node]
        let variable: Node?
        let endpoints: [String: Endpoint]

        init(_ endpoints: [Endpoint], depth: Int) {
            var here: [String: Endpoint] = [:]
            var literals: [String: [Endpoint]] = [:]
            var variables: [Endpoint] = []
            for endpoint in endpoints {
                if endpoint.segments.count == depth {
                    here[endpoint.method] = endpoint
                } else {
                    switch endpoint.segments[depth] {
                    case .literal(let text): literals[text, default: []].append(endpoint)
                    case .variable: variables.append(endpoint)
                    }
                }
            }
            self.endpoints = here
            self.literals = literals.mapValues { Node($0, depth: depth + 1) }
            self.variable = variables.isEmpty ? nil : Node(variables, depth: depth + 1)
        }
    }

    private let root: Node

    init(_ endpoints: [Endpoint]) {
        root = Node(endpoints, depth: 0)
    }

    /// The endpoints of a path by method; empty when there is no such path.
    func find(_ segments: [Substring]) -> [String: Endpoint] {
        Self.find(segments[...], in: root)
    }

    private static func find(_ segments: ArraySlice<Substring>, in node: Node) -> [String: Endpoint] {
        guard let first = segments.first else { return node.endpoints }
        if let next = node.literals[String(first)] {
            let found = find(segments.dropFirst(), in: next)
            if !found.isEmpty { return found }
        }
        if let next = node.variable { return find(segments.dropFirst(), in: next) }
        return [:]
    }
}
