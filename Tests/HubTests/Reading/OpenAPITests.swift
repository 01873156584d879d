import CloudEvents
import TestSupport
import Testing

/// The document from which clients are made.
struct OpenAPITests {
    private static let methods = ["get", "put", "post", "delete"]

    private func document(of hub: TestHub) async throws -> JSONValue {
        let answer = try await hub.get("/openapi.json", as: .nobody)
        #expect(answer.status == 200 && answer.header("content-type")?.hasPrefix("application/json") == true)
        return answer.json
    }

    @Test func everyReferenceLeadsSomewhere() async throws {
        try await TestHub.with { hub in
            let document = try await document(of: hub)
            #expect(document.text("openapi") == "3.1.0")
            let references = Self.references(in: document)
            #expect(references.count > 50)
            for reference in references {
                #expect(reference.hasPrefix("#/"))
                #expect(document.at(String(reference.dropFirst())) != nil, "\(reference)")
            }
        }
    }

    private static func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .object(let object):
            object.reduce(into: []) { found, member in
                if member.key == "$ref", let text = member.value.stringValue { found.insert(text) }
                found.formUnion(references(in: member.value))
            }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(references(in: $1)) }
        default: []
        }
    }

    @Test func everyOperationTellsItsAnswersParametersAndToken() async throws {
        try await TestHub.with { hub in
            let document = try await document(of: hub)
            var identifiers: Set<String> = []
            for (path, item) in document.at("paths")?.objectValue ?? [:] {
                for (method, operation) in item.objectValue ?? [:] {
                    #expect(Self.methods.contains(method))
                    let name = "\(method) \(path)"
                    let identifier = try #require(operation.text("operationId"))
                    #expect(identifiers.insert(identifier).inserted, "\(identifier)")
                    let responses = operation.at("responses")?.objectValue ?? [:]
                    #expect(responses["default"] != nil && responses.count > 1, "\(name)")
                    #expect(operation.text("summary")?.isEmpty == false)
                    #expect(operation.at("security") != nil, "\(name)")
                    let inPath = Set(path.matches(of: /\{(\w+)\}/).map { String($0.output.1) })
                    let declared = operation.list("parameters").filter { $0.text("in") == "path" }
                    #expect(Set(declared.compactMap { $0.text("name") }) == inPath, "\(name)")
                    #expect(declared.allSatisfy { $0.at("required") == true })
                }
            }
            #expect(identifiers.count > 60)
        }
    }

    /// The document and the server are made of one table: every operation it
    /// names is served.
    @Test func everyOperationIsServed() async throws {
        try await TestHub.with { hub in
            let document = try await document(of: hub)
            for (path, item) in document.at("paths")?.objectValue ?? [:] {
                let path = path.replacing(/\{\w+\}/, with: "1")
                for (method, _) in item.objectValue ?? [:] {
                    let answer = try await hub.send(method.uppercased(), path, as: .nobody)
                    let isOpen = ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/errors"].contains(path)
                    #expect(answer.status == (isOpen ? 200 : 401), "\(method) \(path): \(answer.status)")
                }
            }
        }
    }

    /// Answers that were given fit the names of what the document says of them.
    @Test func whatIsAnsweredIsDescribed() async throws {
        try await TestHub.with { hub in
            let document = try await document(of: hub)
            let office = TestHub.Speaker.unit("jm-office")
            let receipt = try await hub.publish(try Sample.report(id: "LB-1", employer: 1), as: office)
            let position = try #require(receipt.json.text("position"))
            let duty = try #require(receipt.json.text("recipients/1/dutyId"))
            let secretariat = TestHub.Speaker.officer("jm-office-01")
            let answers = [
                ("Receipt", receipt), ("Me", try await hub.get("/v1/me", as: office)),
                ("ShownEvent", try await hub.get("/v1/events/\(position)", as: office)),
                ("EventDuties", try await hub.get("/v1/events/\(position)/duties", as: office)),
                ("Explanation", try await hub.get("/v1/events/\(position)/explanation", as: office)),
                ("EventList", try await hub.get("/v1/events?publisher=me", as: office)),
                ("Duty", try await hub.get("/v1/duties/\(duty)", as: secretariat)),
                ("DutyList", try await hub.get("/v1/duties", as: secretariat)),
                ("Board", try await hub.get("/v1/board", as: secretariat)),
                ("FeedPage", try await hub.get("/v1/feed", as: office)),
                ("Case", try await hub.get("/v1/cases/\(receipt.json.text("caseId") ?? "")", as: secretariat)),
                ("ContractList", try await hub.get("/v1/contracts", as: office)),
                ("UnitList", try await hub.get("/v1/units", as: office)),
                ("Policy", try await hub.get("/v1/policy", as: office)),
                ("Problem", try await hub.get("/v1/events/7777", as: office)),
            ]
            for (name, answer) in answers {
                let schema = try #require(document.at("components/schemas/\(name)"), "\(name)")
                let undescribed = Self.undescribed(answer.json, by: schema, in: document, at: name)
                #expect(undescribed == [], "\(answer.text)")
            }
        }
    }

    /// The places of an answer that its schema does not name, or that it
    /// requires and that are missing.
    private static func undescribed(
        _ value: JSONValue, by schema: JSONValue, in document: JSONValue, at place: String
    ) -> [String] {
        if let reference = schema.text("$ref") {
            guard let target = document.at(String(reference.dropFirst())) else { return ["\(place): \(reference)"] }
            return undescribed(value, by: target, in: document, at: place)
        }
        switch value {
        case .array(let elements):
            guard let items = schema.at("items") else { return [] }
            return elements.flatMap { undescribed($0, by: items, in: document, at: "\(place)[]") }
        case .object(let object):
            guard let properties = schema.at("properties")?.objectValue else { return [] }
            let missing = schema.list("required").compactMap(\.stringValue).filter { object[$0] == nil }
            return missing.map { "\(place).\($0) is missing" }
                + object.flatMap { name, member in
                    properties[name].map { undescribed(member, by: $0, in: document, at: "\(place).\(name)") }
                        ?? (schema.at("additionalProperties") == nil ? ["\(place).\(name)"] : [])
                }
        default: return []
        }
    }
}
