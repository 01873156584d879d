import CloudEvents
import Coordination
import Hub
import Store
import TestSupport
import Testing

/// Officers that are registered over the API.
struct OfficerRegistrationTests {
    private static let admin = TestHub.Speaker.officer("county-gov-office-02")

    private static func put(_ hub: TestHub, _ officers: JSONValue...) async throws -> TestAnswer {
        try await hub.send(
            "PUT", "/v1/officers", as: admin, headers: [("Content-Type", "application/json")],
            body: (["officers": .array(officers)] as JSONValue).encodedBytes())
    }

    private static func officer(
        _ id: String, _ unit: String = "hrss", _ change: (inout JSONObject) -> Void = { _ in },
    ) -> JSONValue {
        var officer: JSONObject = ["id": .string(id), "unit": .string(unit), "name": "某演示"]
        change(&officer)
        return .object(officer)
    }

    private static func registered(_ hub: TestHub) async throws -> Set<String> {
        let county = try hub.county(.mengjin).id
        return Set(try await hub.inspection.officers(county: county).map(\.id.rawValue))
    }

    // MARK: - All or nothing

    @Test func oneIDOfAnotherUnitAndNothingIsStored() async throws {
        try await TestHub.with { hub in
            let before = try await Self.registered(hub)
            let answer = try await Self.put(
                hub, Self.officer("half-ok"), Self.officer("hrss-01", "psb"), Self.officer("last-ok"))
            #expect(answer.status == 422 && answer.code == "invalid", "\(answer.text)")
            #expect(answer.faultPaths == ["/officers/1/id"] && answer.faultCodes == ["id-taken"])
            #expect(try await Self.registered(hub) == before)
        }
    }

    @Test(arguments: ["hrss", "psb"])
    func anIDTwiceIsAFaultAtTheSecond(unit: String) async throws {
        try await TestHub.with { hub in
            let before = try await Self.registered(hub)
            let answer = try await Self.put(hub, Self.officer("twice"), Self.officer("twice", unit))
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.faultPaths == ["/officers/1/id"] && answer.faultCodes == ["duplicate-id"])
            #expect(try await Self.registered(hub) == before)
        }
    }

    @Test func whatIsSoundIsStored() async throws {
        try await TestHub.with { hub in
            let answer = try await Self.put(
                hub, Self.officer("b-2"), Self.officer("a-1", "psb") { $0["validFrom"] = "2020-10-22" })
            #expect(answer.status == 200, "\(answer.text)")
            let ids = answer.json["items"]?.arrayValue?.map { $0["id"] }
            #expect(ids == ["b-2", "a-1"])
            #expect(try await Self.registered(hub).isSuperset(of: ["a-1", "b-2"]))
        }
    }

    // MARK: - The form

    @Test(
        arguments: [
            ("id", "HRSS-77", "bad-officer-id"), ("id", "-77", "bad-officer-id"), ("id", "a b", "bad-officer-id"),
            ("id", "人社01", "bad-officer-id"), ("id", "12345678901234567x", "bad-officer-id"), ("id", "", "wrong-type"),
            ("name", " ", "wrong-type"), ("name", "\u{3000}", "wrong-type"), ("unit", "nobody", "unknown-unit"),
            ("unit", "hrss-inspection", "no-account"), ("unit", "ext:procuratorate", "no-account"),
            ("validTo", "2020-10-21", "validity-reversed"),
        ] as [(String, JSONValue, String)])
    func whatIsNotSoundIsRefused(field: String, value: JSONValue, code: String) async throws {
        try await TestHub.with { hub in
            let answer = try await Self.put(
                hub,
                Self.officer("new-01") {
                    $0["validFrom"] = "2020-10-22"
                    $0[field] = value
                })
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.faultPaths == ["/officers/0/\(field)"] && answer.faultCodes == [code], "\(answer.text)")
        }
    }

    @Test func aRateTakesNothingElse() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.send(
                "PUT", "/v1/units/hrss/rate", as: Self.admin, headers: [("Content-Type", "application/json")],
                body: (["requestsPerSecond": 7, "burst": 9] as JSONValue).encodedBytes())
            #expect(answer.status == 422 && answer.faultPaths == ["/burst"], "\(answer.text)")
            #expect(answer.faultCodes == ["unknown-field"])
        }
    }

    // MARK: - Out of office

    @Test func whoIsOutOfOfficeOpensNothing() async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try ShippedSample.childLabour.event())
            let before = try await hub.open(event.position, as: .officer("hrss-01"))
            #expect(before.status == 200, "\(before.text)")
            let left = try await Self.put(hub, Self.officer("hrss-01") { $0["validTo"] = "2020-12-31" })
            #expect(left.status == 200, "\(left.text)")
            // The roster is read again within two seconds.
            try await eventually("the hub knows that the officer has left") {
                try await hub.open(event.position, as: .officer("hrss-01")).code == "officer-not-in-office"
            }
            let after = try await hub.open(event.position, as: .officer("hrss-01"))
            #expect(after.status == 403 && after.json["data"] == nil)
            #expect(ValueSearch(["吕小样"]).found(in: after.body) == [])
            let signed = try await hub.post(
                "/v1/duties/\(try event.duty(of: "hrss"))/sign", [:], as: .officer("hrss-01"))
            #expect(signed.code == "unknown-officer")
            #expect(try await hub.accessLog().first?["code"] == "officer-not-in-office")
        }
    }
}
