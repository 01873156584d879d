import CloudEvents
import Coordination
import Hub

/// What may be said of which event, and the codes it is said in.
struct ContractRoutes: Sendable {
    let services: HubServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/contracts", .anyToken, "The event types there are", "事件类型目录",
                queries: ["limit", "cursor"], answers: [Endpoint.Answer(200, "ContractList")], handle: contracts),
            Endpoint(
                "GET", "/v1/contracts/{type}", .anyToken,
                "A contract; its JSON Schema with Accept: application/schema+json", "事件合同（字段、类别、可报送单位）",
                queries: ["as", "role"], requestHeaders: ["Accept"],
                answers: [
                    Endpoint.Answer(200, "Contract"), Endpoint.Answer(200, "AnyObject", as: "application/schema+json"),
                ], handle: contract),
            Endpoint(
                "GET", "/v1/contracts/{type}/sample", .anyToken, "A whole event, publishable as it stands",
                "可直接报送的样例", answers: [Endpoint.Answer(200, "CloudEvent", as: "application/cloudevents+json")],
                handle: sample),
            Endpoint(
                "GET", "/v1/codes", .anyToken, "The code lists there are", "代码表目录", queries: ["limit", "cursor"],
                answers: [Endpoint.Answer(200, "CodeListIndex")], handle: codeLists),
            Endpoint(
                "GET", "/v1/codes/{list}", .anyToken, "The codes of a list", "代码表", queries: ["limit", "cursor"],
                answers: [Endpoint.Answer(200, "CodeList")], handle: codes),
        ]
    }

    private func county(_ request: APIRequest) throws -> CountyRuntime {
        try services.counties.county(try request.principal().county)
    }

    private func found(_ request: APIRequest) throws -> (EventContract, CountyRuntime) {
        let county = try county(request)
        guard let type = request.parameters["type"], let contract = county.catalogue.contract(EventType(type)) else {
            throw HubError("not-found")
        }
        return (contract, county)
    }

    // MARK: - Contracts

    private func contracts(_ request: APIRequest) async throws -> APIResponse {
        let county = try county(request)
        let unit = county.directory.unit(try request.principal().unit)
        let today = services.clock.now(in: county.id).beijingDate
        let page = try Page(of: county.catalogue.types, key: \.rawValue, request: request)
        return .json(
            page.json { type in
                guard let contract = county.catalogue.contract(type) else { return .null }
                return [
                    "type": .string(type.rawValue),
                    "family": .string(contract.family),
                    "zh": .string(contract.zh),
                    "en": .string(contract.en),
                    "version": .string(contract.version),
                    "sealed": .bool(contract.isSealed),
                    "case": .optional(contract.caseKind?.rawValue),
                    "mayPublish": .bool(unit.map { contract.mayPublish(unit: $0, on: today) } ?? false),
                ]
            })
    }

    private func contract(_ request: APIRequest) async throws -> APIResponse {
        let (contract, county) = try found(request)
        let reader = try self.reader(request, contract: contract, county: county)
        if request.accept.prefers("application/schema+json", over: "application/json") {
            var schema = contract.jsonSchema()
            if let reader { schema = reader.annotated(schema, fields: contract.fields, path: "") }
            return .document(schema, type: "application/schema+json; charset=utf-8").with("vary", "Accept")
        }
        var value = contract.jsonValue(visibility: reader.map { reader in { reader.word(for: $0, at: $1) } })
        if let reader, case .object(var object) = value {
            object["as"] = ["unit": .string(reader.unit.id.rawValue), "role": .string(reader.role.rawValue)]
            value = .object(object)
        }
        return .json(value).with("vary", "Accept")
    }

    /// As whom the fields are looked at: `?as=` a unit, in the role `?role=`,
    /// handling unless said.
    private func reader(
        _ request: APIRequest, contract: EventContract, county: CountyRuntime,
    ) throws -> ContractReader? {
        var role = Role.handling
        if let text = request.parameter("role") {
            guard let named = Role(rawValue: text) else {
                let choices = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw request.badQuery("role", "must be one of \(choices)", "应为\(choices)之一")
            }
            role = named
        }
        guard let text = request.parameter("as") else { return nil }
        guard let unit = county.directory.unit(UnitID(text)) else {
            throw request.badQuery("as", "there is no such unit", "没有此单位")
        }
        return ContractReader(contract: contract, matrix: county.projection, unit: unit, role: role)
    }

    private func sample(_ request: APIRequest) async throws -> APIResponse {
        let (contract, county) = try found(request)
        let today = services.clock.now(in: county.id).beijingDate
        var sample = SampleEvent(county: county, today: today)
        guard let event = sample.event(of: contract, for: try request.principal().unit) else {
            throw HubError("internal")
        }
        return .document(event, type: "application/cloudevents+json; charset=utf-8")
    }

    // MARK: - Codes

    private func codeLists(_ request: APIRequest) async throws -> APIResponse {
        let lists = try county(request).catalogue.codeLists.values.sorted { $0.name < $1.name }
        return .json(
            try Page(of: lists, key: \.name, request: request).json { list in
                [
                    "name": .string(list.name), "zh": .string(list.zh), "en": .string(list.en),
                    "codes": .integer(Int64(list.codes.count)),
                ]
            })
    }

    private func codes(_ request: APIRequest) async throws -> APIResponse {
        guard let name = request.parameters["list"], let list = try county(request).catalogue.codeLists[name] else {
            throw HubError("not-found")
        }
        let page = try Page(of: list.codes, key: \.code, request: request)
        guard case .object(var object) = page.json(\.jsonValue) else { throw HubError("internal") }
        object["name"] = .string(list.name)
        object["zh"] = .string(list.zh)
        object["en"] = .string(list.en)
        return .json(.object(object))
    }
}

/// A contract seen by a unit in a role.
private struct ContractReader {
    let contract: EventContract
    let matrix: ProjectionMatrix
    let unit: Unit
    let role: Role

    /// `full`, `masked` or `absent`.
    func word(for field: FieldDefinition, at path: String) -> String { visibility(of: field, at: path).rawValue }

    /// What is open is seen in full; an object as much as its most visible part.
    private func visibility(of field: FieldDefinition, at path: String) -> FieldVisibility {
        guard field.parts.isEmpty else {
            let parts = field.parts.map { visibility(of: $0, at: "\(path).\($0.name)") }
            return [.full, .masked].first(where: parts.contains) ?? .absent
        }
        let part = field.fieldClass.sealedClass ?? (contract.isSealed ? .sensitive : nil)
        guard let part else { return .full }
        return matrix.visibility(of: path, in: part, to: unit, role: role, contract: contract)
    }

    /// The schema with the word beside each property.
    func annotated(_ schema: JSONValue, fields: [FieldDefinition], path: String) -> JSONValue {
        guard case .object(var object) = schema else { return schema }
        if case .object(var properties)? = object["properties"] {
            for field in fields {
                guard let property = properties[field.name] else { continue }
                let place = path.isEmpty ? field.name : "\(path).\(field.name)"
                properties[field.name] = annotated(property, field: field, path: place)
            }
            object["properties"] = .object(properties)
        }
        return .object(object)
    }

    private func annotated(_ property: JSONValue, field: FieldDefinition, path: String) -> JSONValue {
        guard case .object(var object) = annotated(property, fields: field.parts, path: path) else { return property }
        if let items = object["items"] { object["items"] = annotated(items, fields: field.parts, path: path) }
        object["x-visible"] = .string(word(for: field, at: path))
        return .object(object)
    }
}
