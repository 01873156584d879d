import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub
import Store

/// Publishing, and what a publisher asks of its own events.
struct PublishRoutes: Sendable {
    let services: HubServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "POST", "/v1/events", .scopes([.publish]), body: .events, "Publish one event or a batch", "报送事件",
                queries: ["strict"], handle: publish),
            Endpoint(
                "POST", "/v1/events/dry-run", .scopes([.publish]), body: .events,
                "What publishing would answer; stores nothing", "试算：如果报送会怎样", queries: ["at"], handle: dryRun),
            Endpoint(
                "GET", "/v1/events", .scopes([.publish, .receive]), "Events this unit has published", "本单位报送的事件",
                queries: ["source", "id", "publisher", "recordedFrom", "recordedTo", "limit", "cursor"],
                handle: listEvents),
            Endpoint(
                "GET", "/v1/events/{position}", .anyToken, "An event: envelope and open data", "事件的公开部分",
                handle: event),
            Endpoint(
                "GET", "/v1/events/{position}/duties", .scopesOnceVisible([.publish]),
                "Who has signed and settled", "签收与办理情况", handle: duties),
            Endpoint(
                "GET", "/v1/events/{position}/explanation", .scopesOnceVisible([.publish, .secretariat]),
                "Why each unit received it", "为什么派给各单位", handle: explanation),
            Endpoint(
                "POST", "/v1/events/{position}/withdraw", .scopesOnceVisible([.publish]), body: .json,
                "Withdraw an event", "撤回事件", handle: { _ in throw HubError("not-yet") }),
        ]
    }

    // MARK: - Publishing

    private func publish(_ request: APIRequest) async throws -> APIResponse {
        let message = try decode(request)
        let principal = try request.requires(.publish)
        let options = Publisher.Options(lenient: wantsLenience(request))
        switch message {
        case .single(let event):
            let receipt = try await services.publisher.publish(try event.get(), by: principal, options: options)
            return .json(receipt.jsonValue, status: receipt.duplicate ? 200 : 201)
                .with("location", "/v1/events/\(receipt.position.rawValue)")
        case .batch(let events):
            let strict = try request.flag("strict") ?? false
            let results = try await services.publisher.publish(batch: events, by: principal, options: options)
            return batchAnswer(results, strict: strict, request: request)
        }
    }

    private func batchAnswer(
        _ results: [Result<Receipt, HubError>], strict: Bool, request: APIRequest,
    ) -> APIResponse {
        var accepted: Int64 = 0
        var duplicates: Int64 = 0
        var rejected: Int64 = 0
        let shown: [JSONValue] = results.enumerated().map { index, result in
            switch result {
            case .success(let receipt):
                if receipt.duplicate { duplicates += 1 } else { accepted += 1 }
                return ["status": .integer(receipt.duplicate ? 200 : 201), "receipt": receipt.jsonValue]
            case .failure(var error):
                rejected += 1
                error.faults = error.faults.map { fault in
                    var fault = fault
                    if fault.path.hasPrefix("/") || fault.path.isEmpty { fault.path = "/\(index)\(fault.path)" }
                    return fault
                }
                return [
                    "status": .integer(Int64(ProblemCatalogue.kind(error.code).status)),
                    "problem": APIResponse.problemValue(
                        error, requestID: request.requestID, path: request.path, chinese: request.chinese),
                ]
            }
        }
        let answer: [(String, JSONValue)] = [
            ("accepted", .integer(accepted)), ("duplicates", .integer(duplicates)), ("rejected", .integer(rejected)),
            ("results", .array(shown)),
        ]
        if strict, rejected > 0 {
            return .problem(
                HubError(
                    "partly-refused",
                    details: Dictionary(answer, uniquingKeysWith: { first, _ in first })),
                requestID: request.requestID, path: request.path, chinese: request.chinese)
        }
        var object = JSONObject()
        for (name, value) in answer { object[name] = value }
        return .json(.object(object))
    }

    private func dryRun(_ request: APIRequest) async throws -> APIResponse {
        let message = try decode(request)
        let principal = try request.requires(.publish)
        guard case .single(let event) = message else { throw HubError("unsupported-media-type") }
        let result = try await services.publisher.dryRun(
            try event.get(), by: principal, options: Publisher.Options(lenient: wantsLenience(request)),
            at: try request.instant("at"))
        guard case .object(var object) = result.receipt.jsonValue else { throw HubError("internal") }
        if result.status == 201 {
            for name in ["position", "links", "contentHash"] { object[name] = .null }
        }
        object["wouldBe"] = .integer(Int64(result.status))
        object["explanation"] = .array(result.explanation.map(\.jsonValue))
        return .json(.object(object))
    }

    private enum Message {
        case single(Result<CloudEvent, HubError>)
        case batch([Result<CloudEvent, HubError>])
    }

    private func decode(_ request: APIRequest) throws -> Message {
        switch HTTPBinding.decode(headers: request.headers, body: request.body) {
        case .success(.single(let event)):
            // Anything that is no event is refused before the scope is looked at.
            return .single(.success(try event.mapError { HubError($0.code, faults: $0.faults) }.get()))
        case .success(.batch(let events)):
            guard events.count <= 1000 else { throw HubError("batch-too-large") }
            return .batch(events.map { $0.mapError { HubError($0.code, faults: $0.faults) } })
        case .failure(.unsupportedMediaType):
            throw HubError("unsupported-media-type")
        case .failure(.faults(let code, let faults)):
            throw HubError(code, faults: faults)
        }
    }

    private func wantsLenience(_ request: APIRequest) -> Bool {
        request.headers.contains { $0.name == "prefer" && $0.value.lowercased().contains("handling=lenient") }
    }

    // MARK: - Looking back

    private func listEvents(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.publish, .receive)
        let county = try services.counties.county(principal.county)
        if let source = request.parameter("source"), let id = request.parameter("id") {
            guard county.allows(source: source, of: principal.unit),
                let position = try await services.store.position(
                    ofKey: EventKey.of(source: source, id: id), county: county.id),
                let record = try await services.store.event(at: position, county: county.id)
            else { return .json(["items": [], "next": .null]) }
            return .json(["items": [EventView.shown(record, role: "publisher")], "next": .null])
        }
        guard request.parameter("publisher") == "me" else {
            throw HubError(
                "unsupported-filter",
                faults: [
                    InputFault(
                        path: "query:publisher", code: "unsupported-filter",
                        message: "ask with publisher=me, or with source and id",
                        messageZh: "请用publisher=me，或同时给出source和id查询")
                ])
        }
        let limit = try request.limit()
        let records = try await services.store.published(
            by: principal.unit, county: county.id, from: try request.instant("recordedFrom"),
            to: try request.instant("recordedTo"), before: try request.number("cursor").map(Position.init(rawValue:)),
            limit: limit + 1)
        let shown = records.prefix(limit)
        return .json([
            "items": .array(shown.map { EventView.shown($0, role: "publisher") }),
            "next": records.count > limit
                ? shown.last.map { .string(String($0.position.rawValue)) } ?? .null : .null,
        ])
    }

    /// An event this sender may see, and in which capacity.
    private func visible(
        _ request: APIRequest,
    ) async throws -> (record: EventRecord, role: String, principal: Principal, county: CountyRuntime) {
        let principal = try request.principal()
        let county = try services.counties.county(principal.county)
        let (record, role) = try await EventView.visible(
            request.parameters["position"], principal: principal, county: county, store: services.store)
        return (record, role, principal, county)
    }

    private func event(_ request: APIRequest) async throws -> APIResponse {
        let found = try await visible(request)
        return .json(EventView.shown(found.record, role: found.role))
    }

    private func duties(_ request: APIRequest) async throws -> APIResponse {
        let found = try await visible(request)
        guard found.role == "publisher" || found.principal.has(.secretariat) else {
            throw HubError("scope-missing", details: ["needs": ["publish"]])
        }
        let duties = try await services.store.duties(ofEvent: found.record.position, county: found.county.id)
        let now = services.clock.now(in: found.county.id)
        return .json([
            "items": .array(
                duties.map { duty in
                    [
                        "dutyId": .string(String(duty.id.rawValue)),
                        "unit": .string(duty.unit.rawValue),
                        "unitName": .string(found.county.name(of: duty.unit, at: found.record.recordedAt)),
                        "role": .string(duty.role.rawValue),
                        "planRole": .string(duty.planRole.rawValue),
                        "state": .string(duty.state.rawValue),
                        "signBy": duty.signBy.map { .string($0.rfc3339()) } ?? .null,
                        "signedAt": duty.signedAt.map { .string($0.rfc3339()) } ?? .null,
                        "settleBy": duty.settleBy.map { .string($0.rfc3339()) } ?? .null,
                        "settledAt": duty.completedAt.map { .string($0.rfc3339()) } ?? .null,
                        "overdue": .array(duty.overdue(at: now).map { .string($0) }),
                    ]
                })
        ])
    }

    private func explanation(_ request: APIRequest) async throws -> APIResponse {
        let found = try await visible(request)
        let isOwn = found.role == "publisher" && found.principal.has(.publish)
        guard isOwn || found.principal.has(.secretariat) else {
            throw HubError("scope-missing", details: ["needs": ["publish", "secretariat"]])
        }
        guard case .success(let steps) = JSONReader.read(found.record.explanation) else { throw HubError("internal") }
        return .json([
            "position": .string(String(found.record.position.rawValue)),
            "policyVersion": .string(found.record.policyVersion),
            "explanation": steps,
        ])
    }
}
