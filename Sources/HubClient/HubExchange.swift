public import CloudEvents

/// A request to the hub, for endpoints that have no method of their own.
public struct HubRequest: Sendable {
    /// The HTTP method.
    public var method: String
    /// The path, with its segments percent-encoded (``HubClient/segment(_:)``).
    public var path: String
    /// The query's parameters, not yet encoded; nil values are left out.
    public var query: [(name: String, value: String?)] = []
    /// Further headers; names in lower case.
    public var headers: [(name: String, value: String)] = []
    /// The body; its type stands in `headers`.
    public var body: [UInt8]?
    /// What the hub is asked to wait, added to the time the answer may take.
    public var wait: Duration = .zero

    /// A request without a body.
    public init(_ method: String, _ path: String) {
        self.method = method
        self.path = path
    }

    /// A request with a JSON body.
    public init(_ method: String, _ path: String, json: JSONValue) {
        self.init(method, path)
        headers = [("content-type", "application/json")]
        body = json.encodedBytes()
    }
}

/// What the hub answered: a status below 400.
public struct HubAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The headers; names in lower case.
    public var headers: [(name: String, value: String)]
    /// The body as it came.
    public var body: [UInt8]

    /// The first value of a header.
    public func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The body as JSON.
    ///
    /// - Throws: ``HubClientError`` `bad-answer` when it is none.
    public func json() throws -> JSONValue {
        switch JSONReader.read(body) {
        case .success(let value): return value
        case .failure: throw HubClientError(code: "bad-answer", status: status, message: "the answer is not JSON")
        }
    }
}
