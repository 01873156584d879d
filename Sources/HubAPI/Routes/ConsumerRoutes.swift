import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub
import PostgresClient
import Store

/// Leased consumers: several workers of a unit share its deliveries.
struct ConsumerRoutes: Sendable {
    let services: HubServices

    private static let longestWait: Int64 = 60
    /// The most that is counted of what waits, or was given up.
    private static let countedWaiting = 100_000

    var endpoints: [Endpoint] {
        [
            endpoint("GET", "", "Consumers of the unit", "本单位的消费者", "ConsumerList", handle: list),
            Endpoint(
                "PUT", "/v1/consumers/{name}", .scopes([.receive]), body: .json, "Make or change a consumer", "设置消费者",
                request: "ConsumerSettings",
                answers: [Endpoint.Answer(201, "Consumer"), Endpoint.Answer(200, "Consumer")], handle: put),
            endpoint("GET", "/{name}", "A consumer and how far it is", "消费者状态", "Consumer", handle: show),
            Endpoint(
                "DELETE", "/v1/consumers/{name}", .scopes([.receive]), "Remove a consumer", "删除消费者",
                answers: [Endpoint.Answer(204)], handle: remove),
            command("pause", "Pause a consumer", "暂停消费者", "Consumer") { try await setPaused(true, $0) },
            command("resume", "Let a consumer go on", "恢复消费者", "Consumer") { try await setPaused(false, $0) },
            command("fetch", "Lease deliveries", "领取投递", "Fetched", request: "FetchRequest", handle: fetch),
            command("ack", "Acknowledge deliveries", "确认投递", "Settled", request: "Acknowledgement") {
                try await settle($0, isReturn: false) { _, _ in .ack }
            },
            command("nack", "Give deliveries back", "退还投递", "Settled", request: "Return") {
                try await settle($0, isReturn: true) { try give($0, back: $1) }
            },
            command("extend", "Extend leases", "延长租期", "Settled", request: "Acknowledgement") {
                try await settle($0, isReturn: false) { _, _ in .extend }
            },
            Endpoint(
                "GET", "/v1/consumers/{name}/dead", .scopes([.receive]), "Deliveries given up", "失败的投递",
                queries: ["limit", "cursor"], answers: [Endpoint.Answer(200, "DeadDeliveries")], handle: dead),
            command(
                "redrive", "Deliver again what was given up", "重新投递", "Redriven", request: "Redrive", handle: redrive),
        ]
    }

    private func endpoint(
        _ method: String, _ path: String, _ summary: String, _ summaryZh: String, _ schema: String,
        handle: @escaping @Sendable (APIRequest) async throws -> APIResponse,
    ) -> Endpoint {
        Endpoint(
            method, "/v1/consumers" + path, .scopes([.receive]), summary, summaryZh,
            answers: [Endpoint.Answer(200, schema)], handle: handle)
    }

    private func command(
        _ name: String, _ summary: String, _ summaryZh: String, _ schema: String, request: String? = nil,
        handle: @escaping @Sendable (APIRequest) async throws -> APIResponse,
    ) -> Endpoint {
        Endpoint(
            "POST", "/v1/consumers/{name}/\(name)", .scopes([.receive]), body: request == nil ? .any : .json, summary,
            summaryZh, request: request, answers: [Endpoint.Answer(200, schema)], handle: handle)
    }

    private func consumer(_ request: APIRequest) async throws -> ConsumerRecord {
        try await services.consumers.consumer(request.parameters["name"] ?? "", of: try request.requires(.receive))
    }

