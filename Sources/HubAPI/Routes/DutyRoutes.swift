import CloudEvents
import Coordination
import Hub
import Store

/// Duties: lists, counts, one of them, and the commands on them.
struct DutyRoutes: Sendable {
    let services: HubServices

    private static let filters = ["state", "open", "role", "unit", "overdue", "case", "type", "dueBefore"]
    private static let batchLimit = 1000

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/duties", .anyToken, "The own unit's duties; the secretariat sees the county's",
                "本单位的交办事项（联席办：全县）", queries: Self.filters + ["limit", "cursor"],
                answers: [Endpoint.Answer(200, "DutyList")], refusals: [403, 422], handle: list),
            Endpoint(
                "GET", "/v1/duties/count", .anyToken, "How many there are, exactly", "交办事项件数",
                queries: Self.filters, answers: [Endpoint.Answer(200, "Count")], refusals: [403, 422], handle: count),
            Endpoint(
                "POST", "/v1/duties/sign", .anyToken, body: .json, "Sign several duties, one by one", "批量签收",
                request: "BulkSignature", answers: [Endpoint.Answer(200, "BulkSignatureResults")], handle: signAll),
            Endpoint(
                "GET", "/v1/duties/{id}", .anyToken, "A duty with its history and what may be done", "交办事项详情",
                answers: [Endpoint.Answer(200, "Duty")], handle: duty),
            Endpoint(
                "POST", "/v1/duties/{id}/{command}", .anyToken, body: .json, "A command on a duty", "办理操作",
                requestHeaders: ["If-Match", "Idempotency-Key"], request: "DutyCommand",
                answers: [Endpoint.Answer(200, "Duty")], refusals: [403, 409, 412, 501], handle: perform),
        ]
    }

    // MARK: - Reading

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        let limit = try request.limit()
        let before = try request.number("cursor").map(DutyID.init(rawValue:))
        let sheets = try await services.desk.sheets(
            try filter(request), for: principal, before: before, limit: limit + 1)
        let shown = sheets.prefix(limit)
        return .json(reserving: shown.count * 3072) { writer in
            writer.name("items")
            writer.beginArray()
            for sheet in shown { DutyView.write(sheet, to: &writer) }
            writer.endArray()
            writer.member("next", sheets.count > limit ? shown.last.map { String($0.duty.id.rawValue) } : nil)
        }
    }

    private func count(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        return .json(["count": .integer(try await services.desk.count(try filter(request), for: principal))])
    }

    private func duty(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        return answer(try await services.desk.sheet(of: try dutyID(request), for: principal))
    }

    private func answer(_ sheet: DutySheet) -> APIResponse {
        let response = APIResponse.json { DutyView.writeMembers(of: sheet, to: &$0) }
            .with("etag", "\"\(sheet.duty.version)\"")
        return sheet.holdsNotes ? response.notStored : response
    }

    private func dutyID(_ request: APIRequest) throws -> DutyID {
        DutyID(rawValue: try request.pathNumber("id"))
    }

    private func filter(_ request: APIRequest) throws -> DutyFilter {
        var filter = DutyFilter()
        filter.unit = request.parameter("unit").map { UnitID($0) }
        filter.state = try choice(request, "state", DutyState.allCases.map { ($0.rawValue, $0) })
        filter.open = try request.flag("open")
        filter.roles = try choice(
            request, "role",
            Role.allCases.map { ($0.rawValue, [$0]) } + [("responsible", Role.responsible)])
        filter.overdue = try choice(request, "overdue", [("sign", .sign), ("settle", .settle)])
        if let text = request.parameter("case") {
            guard let caseID = CaseID(text: text) else {
                throw request.badQuery("case", "must be a case such as c-10481", "应为c-10481形式的个案编号")
            }
            filter.caseID = caseID
        }
        filter.type = request.parameter("type").map { EventType($0) }
        filter.dueBefore = try request.instant("dueBefore")
        return filter
    }

    private func choice<Value>(
        _ request: APIRequest, _ name: String, _ choices: [(String, Value)],
    ) throws -> Value? {
        guard let text = request.parameter(name) else { return nil }
        guard let chosen = choices.first(where: { $0.0 == text }) else {
            let words = choices.map(\.0).joined(separator: ", ")
            throw request.badQuery(name, "must be one of \(words)", "应为\(words)之一")
        }
        return chosen.1
    }

    // MARK: - Commands

    private func perform(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        let key = request.header("idempotency-key")
        if let key, key.isEmpty || key.utf8.count > 255 {
            throw request.badHeader("idempotency-key", "must have 1 to 255 bytes", "应为1至255个字节")
        }
        let versions = try request.expectedVersions()
        guard let command = request.parameters["command"] else { throw HubError("no-such-command") }
        return answer(
            try await services.desk.perform(
                command, on: try dutyID(request), body: try request.object(), by: principal, idempotencyKey: key,
                expectedVersions: versions))
    }

    private func signAll(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        var body = try request.object()
        let texts = try dutyTexts(body)
        body["dutyIds"] = nil
        let numbers = texts.map { text in
            Int64(text).flatMap { $0 > 0 && String($0) == text ? DutyID(rawValue: $0) : nil }
        }
        var results = try await services.desk.sign(numbers.compactMap(\.self), body: body, by: principal)[...]
        var holdsNotes = false
        var refused: [String] = []
        let response = APIResponse.json(reserving: texts.count * 3072) { writer in
            writer.name("results")
            writer.beginArray()
            for (text, number) in zip(texts, numbers) {
                let result =
                    (number == nil ? .failure(HubError("not-found")) : results.popFirst())
                    ?? .failure(HubError("internal"))
                switch result {
                case .success(let sheet): holdsNotes = holdsNotes || sheet.holdsNotes
                case .failure(let error): refused.append(error.code)
                }
                write(result, of: text, to: &writer, request: request)
            }
            writer.endArray()
        }
        services.metrics.refused(refused)
        return holdsNotes ? response.notStored : response
    }

    private func dutyTexts(_ body: JSONObject) throws -> [String] {
        let list = body["dutyIds"]?.arrayValue
        let texts = list?.compactMap(\.stringValue)
        guard let list, let texts, texts.count == list.count, list.count <= Self.batchLimit else {
            throw HubError(
                "invalid",
                faults: [
                    InputFault(
                        path: "/dutyIds", code: list == nil ? "required" : "wrong-type",
                        message: "must be a list of at most \(Self.batchLimit) duty ids, as text",
                        messageZh: "应为至多\(Self.batchLimit)个事项编号（文字）的列表")
                ])
        }
        return texts
    }

    private func write(
        _ result: Result<DutySheet, HubError>, of dutyID: String, to writer: inout JSONWriter, request: APIRequest,
    ) {
        writer.beginObject()
        writer.member("dutyId", dutyID)
        switch result {
        case .success(let sheet):
            writer.member("status", 200)
            writer.name("duty")
            DutyView.write(sheet, to: &writer)
        case .failure(let error):
            writer.member("status", Int64(ProblemCatalogue.kind(error.code).status))
            writer.name("problem")
            writer.write(
                APIResponse.problemValue(
                    error, requestID: request.requestID, path: request.path, chinese: request.chinese))
        }
        writer.endObject()
    }
}
