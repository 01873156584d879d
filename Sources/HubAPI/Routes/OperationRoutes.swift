import CloudEvents
import Coordination
import Hub
import Store
import Synchronization

/// The board, sweeps, the clock of a demonstration, and what a machine asks of
/// the hub.
struct OperationRoutes: Sendable {
    let services: HubServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/board", .scopes([.secretariat, .convene, .supervise]),
                "Exact counts of the county by unit and event type", "全县看板", queries: ["unit", "type"],
                answers: [Endpoint.Answer(200, "Board")], handle: board),
            Endpoint(
                "POST", "/v1/sweeps", .scopes([.admin, .secretariat]), body: .json,
                "Fire the steps that are due; the secretariat may try it out", "时限巡查（联席办可试算）",
                request: "SweepRequest", answers: [Endpoint.Answer(200, "Sweep")], refusals: [409],
                // Whether it is a dry run the body says; else the sweeper refuses.
                onlyReads: true, handle: sweep),
            Endpoint(
                "POST", "/v1/sandbox/clock", .scopes([.admin]), body: .json, "Move the clock of a demonstration county",
                "移动演示县的时钟", request: "SandboxClock", answers: [Endpoint.Answer(200, "SandboxClock")],
                handle: moveClock),
            Endpoint(
                "GET", "/healthz", .open, "Whether the process is alive", "进程是否存活",
                answers: [Endpoint.Answer(200, "Health")], handle: { _ in .json(["status": "alive"]) }),
            Endpoint(
                "GET", "/readyz", .open, "Whether it can work: database reachable, schema current", "是否就绪",
                answers: [Endpoint.Answer(200, "Health")], handle: ready),
            Endpoint(
                "GET", "/metrics", .loopback, "Counts and times for Prometheus", "运行指标",
                answers: [Endpoint.Answer(200, nil, as: "text/plain")],
                handle: { [metrics = services.metrics] _ in
                    .text(metrics.rendered(), type: "text/plain; version=0.0.4; charset=utf-8")
                }),
        ]
    }

    // MARK: - Board

    private func board(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        let county = try services.counties.county(principal.county)
        let (rows, asOf) = try await services.store.board(county: county.id)
        let shown = rows.filter { row in
            // Sealed matters are in no count.
            !(county.catalogue.contract(row.type)?.isSealed ?? false)
                && request.parameter("unit").map { $0 == row.unit.rawValue } ?? true
                && request.parameter("type").map { $0 == row.type.rawValue } ?? true
        }
        let now = services.clock.now(in: county.id)
        return .json([
            "asOf": .string(services.clock.shown(asOf, in: county.id).rfc3339()),
            "items": .array(shown.map { Self.item($0, county: county, at: now) }),
            "next": .null,
        ])
    }

    private static func item(_ row: BoardRow, county: CountyRuntime, at now: Timestamp) -> JSONValue {
        var steps = JSONObject()
        for (index, count) in row.steps.enumerated() { steps[String(index + 1)] = .integer(count) }
        return [
            "unit": .string(row.unit.rawValue),
            "unitName": .string(county.name(of: row.unit, at: now)),
            "type": .string(row.type.rawValue),
            "typeName": .optional(county.catalogue.contract(row.type)?.zh),
            "open": .integer(row.open),
            "unsigned": .integer(row.unsigned),
            "overdueByStep": .object(steps),
            "signed": .integer(row.signed),
            "settled": .integer(row.settled),
            "meanTimeToSign": mean(row.signSeconds, of: row.signed),
            "meanTimeToSettle": mean(row.settleSeconds, of: row.settled),
        ]
    }

    private static func mean(_ seconds: Int64, of count: Int64) -> JSONValue {
        count > 0 ? .string(ISODuration.text(seconds: seconds / count)) : .null
    }

    // MARK: - Sweeps and clock

    private func sweep(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        let body = try request.object()
        var form = BodyForm(body, known: ["asOf", "dryRun"])
        let asOf = form.instant("asOf")
        let isDryRun = form.flag("dryRun") ?? false
        try form.check()
        if !isDryRun { try request.requires(.admin) }
        let result = try await services.sweeper.sweep(county: principal.county, asOf: asOf, dryRun: isDryRun)
        return .json(result.jsonValue)
    }

    private func moveClock(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.admin)
        var form = BodyForm(try request.object(), known: ["now"])
        let now = form.instant("now", required: true)
        try form.check()
        guard let now else { throw HubError("internal") }
        guard Timestamp.clockReach.contains(now) else { throw HubError(outOfReach: "/now") }
        guard try await services.store.moveClock(of: principal.county, to: now) else {
            throw HubError("not-a-sandbox")
        }
        try await services.counties.refresh()
        return .json(["now": .string(services.clock.now(in: principal.county).rfc3339())])
    }

    // MARK: - Machines

    private func ready(_ request: APIRequest) async throws -> APIResponse {
        if services.drain.hasBegun { throw HubError("shutting-down", retryAfter: 5) }
        let isCurrent: Bool
        do {
            isCurrent = try await services.store.schemaIsCurrent()
        } catch {
            throw HubError("database-unavailable", retryAfter: 2)
        }
        guard isCurrent else { throw HubError("schema-not-current", retryAfter: 10) }
        // Ready all the same: reads go on.
        return .json(["status": "ready", "mode": .string(services.core.maintenance.name)])
    }
}
