import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub
import Store

/// Publishing, and what a publisher asks of its own events.
struct PublishRoutes: Sendable {
    let services: HubServices

    private static let batchLimit = 1000
    /// Of an event, in bytes, in a batch too.
    private static let eventLimit = 1 << 20
    /// How many events are read before it is looked at how large they are.
    private static let readTogether = 32

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "POST", "/v1/events", .scopes([.publish]), body: .events, "Publish one event or a batch", "报送事件",
                queries: ["strict"], requestHeaders: ["Prefer", "traceparent"],
                answers: [
                    Endpoint.Answer(201, "Receipt"), Endpoint.Answer(200, "ReceiptOrBatchResults"),
                ], refusals: [409, 501], handle: publish),
            Endpoint(
                "POST", "/v1/events/dry-run", .scopes([.publish]), body: .events,
                "What publishing would answer; stores nothing", "试算：如果报送会怎样", queries: ["at", "strict"],
                requestHeaders: ["Prefer"], answers: [Endpoint.Answer(200, "DryRunOrBatchResults")],
                refusals: [409, 501], onlyReads: true, handle: dryRun),
            Endpoint(
                "GET", "/v1/events", .scopes([.publish]), "Events this unit has published", "本单位报送的事件",
                queries: ["source", "id", "publisher", "recordedFrom", "recordedTo", "limit", "cursor"],
                answers: [Endpoint.Answer(200, "EventList")], refusals: [422], handle: listEvents),
            Endpoint(
                "GET", "/v1/events/{position}", .anyToken,
                "An event: envelope and open data; to programs what they sent with publish, the rest with receive",
                "事件的公开部分（程序令牌：本单位报送的须有publish，收到的须有receive）",
                answers: [Endpoint.Answer(200, "ShownEvent")], refusals: [403], handle: event),
            Endpoint(
                "GET", "/v1/events/{position}/duties", .scopesOrLead([.publish, .secretariat]),
                "Who has signed and settled", "签收与办理情况", answers: [Endpoint.Answer(200, "EventDuties")],
                handle: duties),
            Endpoint(
                "GET", "/v1/events/{position}/explanation", .scopesOrLead([.publish, .secretariat]),
                "Why each unit received it", "为什么派给各单位", answers: [Endpoint.Answer(200, "Explanation")],
                handle: explanation),
            .later("POST", "/v1/events/{position}/withdraw", .scopes([.publish]), "Withdraw an event", "撤回事件"),
        ]
    }

    // MARK: - Publishing

    private func publish(_ request: APIRequest) async throws -> APIResponse {
        let message = try decode(request)
        let principal = try request.requires(.publish)
        let options = Publisher.Options(lenient: Preferences(request.headers).areLenient)
        switch message {
        case .single(let event):
            let receipt = try await services.publisher.publish(try event.get(), by: principal, options: options)
            let answer = APIResponse.json(status: receipt.duplicate ? 200 : 201, reserving: 8192) {
                receipt.writeMembers(to: &$0)
            }.with("location", "/v1/events/\(receipt.position.rawValue)")
            return preferring(options, answer)
        case .batch(let events):
            let strict = try request.flag("strict") ?? false
            let results = try await services.publisher.publish(batch: events, by: principal, options: options)
            let outcomes = results.map { result in
                result.map { receipt in Outcome(isDuplicate: receipt.duplicate) { receipt.writeMembers(to: &$0) } }
            }
            services.metrics.refused(
                results.compactMap { if case .failure(let error) = $0 { error.code } else { nil } })
            return preferring(options, try batchAnswer(outcomes, strict: strict, request: request))
        }
    }

    /// Tells that a preference was honoured, as RFC 7240 has it.
    private func preferring(_ options: Publisher.Options, _ response: APIResponse) -> APIResponse {
        options.lenient ? response.with("preference-applied", "handling=lenient") : response
    }

    /// What became of one event of a batch.
    private struct Outcome {
        var isDuplicate: Bool
        /// Writes the members of its receipt.
        var writeMembers: (inout JSONWriter) -> Void
    }

    /// - Parameter adding: writes further members of what is no refusal.
    private func batchAnswer(
        _ results: [Result<Outcome, HubError>], strict: Bool, request: APIRequest,
        adding: (inout JSONWriter) -> Void = { _ in },
    ) throws -> APIResponse {
        let accepted = results.count { (try? $0.get())?.isDuplicate == false }
        let duplicates = results.count { (try? $0.get())?.isDuplicate == true }
        let rejected = results.count - accepted - duplicates
        let refuses = strict && rejected > 0
        let answer = APIResponse.json(reserving: results.count * 6144) { writer in
            writer.member("accepted", Int64(accepted))
            writer.member("duplicates", Int64(duplicates))
            writer.member("rejected", Int64(rejected))
            writer.name("results")
            writer.beginArray()
            for (index, result) in results.enumerated() { write(result, at: index, to: &writer, request: request) }
            writer.endArray()
            if !refuses { adding(&writer) }
        }
        guard refuses, case .open(var writer) = answer.body else { return answer }
        writer.endObject()
        guard case .object(let details) = try JSONReader.read(writer.bytes).get() else { return answer }
        return .problem(
            HubError(
                "partly-refused",
                details: Dictionary(details.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })),
            requestID: request.requestID, path: request.path, chinese: request.chinese)
    }

    private func write(
        _ result: Result<Outcome, HubError>, at index: Int, to writer: inout JSONWriter, request: APIRequest,
    ) {
        writer.beginObject()
        switch result {
        case .success(let outcome):
            writer.member("status", outcome.isDuplicate ? 200 : 201)
            writer.name("receipt")
            writer.beginObject()
            outcome.writeMembers(&writer)
            writer.endObject()
        case .failure(var error):
            error.faults = error.faults.map { fault in
                var fault = fault
                if fault.path.hasPrefix("/") || fault.path.isEmpty { fault.path = "/\(index)\(fault.path)" }
                return fault
            }
            writer.member("status", Int64(ProblemCatalogue.kind(error.code).status))
            writer.name("problem")
            writer.write(
                APIResponse.problemValue(
                    error, requestID: request.requestID, path: request.path, chinese: request.chinese))
        }
        writer.endObject()
    }

    private func dryRun(_ request: APIRequest) async throws -> APIResponse {
        let message = try decode(request)
        let principal = try request.requires(.publish)
        let options = Publisher.Options(lenient: Preferences(request.headers).areLenient)
        let at = try request.instant("at")
        switch message {
        case .single(let event):
            let run = try await services.publisher.dryRun(try event.get(), by: principal, options: options, at: at)
            return preferring(options, .json { run.writeMembers(to: &$0) })
        case .batch(let events):
            let strict = try request.flag("strict") ?? false
            let runs = try await services.publisher.dryRun(batch: events, by: principal, options: options, at: at)
            let outcomes = runs.map { run in
                run.map { run in Outcome(isDuplicate: run.status == 200) { run.writeMembers(to: &$0) } }
            }
            let answer = try batchAnswer(outcomes, strict: strict, request: request) { $0.member("wouldBe", 200) }
            return preferring(options, answer)
        }
    }

    private enum Message {
        case single(Result<CloudEvent, HubError>)
        case batch([Result<CloudEvent, HubError>])
    }

    private func decode(_ request: APIRequest) throws -> Message {
        let trace = TraceContext(request.headers)
        switch HTTPBinding.decode(headers: request.headers, body: request.body, eventLimit: Self.eventLimit) {
        case .success(.single(let event)):
            // Anything that is no event is refused before the scope is looked at.
            let read = event.mapError { HubError($0.code, faults: $0.faults) }
            return .single(.success(try read.get().traced(trace)))
        case .success(.batch(let events)):
            guard events.count <= Self.batchLimit else { throw HubError("batch-too-large") }
            return .batch(
                events.map { event in
                    event.map { $0.traced(trace) }.mapError { HubError($0.code, faults: $0.faults) }
                })
        case .failure(.unsupportedMediaType):
            throw HubError("unsupported-media-type")
        case .failure(.faults(let code, let faults)):
            throw HubError(code, faults: faults)
        }
    }

    // MARK: - Looking back

    private func listEvents(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.publish)
        let county = try services.counties.county(principal.county)
        try EventFilters.check(request)
        if let source = request.parameter("source"), let id = request.parameter("id") {
            guard county.allows(source: source, of: principal.unit),
                let position = try await services.store.position(
                    ofKey: EventKey.of(source: source, id: id), county: county.id),
                let record = try await services.store.event(at: position, county: county.id)
            else { return .json(["items": [], "next": .null]) }
            return .json(["items": [EventView.shown(record, role: "publisher")], "next": .null])
        }
        let limit = try request.limit()
        let from = try request.instant("recordedFrom")
        let to = try request.instant("recordedTo")
        var records: [EventRecord] = []
        var before = try request.position("cursor")
        var isAll = false
        // As many as fit: a page must not depend on how large the events are.
        while records.count <= limit, records.reduce(0, { $0 + $1.size }) < FeedRoutes.pageBytes {
            let wanted = min(Self.readTogether, limit + 1 - records.count)
            let part = try await services.store.published(
                by: principal.unit, county: county.id, from: from, to: to, before: before, limit: wanted)
            records += part
            before = part.last?.position
            isAll = part.count < wanted
            if isAll { break }
        }
        let shown = records.prefix(limit)
        return .json([
            "items": .array(shown.map { EventView.shown($0, role: "publisher") }),
            "next": records.count > limit || !isAll
                ? shown.last.map { .string(String($0.position.rawValue)) } ?? .null : .null,
        ])
    }

    /// An event this sender may see, and in which capacity.
    private func visible(
        _ request: APIRequest,
    ) async throws -> (sight: EventView.Sight, principal: Principal, county: CountyRuntime) {
        let principal = try request.principal()
        let county = try services.counties.county(principal.county)
        let sight = try await EventView.visible(
            Position(rawValue: try request.pathNumber("position")), principal: principal, county: county,
            store: services.store)
        return (sight, principal, county)
    }

    private func event(_ request: APIRequest) async throws -> APIResponse {
        let found = try await visible(request)
        return .json(EventView.shown(found.sight.record, role: found.sight.role))
    }

    /// Who else received an event can itself be a disclosure: only its
    /// publisher, its lead and the secretariat see that.
    private func checkMaySeeRecipients(_ sight: EventView.Sight, _ principal: Principal) throws {
        let isOwn = sight.role == "publisher" && principal.has(.publish)
        guard isOwn || sight.isLead || principal.has(.secretariat) else {
            throw principal.has(.publish)
                ? HubError("not-your-event")
                : HubError("scope-missing", details: ["needs": ["publish", "secretariat"]])
        }
    }

    private func duties(_ request: APIRequest) async throws -> APIResponse {
        let found = try await visible(request)
        try checkMaySeeRecipients(found.sight, found.principal)
        let duties = try await services.store.duties(concerning: found.sight.record)
        let now = services.clock.now(in: found.county.id)
        return .json([
            "items": .array(
                duties.map { duty in
                    [
                        "dutyId": .string(String(duty.id.rawValue)),
                        "unit": .string(duty.unit.rawValue),
                        "unitName": .string(found.county.name(of: duty.unit, at: found.sight.record.recordedAt)),
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
        try checkMaySeeRecipients(found.sight, found.principal)
        let record = found.sight.record
        guard let words = try await services.store.explanation(of: record.position, county: record.county),
            case .success(let steps) = JSONReader.read(words)
        else { throw HubError("internal") }
        return .json([
            "position": .string(String(found.sight.record.position.rawValue)),
            "policyVersion": .string(found.sight.record.policyVersion),
            "explanation": steps,
        ])
    }
}

extension CloudEvent {
    /// With the trace context of the request, unless it brings one of its own.
    fileprivate func traced(_ trace: TraceContext?) -> CloudEvent {
        guard let trace, extensions["traceparent"] == nil else { return self }
        var event = self
        event.extensions["traceparent"] = .string(trace.parent)
        event.extensions["tracestate"] = trace.state.map { .string($0) }
        return event
    }
}

extension Publisher.DryRun {
    /// Writes `{…receipt, wouldBe, explanation}`; what only storing gives is null.
    fileprivate func writeMembers(to writer: inout JSONWriter) {
        receipt.writeMembers(to: &writer, isForeseen: status == 201)
        writer.member("wouldBe", Int64(status))
        writer.name("explanation")
        explanation.write(to: &writer)
    }
}
