import CloudEvents

/// One case of publishing: a request that may be wrong in any way, and what
/// must hold for the answers to it.
struct PublishTrial {
    let hub: HubUnderFuzz
    let rules: AnswerRules
    /// How many events each unit should have stored.
    private(set) var stored: [String: Int] = [:]

    init(hub: HubUnderFuzz) {
        self.hub = hub
        rules = AnswerRules(codes: hub.codes)
    }

    /// Tries a request.
    ///
    /// - Returns: the outcome, to count by.
    /// - Throws: a ``Finding``.
    mutating func run(_ request: FuzzRequest, _ generator: inout CaseGenerator) throws -> String {
        let token = try hub.token(of: request.unit)
        // The clock of the hub goes on between the two; what depends on it to
        // the second is not compared.
        var foreseen: HubAnswer?
        if generator.oneIn(2), !request.query.hasPrefix("?at=") {
            let answer = try hub.send(request.bytes(token: token, path: "/v1/events/dry-run"))
            try rules.check(answer, isChinese: request.isChinese)
            foreseen = answer
        }
        let answer = try hub.send(request.bytes(token: token))
        try rules.check(answer, isChinese: request.isChinese)
        guard let json = answer.json else { throw Finding("no-json", "status \(answer.status)") }
        if json["results"] != nil {
            try checkBatch(json, request, foreseen: foreseen?.json, token: token)
        } else if answer.status < 300 {
            try checkAccepted(answer, json, request, foreseen: foreseen, token: token, &generator)
        } else {
            try checkRefused(answer, request, foreseen: foreseen, token: token, &generator)
        }
        return "\(request.mode.rawValue) \(answer.status)" + (answer.code.map { " \($0)" } ?? "")
    }

    // MARK: - One event

    private mutating func checkAccepted(
        _ answer: HubAnswer, _ receipt: JSONValue, _ request: FuzzRequest, foreseen: HubAnswer?, token: String,
        _ generator: inout CaseGenerator,
    ) throws {
        guard answer.status == 201 || receipt["duplicate"] == true else {
            throw Finding("wrong-status", "status \(answer.status) for a first sending")
        }
        if answer.status == 201 { stored[request.unit, default: 0] += 1 }
        if let foreseen {
            guard foreseen.status == 200, foreseen.json?["wouldBe"]?.integerValue == Int64(answer.status) else {
                throw Finding(
                    "dry-run-differs", "dry run \(foreseen.status) \(foreseen.code ?? ""), then \(answer.status)")
            }
            let (before, after) = (Self.recipients(foreseen.json), Self.recipients(receipt))
            guard before == after else { throw Finding("dry-run-recipients", "\(before) then \(after)") }
        }
        let again = try hub.send(request.bytes(token: token))
        try rules.check(again, isChinese: request.isChinese)
        try Self.checkSame(receipt, again, "sent-again")
        if let event = request.event, request.mode == .structured {
            var writer = VariedWriter(generator: generator)
            _ = generator.next()
            let varied = try hub.send(request.bytes(token: token, body: writer.bytes(event)))
            try Self.checkSame(receipt, varied, "written-otherwise")
        }
    }

    private static func checkSame(_ receipt: JSONValue, _ again: HubAnswer, _ property: String) throws {
        guard again.status == 200, let second = again.json, second["duplicate"] == true else {
            throw Finding(property, "status \(again.status) \(again.code ?? "") for what is stored")
        }
        for member in [
            "position", "source", "id", "type", "caseId", "policyVersion", "recordedAt", "contentHash", "status",
        ]
        where receipt[member] != second[member] {
            throw Finding(property, "\(member) differs from the first receipt")
        }
        guard recipients(receipt) == recipients(second) else { throw Finding(property, "the recipients differ") }
    }

    /// Who receives, in which part.
    private static func recipients(_ receipt: JSONValue?) -> [String] {
        (receipt?["recipients"]?.arrayValue ?? []).map { recipient in
            ["unit", "role", "planRole"].map { recipient[$0]?.stringValue ?? "-" }.joined(separator: " ")
        }.sorted()
    }