    // MARK: - Setting up

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.receive)
        let found = try await services.store.consumers(of: principal.unit, county: principal.county)
        var items: [JSONValue] = []
        for consumer in found { items += [try await view(consumer)].compactMap(\.self) }
        return .json(["items": .array(items), "next": .null])
    }

    private func show(_ request: APIRequest) async throws -> APIResponse {
        .json(try await shown(try await consumer(request)))
    }

    private func put(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.receive)
        let name = request.parameters["name"] ?? ""
        let county = try services.counties.county(principal.county)
        let form = ConsumerForm(try request.object()) { county.catalogue.contract(EventType($0)) != nil }
        var faults = form.faults
        if !name.isPlainName {
            faults.append(
                InputFault(
                    path: "path:name", code: "bad-name",
                    message: "a name has 1 to 63 of a-z, 0-9 and hyphens and does not begin with a hyphen",
                    messageZh: "名称为1至63个小写字母、数字或连字符，且不以连字符开头"))
        }
        if !PersonalPatternScanner.kinds(in: name).isEmpty {
            faults.append(ConsumerForm.personalNumber(at: "path:name"))
        }
        guard faults.isEmpty else { throw HubError("invalid", faults: faults) }
        var isNew = false
        if try await services.store.consumer(name, of: principal.unit, county: principal.county) == nil {
            let start = form.start ?? .earliest
            isNew = try await services.consumers.make(
                name, of: principal, settings: form.settings, start: start.value.canonicalBytes(),
                at: try await position(start, principal))
        }
        var consumer = try await services.consumers.consumer(name, of: principal)
        if !isNew {
            // Its place in the log is what the workers have made of it.
            if let start = form.start, start.value.canonicalBytes() != consumer.start {
                throw HubError("start-is-fixed")
            }
            try await services.store.changeConsumer(consumer, to: form.settings)
            consumer.settings = form.settings
        }
        return .json(try await shown(consumer), status: isNew ? 201 : 200)
    }

    private func position(_ start: ConsumerForm.Start, _ principal: Principal) async throws -> Position {
        switch start {
        case .earliest: return Position(rawValue: 0)
        case .latest:
            return try await services.store.logEnd(
                LogReader(county: principal.county, unit: principal.unit, isSecretariat: false))
        case .after(let position): return position
        case .at(let instant): return try await services.store.logPosition(county: principal.county, at: instant)
        }
    }

    private func remove(_ request: APIRequest) async throws -> APIResponse {
        try await services.store.removeConsumer(try await consumer(request))
        return .noContent
    }

    private func setPaused(_ isPaused: Bool, _ request: APIRequest) async throws -> APIResponse {
        var consumer = try await consumer(request)
        try await services.store.setPaused(isPaused, of: consumer)
        consumer.isPaused = isPaused
        return .json(try await shown(consumer))
    }

    private func shown(_ consumer: ConsumerRecord) async throws -> JSONValue {
        guard let view = try await view(consumer) else { throw HubError("not-found") }
        return view
    }

    /// A consumer and how far it is; nil once it is gone.
    private func view(_ consumer: ConsumerRecord) async throws -> JSONValue? {
        guard let progress = try await services.store.progress(of: consumer, upTo: Self.countedWaiting) else {
            return nil
        }
        let above = try await services.store.deliveriesAbove(
            progress.floor, of: consumer.unit, county: consumer.county, upTo: Self.countedWaiting)
        guard case .success(let start) = JSONReader.read(consumer.start) else { throw HubError("internal") }
        let settings = consumer.settings
        return [
            "name": .string(consumer.name),
            "filter": settings.filter.map { .string($0) } ?? .null,
            "types": .array((settings.types ?? []).map { .string($0) }),
            "start": start,
            "lease": .string(ISODuration.text(seconds: Int64(settings.leaseSeconds))),
            "maxAttempts": .integer(Int64(settings.maxAttempts)),
            "maxInFlight": .integer(Int64(settings.maxInFlight)),
            "ordering": .string(settings.ordering.rawValue),
            "paused": .bool(consumer.isPaused),
            "waiting": .integer(progress.waiting + above),
            "inFlight": .integer(progress.inFlight),
            "dead": .integer(progress.dead),
            "filterErrors": .integer(progress.filterErrors),
        ]
    }

    // MARK: - Working

    private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.receive)
        let body = request.body.isEmpty ? JSONObject() : try request.object()
        var form = BodyForm(body, known: ["limit", "wait"])
        let limit = form.number("limit", in: 1...500) ?? 50
        let wait = form.seconds("wait") ?? 0
        try form.check()
        let place = try services.capacity.waitingPlace(of: principal.sharing)
        let watch = TokenWatch(request, services) { [wakeups = services.wakeups] in
            wakeups.ring([Wakeups.Key(county: principal.county, unit: principal.unit)])
        }
        defer { watch.stop() }
        let leased = try await services.consumers.fetch(
            request.parameters["name"] ?? "", by: principal, limit: Int(limit),
            wait: .seconds(min(wait, Self.longestWait)),
            isOver: { services.drain.hasBegun || watch.isRevoked },
            attributes: { EventView.delivered($0, to: $1).objectValue ?? [:] })
        withExtendedLifetime(place) {}
        if watch.isRevoked { throw HubError("unauthorised") }
        return .json([
            "deliveries": .array(
                leased.map { leased in
                    [
                        "deliveryId": .string(String(leased.lease.position.rawValue)),
                        "leaseId": .string(leased.lease.lease.description),
                        "attempt": .integer(Int64(leased.lease.attempt)),
                        "leaseUntil": .string(leased.lease.until.rfc3339()),
                        "role": .string(leased.recipient.role.rawValue),
                        "dutyId": leased.recipient.duty.map { .string(String($0.rawValue)) } ?? .null,
                        "event": EventView.delivered(leased.event, to: leased.recipient),
                    ]
                })
        ])
    }

    private func settle(
        _ request: APIRequest, isReturn: Bool, _ settlement: (SettlementForm, Principal) throws -> Store.Settlement,
    ) async throws -> APIResponse {
        let principal = try request.requires(.receive)
        let form = SettlementForm(try request.object(), isReturn: isReturn)
        guard form.faults.isEmpty else { throw HubError("invalid", faults: form.faults) }
        let results = try await services.consumers.settle(
            request.parameters["name"] ?? "", by: principal, form.deliveries, try settlement(form, principal))
        return .json([
            "results": .array(
                zip(form.ids, results).map { ["deliveryId": .string($0), "result": .string($1)] })
        ])
    }

    private func give(_ form: SettlementForm, back principal: Principal) throws -> Store.Settlement {
        .nack(
            delaySeconds: form.delay,
            sealedReason: try form.reason.map { try services.consumers.seal(reason: $0, county: principal.county) })
    }

    // MARK: - What was given up

    private func dead(_ request: APIRequest) async throws -> APIResponse {
        let consumer = try await consumer(request)
        let limit = try request.limit()
        let found = try await services.store.deadDeliveries(
            of: consumer, after: try request.position("cursor") ?? Position(rawValue: 0), limit: limit + 1)
        let shown = found.prefix(limit)
        let deliveries = Dictionary(
            try await services.store.deliveries(
                of: consumer.unit, county: consumer.county, at: shown.map(\.position)
            ).map { ($0.recipient.position, $0) }, uniquingKeysWith: { first, _ in first })
        return APIResponse.json([
            "items": .array(
                shown.map { dead in
                    let delivery = deliveries[dead.position]
                    return [
                        "deliveryId": .string(String(dead.position.rawValue)),
                        "attempt": .integer(Int64(dead.attempt)),
                        "reason": services.consumers.reason(dead.sealedReason, county: consumer.county)
                            .map { .string($0) } ?? .null,
                        "role": delivery.map { .string($0.recipient.role.rawValue) } ?? .null,
                        "dutyId": delivery?.recipient.duty.map { .string(String($0.rawValue)) } ?? .null,
                        "event": delivery.map { EventView.delivered($0.event, to: $0.recipient) } ?? .null,
                    ]
                }),
            "next": found.count > limit ? shown.last.map { .string(String($0.position.rawValue)) } ?? .null : .null,
        ]).notStored
    }

    private func redrive(_ request: APIRequest) async throws -> APIResponse {
        let consumer = try await consumer(request)
        let body = request.body.isEmpty ? JSONObject() : try request.object()
        var form = BodyForm(body, known: ["deliveries", "after"])
        let ids = form.texts("deliveries")
        let after = form.position("after") ?? Position(rawValue: 0)
        try form.check()
        let (count, next): (Int, Position?)
        if let ids {
            let positions = ids.compactMap { Int64($0).map(Position.init(rawValue:)) }
            (count, next) = (try await services.consumers.redrive(positions, of: consumer), nil)
        } else {
            (count, next) = try await services.consumers.redriveAll(of: consumer, after: after) {
                services.drain.hasBegun
            }
        }
        return .json([
            "redriven": .integer(Int64(count)), "next": next.map { .string(String($0.rawValue)) } ?? .null,
        ])
    }
}
