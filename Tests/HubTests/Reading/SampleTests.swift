import CloudEvents
import Coordination
import Hub
import Store
import TestSupport
import Testing

/// The samples and sights of contracts, beside the shipped county too.
struct SampleTests {
    /// A county beside the shipped one, with towns of its own, and its units' tokens.
    private struct Neighbour {
        let hub: TestHub
        let county: CountyID

        init(in hub: TestHub) async throws {
            self.hub = hub
            try await EditedCounty.with { folder in
                try folder.replaceEverywhere("410322", with: "410329")
                try folder.replaceEverywhere("410308", with: "410309")
                try await folder.load(as: "yichuan", into: hub)
            }
            county = try #require(try await hub.inspection.counties().first { $0.key == "yichuan" }).id
            let office = try await speaker("jm-office")
            try await eventually("the hub knows the county") {
                try await hub.get("/v1/units/town:410329101", as: office).status == 200
            }
        }

        func speaker(_ unit: String) async throws -> TestHub.Speaker {
            let token = BearerToken.generate()
            _ = try await hub.inspection.issueToken(
                hash: token.hash, county: county, unit: UnitID(unit), officer: nil, scopes: ["publish", "receive"],
                label: "test", expiresAt: try await hub.inspection.databaseNow().advanced(bySeconds: 3600))
            return .token(token.text)
        }
    }

    private static let campaign = "/v1/contracts/labour.inspection-campaign.opened/sample"

    /// The samples are written for all counties; each gets them with its own units.
    @Test func aSampleNamesUnitsOfTheCounty() async throws {
        try await TestHub.with { hub in
            let neighbour = try await Neighbour(in: hub)
            let handler = try await neighbour.speaker("hrss")
            let sample = try await hub.get(Self.campaign, as: handler)
            let units = sample.json.list("data/units").compactMap(\.stringValue)
            #expect(units.count == 4 && Set(units).count == 4, "\(sample.text)")
            #expect(units.prefix(2) == ["market-reg", "psb"])
            #expect(units.suffix(2).allSatisfy { $0.hasPrefix("town:410329") })
            // What is another's to send bears a code of the county too.
            let other = try await hub.get(Self.campaign, as: try await neighbour.speaker("finance"))
            let source = try #require(other.json.text("source"))
            #expect(["/410329/units/hrss/ldjc", "/410309/units/hrss/ldjc"].contains(source))
            let shipped = try await hub.get(Self.campaign, as: .unit("hrss"))
            #expect(shipped.json.text("source") == "/410322/units/hrss/ldjc")
            #expect(shipped.json.text("data/units/2") == "town:410322100")
        }
    }

    @Test func everySampleIsPublishableInAnotherCounty() async throws {
        try await TestHub.with { hub in
            let neighbour = try await Neighbour(in: hub)
            var published: Set<String> = []
            for unit in ["hrss", "culture-tourism", "psb", "civil-affairs", "town:410329101", "school:3141990002"] {
                let speaker = try await neighbour.speaker(unit)
                let types = try await hub.get("/v1/me", as: speaker).json.list("mayPublish")
                for type in types.compactMap(\.stringValue) where !published.contains(type) {
                    let sample = try await hub.get("/v1/contracts/\(type)/sample", as: speaker)
                    let answer = try await hub.publish(sample.json, as: speaker)
                    // A type that only who handles the matter may send.
                    if answer.code == "type-not-yours" { continue }
                    #expect(answer.status == 201, "\(type) of \(unit): \(answer.text)")
                    published.insert(type)
                }
            }
            #expect(published.contains("labour.inspection-campaign.opened") && published.count > 20)
        }
    }

    /// An object is as visible as its most visible part.
    @Test(arguments: [("town:410322101", "handling"), ("hrss", "handling"), ("finance", "informed")])
    func anObjectIsAsVisibleAsItsParts(unit: String, role: String) async throws {
        try await TestHub.with { hub in
            let office = TestHub.Speaker.unit("jm-office")
            let types = try await hub.get("/v1/contracts?limit=500", as: office).json.list("items")
            var objects = 0
            for type in types.compactMap({ $0.text("type") }) {
                let contract = try await hub.get("/v1/contracts/\(type)?as=\(unit)&role=\(role)", as: office)
                for field in contract.json.list("fields") where !field.list("parts").isEmpty {
                    let parts = field.list("parts").compactMap { $0.text("visible") }
                    let expected = ["full", "masked", "absent"].first(where: parts.contains)
                    #expect(field.text("visible") == expected, "\(type) \(field.text("name") ?? "")")
                    objects += 1
                }
            }
            #expect(objects > 10)
        }
    }
}