    private func checkRefused(
        _ answer: HubAnswer, _ request: FuzzRequest, foreseen: HubAnswer?, token: String,
        _ generator: inout CaseGenerator,
    ) throws {
        if let foreseen, answer.status < 429 {
            let isSame =
                foreseen.status == answer.status && foreseen.code == answer.code
                && foreseen.json?["errors"] == answer.json?["errors"]
            guard isSame else {
                throw Finding(
                    "dry-run-differs",
                    "dry run \(foreseen.status) \(foreseen.code ?? ""), then \(answer.status) \(answer.code ?? "")")
            }
        }
        // An id that was cut short may be that of an earlier case.
        guard generator.oneIn(4), answer.status != 409, let source = request.event?["source"]?.stringValue,
            let id = request.event?["id"]?.stringValue, id == request.id, request.mode == .structured,
            id.utf8.count + source.utf8.count < 500
        else { return }
        let path = "/v1/events?source=\(Self.escaped(source))&id=\(Self.escaped(id))"
        let found = try hub.get(path, token: token)
        guard found["items"] == [] else {
            throw Finding("refused-and-stored", "status \(answer.status) \(answer.code ?? ""), and the event is there")
        }
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    // MARK: - Batches

    private mutating func checkBatch(
        _ json: JSONValue, _ request: FuzzRequest, foreseen: JSONValue?, token: String,
    ) throws {
        let statuses = try self.statuses(json, isChinese: request.isChinese)
        stored[request.unit, default: 0] += statuses.count { $0 == 201 }
        if let elements = request.event?.arrayValue, elements.count != statuses.count {
            throw Finding("batch-length", "\(statuses.count) results for \(elements.count) events")
        }
        if let foreseen, foreseen["results"] != nil {
            let before = try self.statuses(foreseen, isChinese: request.isChinese, member: "wouldBe")
            guard before == statuses else { throw Finding("dry-run-differs", "\(before) then \(statuses)") }
        }
        let again = try hub.send(request.bytes(token: token))
        try rules.check(again, isChinese: request.isChinese)
        guard let second = again.json, second["results"] != nil else {
            throw Finding("sent-again", "status \(again.status) for a batch that was judged before")
        }
        let found = try self.statuses(second, isChinese: request.isChinese)
        // What was refused may find its id taken by a neighbour that was not.
        let isSame = zip(statuses, found).allSatisfy { before, after in
            after == (before == 201 ? 200 : before) || (before >= 400 && after == 409)
        }
        guard isSame, found.count == statuses.count else {
            throw Finding("sent-again", "\(statuses), and again \(found)")
        }
    }

    /// The status of each event, after a look at counts and problems.
    private func statuses(_ json: JSONValue, isChinese: Bool, member: String = "status") throws -> [Int] {
        var statuses: [Int] = []
        for result in json["results"]?.arrayValue ?? [] {
            guard let status = result["status"]?.integerValue else {
                throw Finding("batch-result", "a result has no status")
            }
            if let problem = result["problem"] { try rules.check(problem: problem, isChinese: isChinese) }
            guard (status < 300) == (result["receipt"] != nil), (status >= 400) == (result["problem"] != nil) else {
                throw Finding("batch-result", "status \(status) with the other's member")
            }
            guard status < 500 || status == 501 else { throw Finding("server-error", "a result of status \(status)") }
            statuses.append(Int(status))
        }
        let counts = ["accepted", "duplicates", "rejected"].map { json[$0]?.integerValue ?? -1 }
        guard
            counts == [201, 200].map({ wanted in Int64(statuses.count { $0 == wanted }) })
                + [Int64(statuses.count { $0 >= 400 })]
        else { throw Finding("batch-counts", "\(counts) for \(statuses)") }
        return statuses
    }
}
