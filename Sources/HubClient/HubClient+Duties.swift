public import CloudEvents

/// Which duties a list or a count holds; what is nil does not restrict.
public struct HubDutyFilter: Sendable, Hashable {
    /// A state, such as `dispatched`.
    public var state: String?
    /// Whether it is open.
    public var open: Bool?
    /// A role; `responsible` means handling and assisting.
    public var role: String?
    /// A unit; for the secretariat.
    public var unit: String?
    /// `sign` or `settle`.
    public var overdue: String?
    /// A case.
    public var caseID: String?
    /// An event type.
    public var type: String?
    /// Due before this instant.
    public var dueBefore: Timestamp?

    /// A filter that lets everything pass.
    public init() {}

    var query: [(name: String, value: String?)] {
        [
            ("state", state), ("open", open.map { $0 ? "true" : "false" }), ("role", role), ("unit", unit),
            ("overdue", overdue), ("case", caseID), ("type", type), ("dueBefore", dueBefore?.rfc3339()),
        ]
    }
}

extension HubClient {
    /// Duties of the token's unit, or of the county for its secretariat.
    public func duties(
        _ filter: HubDutyFilter = HubDutyFilter(), limit: Int = 50, cursor: String? = nil,
    ) async throws -> HubPage<HubDuty> {
        var request = HubRequest("GET", "/v1/duties")
        request.query = filter.query + [("limit", String(limit)), ("cursor", cursor)]
        return HubPage(json: try await send(request).json(), item: HubDuty.init)
    }

    /// How many duties a filter lets pass, exactly.
    public func dutyCount(_ filter: HubDutyFilter = HubDutyFilter()) async throws -> Int {
        var request = HubRequest("GET", "/v1/duties/count")
        request.query = filter.query
        return Int(try await send(request).json()["count"]?.integerValue ?? 0)
    }

    /// A duty with its history and what may be done with it.
    public func duty(_ id: String) async throws -> HubDuty {
        HubDuty(json: try await send(HubRequest("GET", "/v1/duties/\(Self.segment(id))")).json())
    }

    /// Gives a command to a duty and returns the duty as it is then.
    ///
    /// - Parameters:
    ///   - command: its name, such as `sign` or `complete`.
    ///   - fields: its fields, such as `officer`, `note`, `outcome`.
    ///   - version: fails with 412 when the duty has another by now; nil does not ask.
    ///   - key: the idempotency key; a random one where nil, so that a
    ///     repetition after a lost answer acts once.
    public func command(
        _ command: String, duty id: String, fields: JSONObject = JSONObject(), ifVersion version: Int? = nil,
        key: String? = nil,
    ) async throws -> HubDuty {
        var request = HubRequest(
            "POST", "/v1/duties/\(Self.segment(id))/\(Self.segment(command))", json: .object(fields))
        request.headers.append(("idempotency-key", key ?? Self.freshKey()))
        if let version { request.headers.append(("if-match", "\"\(version)\"")) }
        return HubDuty(json: try await send(request).json())
    }

    /// Signs several duties, one by one.
    ///
    /// - Parameter officer: who signs; nil with a person's token.
    /// - Returns: `{dutyId, status, duty | problem}` of each, in the order given.
    public func sign(duties ids: [String], officer: String? = nil) async throws -> [JSONValue] {
        var fields: JSONObject = ["dutyIds": .array(ids.map { .string($0) })]
        if let officer { fields["officer"] = .string(officer) }
        let answer = try await send(HubRequest("POST", "/v1/duties/sign", json: .object(fields))).json()
        return answer["results"]?.arrayValue ?? []
    }

    private static func freshKey() -> String {
        let number = (0..<2).map { _ in UInt64.random(in: 0 ... .max) }
        return number.map { String($0, radix: 36) }.joined(separator: "-")
    }
}
