public import CloudEvents

extension HubClient {
    /// Who this token is: unit, county, scopes, and what it may publish.
    public func me() async throws -> JSONValue {
        try await send(HubRequest("GET", "/v1/me")).json()
    }

    /// Exact counts by unit and type: open, unsigned, overdue by step.
    public func board() async throws -> JSONValue {
        try await send(HubRequest("GET", "/v1/board")).json()
    }

    /// Reminds and escalates what is due.
    ///
    /// - Parameters:
    ///   - instant: judges as of this time; beyond the county's clock only in a
    ///     dry run or a sandbox county. Now where nil.
    ///   - dryRun: tells what would happen and does nothing.
    public func sweep(asOf instant: Timestamp? = nil, dryRun: Bool = false) async throws -> JSONValue {
        var fields: JSONObject = ["dryRun": .bool(dryRun)]
        if let instant { fields["asOf"] = .string(instant.rfc3339()) }
        return try await send(HubRequest("POST", "/v1/sweeps", json: .object(fields))).json()
    }

    /// Moves the clock of a demonstration county; needs the scope `admin`.
    ///
    /// - Returns: the county's time after it.
    @discardableResult
    public func moveSandboxClock(to instant: Timestamp) async throws -> Timestamp? {
        let body: JSONValue = ["now": .string(instant.rfc3339())]
        return try await send(HubRequest("POST", "/v1/sandbox/clock", json: body)).json().instant("now")
    }

    /// The event contracts.
    public func contracts() async throws -> JSONValue {
        try await send(HubRequest("GET", "/v1/contracts")).json()
    }

    /// One contract: its fields, their classes and who sees them.
    ///
    /// - Parameter unit: shows which fields that unit would see.
    public func contract(_ type: String, asUnit unit: String? = nil) async throws -> JSONValue {
        var request = HubRequest("GET", "/v1/contracts/\(Self.segment(type))")
        request.query = [("as", unit)]
        request.headers = [("accept", "application/json")]
        return try await send(request).json()
    }

    /// The JSON Schema of a contract's data.
    public func contractSchema(_ type: String) async throws -> JSONValue {
        var request = HubRequest("GET", "/v1/contracts/\(Self.segment(type))")
        request.headers = [("accept", "application/schema+json")]
        return try await send(request).json()
    }

    /// An event of a type that is publishable as it stands.
    public func contractSample(_ type: String) async throws -> JSONValue {
        try await send(HubRequest("GET", "/v1/contracts/\(Self.segment(type))/sample")).json()
    }

    /// Whether the hub is ready: its database reachable, its schema current.
    public func isReady() async throws -> Bool {
        do {
            return try await send(HubRequest("GET", "/readyz")).status < 300
        } catch let error as HubClientError where error.status != nil {
            return false
        }
    }
}
