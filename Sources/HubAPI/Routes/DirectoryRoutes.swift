import ChineseIdentifiers
import CloudEvents
import Coordination
import Hub

/// The county's units, and the rules in force.
struct DirectoryRoutes: Sendable {
    let services: HubServices

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "GET", "/v1/units", .anyToken, "The units of the county that exist today", "本县单位目录",
                queries: ["limit", "cursor"], answers: [Endpoint.Answer(200, "UnitList")], handle: units),
            Endpoint(
                "GET", "/v1/units/{unit}", .anyToken, "A unit", "单位", answers: [Endpoint.Answer(200, "Unit")],
                handle: unit),
            Endpoint(
                "GET", "/v1/policy", .anyToken, "The policy in force: rules and the sentences of the plan",
                "现行派发规则与方案依据", answers: [Endpoint.Answer(200, "Policy")], handle: policy),
        ]
    }

    private func county(_ request: APIRequest) throws -> (CountyRuntime, CivilDate) {
        let county = try services.counties.county(try request.principal().county)
        return (county, services.clock.now(in: county.id).beijingDate)
    }

    private func units(_ request: APIRequest) async throws -> APIResponse {
        let (county, today) = try county(request)
        let units = county.directory.units.filter { $0.isValid(on: today) }
        return .json(try Page(of: units, key: \.id.rawValue, request: request).json { $0.shown(on: today) })
    }

    private func unit(_ request: APIRequest) async throws -> APIResponse {
        let (county, today) = try county(request)
        guard let id = request.parameters["unit"], let unit = county.directory.unit(UnitID(id)) else {
            throw HubError("not-found")
        }
        return .json(unit.shown(on: today))
    }

    private func policy(_ request: APIRequest) async throws -> APIResponse {
        let (county, today) = try county(request)
        let policy = county.policy
        return .json([
            "version": .string(policy.version),
            "effectiveFrom": .optional(policy.effectiveFrom?.description),
            "projection": .string(county.projection.version),
            "calendar": ["version": .string(county.calendar.version), "until": .string("\(county.calendar.horizon)")],
            "clauses": .array(
                policy.clauses.map { ["id": .string($0.id), "zh": .string($0.zh), "en": .string($0.en)] }),
            "sentences": .array(
                policy.sentences.map { sentence in
                    [
                        "id": .string(sentence.id), "clause": .string(sentence.clause), "zh": .string(sentence.zh),
                        "en": .string(sentence.en),
                    ]
                }),
            "rules": .array(policy.rules.map { $0.shown(on: today) }),
        ])
    }
}

extension Unit {
    /// A unit as the API shows it; whom to call stays with the secretariat.
    fileprivate func shown(on day: CivilDate) -> JSONValue {
        let name = name(on: day)
        return [
            "id": .string(id.rawValue),
            "name": .string(name.zh),
            "shortName": .string(name.zhShort),
            "nameEn": .string(name.en),
            "kind": .string(kind.rawValue),
            "parent": .optional(parent?.rawValue),
            "regionCode": .optional(regionCode),
            "jointMeeting": .bool(isMember(on: day)),
            "hasAccount": .bool(kind.hasAccount),
            "successorOf": .array(successorOf.map { .string($0.rawValue) }),
            "validFrom": .optional(validFrom?.description),
            "validTo": .optional(validTo?.description),
        ]
    }
}

extension Rule {
    /// A rule as the API shows it, with the laws in force on a day.
    fileprivate func shown(on day: CivilDate) -> JSONValue {
        [
            "id": .string(id),
            "kind": .string(kind.rawValue),
            "zh": .string(zh),
            "en": .string(en),
            "types": .array(types.map { .string($0.rawValue) }),
            "clause": .optional(clause),
            "sentences": .array(sentences.map { .string($0.id) }),
            "legalBasis": .array(
                bases.filter { $0.isInForce(on: day) }.map { ["zh": .string($0.zh), "en": .string($0.en)] }),
            "chains": .array(chains.map { .string($0) }),
            "lead": .optional(lead?.rawValue),
            "verifier": .optional(verifier?.rawValue),
        ]
    }
}
