import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub
import Store

/// Who a token speaks for, and the officers a unit has.
struct IdentityRoutes: Sendable {
    let services: HubServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/me", .anyToken, "Whom this token speaks for and what it may do", "本令牌的身份和权限",
                answers: [Endpoint.Answer(200, "Me")], handle: me),
            Endpoint(
                "GET", "/v1/officers", .anyToken,
                "Registered officers of the own unit; with admin those of the county", "本单位（管理员：全县）登记的经办人",
                queries: ["unit", "limit", "cursor"], answers: [Endpoint.Answer(200, "OfficerList")],
                handle: officers),
            Endpoint(
                "PUT", "/v1/officers", .scopes([.admin]), body: .json, "Register officers or change them",
                "登记或变更经办人", request: "OfficerRegistration", answers: [Endpoint.Answer(200, "OfficerList")],
                handle: putOfficers),
            Endpoint(
                "PUT", "/v1/units/{unit}/rate", .scopes([.admin]), body: .json,
                "Set a unit's requests per second; null gives it the default again", "设定单位的请求速率",
                request: "UnitRate", answers: [Endpoint.Answer(200, "UnitRate")], handle: putRate),
        ]
    }

    // MARK: - Me

    private func me(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        let county = try services.counties.county(principal.county)
        let now = services.clock.now(in: county.id)
        let unit = county.directory.unit(principal.unit)
        let publishes = principal.has(.publish)
        let types = county.catalogue.types.filter { type in
            guard let unit, publishes, let contract = county.catalogue.contract(type) else { return false }
            return contract.mayPublish(unit: unit, on: now.beijingDate)
        }
        return .json([
            "unit": .string(principal.unit.rawValue),
            "unitName": .string(county.name(of: principal.unit, at: now)),
            "officer": .optional(principal.officer?.rawValue),
            "county": .string(county.code(on: now.beijingDate)),
            "countyName": .string(county.directory.county.name(on: now.beijingDate).zh),
            "scopes": .array(Scope.allCases.filter(principal.has).map { .string($0.rawValue) }),
            "expiresAt": .string(Timestamp(microseconds: principal.expiresAtMicroseconds).rfc3339()),
            "mayPublish": .array(types.map { .string($0.rawValue) }),
            "sources": publishes ? .array(county.sources(of: principal.unit).map { .string($0) }) : [],
            "serverTime": .string(now.rfc3339()),
        ])
    }

    // MARK: - Officers

    private func officers(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.principal()
        var unit: UnitID? = principal.unit
        if principal.has(.admin) {
            unit = request.parameter("unit").map { UnitID($0) }
        } else if let named = request.parameter("unit"), named != principal.unit.rawValue {
            throw HubError("scope-missing", details: ["needs": ["admin"]])
        }
        let officers = try await services.store.officers(county: principal.county, unit: unit)
        return .json(try Page(of: officers, key: \.id.rawValue, request: request).json(\.shown))
    }

    private func putOfficers(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.admin)
        let county = try services.counties.county(principal.county)
        var form = OfficerForm(directory: county.directory)
        let officers = form.read(try request.object())
        guard form.faults.isEmpty else { throw HubError("invalid", faults: form.faults) }
        do {
            try await services.store.putOfficers(officers, county: county.id)
        } catch let taken as OfficerIDsTaken {
            throw HubError(
                "invalid",
                faults: officers.enumerated().filter { taken.ids.contains($0.element.id) }.map { index, _ in
                    InputFault(
                        path: "/officers/\(index)/id", code: "id-taken",
                        message: "another unit has an officer of this id", messageZh: "其他单位已使用此编号")
                })
        }
        return .json(["items": .array(officers.map(\.shown)), "next": .null])
    }

    // MARK: - Rates

    private func putRate(_ request: APIRequest) async throws -> APIResponse {
        let principal = try request.requires(.admin)
        let county = try services.counties.county(principal.county)
        guard let text = request.parameters["unit"], county.directory.unit(UnitID(text)) != nil else {
            throw HubError("not-found")
        }
        let body = try request.object()
        try BodyForm(body, known: ["requestsPerSecond"]).check()
        let rate: Int32?
        switch body["requestsPerSecond"] {
        case .null?: rate = nil
        case .integer(let value)? where (1...1_000_000).contains(value): rate = Int32(value)
        default:
            throw HubError(
                "invalid",
                faults: [
                    InputFault(
                        path: "/requestsPerSecond", code: "out-of-range",
                        message: "must be a whole number from 1 to 1,000,000, or null",
                        messageZh: "应为1至1000000的整数，或null")
                ])
        }
        try await services.store.setUnitRate(rate, of: UnitID(text), county: county.id)
        services.rates.setRates(try await services.store.unitRates())
        return .json([
            "unit": .string(text), "requestsPerSecond": rate.map { .integer(Int64($0)) } ?? .null,
        ])
    }
}

extension OfficerRecord {
    /// An officer as the API shows one.
    fileprivate var shown: JSONValue {
        [
            "id": .string(id.rawValue),
            "unit": .string(unit.rawValue),
            "name": .string(name),
            "duty": .string(duty),
            "scopes": .array(scopes.map { .string($0) }),
            "validFrom": .optional(validFrom),
            "validTo": .optional(validTo),
        ]
    }
}
