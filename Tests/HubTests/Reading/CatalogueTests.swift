import CloudEvents
import Coordination
import Hub
import Store
import TestSupport
import Testing

/// What may be said, in which codes, by whom, and by which rules.
struct CatalogueTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    @Test func meSaysWhomTheTokenSpeaksFor() async throws {
        try await TestHub.with { hub in
            let program = try await hub.get("/v1/me", as: .unit("hrss"))
            #expect(
                program.json.names.isSuperset(of: [
                    "unit", "unitName", "officer", "county", "scopes", "expiresAt", "mayPublish", "sources",
                    "serverTime",
                ]))
            #expect(program.json.text("unit") == "hrss" && program.json.at("officer") == .null)
            #expect(program.json.text("unitName") == "孟津区人力资源和社会保障局" && program.json.text("county") == "410308")
            #expect(program.json.at("scopes") == ["publish", "receive"])
            #expect(program.json.at("sources") == ["/410308/units/hrss", "/410322/units/hrss"])
            let types = program.json.list("mayPublish")
            #expect(types.contains("labour.child-labour.case-filed") && !types.contains("attendance.absence.recorded"))
            for name in ["expiresAt", "serverTime"] {
                #expect(program.json.text(name).flatMap { Timestamp(rfc3339: $0) } != nil)
            }
            let person = try await hub.get("/v1/me", as: .officer("jm-office-02"))
            #expect(person.json.text("officer") == "jm-office-02" && person.json.text("unit") == "jm-office")
            #expect(person.json.at("scopes") == ["handle", "approve", "secretariat"])
            #expect(person.json.at("mayPublish") == [] && person.json.at("sources") == [])
        }
    }

    @Test func theListOfContractsSaysWhatTheUnitMayPublish() async throws {
        try await TestHub.with { hub in
            let list = try await hub.get("/v1/contracts?limit=500", as: Self.office)
            #expect(list.status == 200 && list.json.at("next") == .null)
            let types = list.json.list("items").compactMap { $0.text("type") }
            #expect(types.count > 30 && Set(types).count == types.count)
            let me = try await hub.get("/v1/me", as: Self.office)
            let mine = list.json.list("items").filter { $0.at("mayPublish") == true }.compactMap { $0.at("type") }
            #expect(mine == me.json.list("mayPublish"))
            let page = try await hub.get("/v1/contracts?limit=3", as: Self.office)
            let next = try #require(page.json.text("next"))
            let more = try await hub.get("/v1/contracts?limit=3&cursor=\(next)", as: Self.office)
            #expect(
                (page.json.list("items") + more.json.list("items")).compactMap { $0.text("type") }
                    == Array(types.prefix(6)))
        }
    }

    @Test func aContractComesForReadersAndAsJSONSchema() async throws {
        try await TestHub.with { hub in
            let path = "/v1/contracts/labour.child-labour.reported"
            let contract = try await hub.get(path, as: Self.office)
            #expect(contract.header("content-type")?.hasPrefix("application/json") == true)
            #expect(contract.header("vary") == "Accept")
            let fields = contract.json.list("fields")
            let children = try #require(fields.first { $0.text("name") == "children" })
            #expect(children.text("class") == "minor-pi" && children.text("storage") == "sealed")
            #expect(fields.first { $0.text("name") == "employerKind" }?.text("attribute") == "employerkind")
            let schema = try await hub.get(path, as: Self.office, headers: [("Accept", "application/schema+json")])
            #expect(schema.header("content-type")?.hasPrefix("application/schema+json") == true)
            #expect(schema.json.text("$schema") == "https://json-schema.org/draft/2020-12/schema")
            #expect(schema.json.at("properties/children/items/properties/idNumber") != nil)
            #expect(schema.json.at("additionalProperties") == false)
            let unknown = try await hub.get("/v1/contracts/labour.rumoured", as: Self.office)
            #expect(unknown.status == 404)
        }
    }

    /// The matrix in force: hrss handles and sees the children, the town assists
    /// and sees less, finance sees nothing.
    @Test func aContractShowsWhatAUnitWouldSee() async throws {
        try await TestHub.with { hub in
            func visible(_ unit: String, _ role: String = "handling") async throws -> [String: String] {
                let answer = try await hub.get(
                    "/v1/contracts/labour.child-labour.reported?as=\(unit)&role=\(role)", as: Self.office)
                #expect(answer.status == 200, "\(answer.text)")
                var words: [String: String] = [:]
                func collect(_ fields: [JSONValue], _ prefix: String) {
                    for field in fields {
                        let name = prefix + (field.text("name") ?? "")
                        words[name] = field.text("visible")
                        collect(field.list("parts"), name + ".")
                    }
                }
                collect(answer.json.list("fields"), "")
                return words
            }
            let handler = try await visible("hrss")
            #expect(handler["employerName"] == "full" && handler["children.name"] == "full")
            let other = try await visible("finance", "informed")
            #expect(other["employerName"] == "full" && other["children.name"] == "absent")
            #expect(other["reporter.phone"] == "absent")
            let wrong = try await hub.get("/v1/contracts/labour.child-labour.reported?as=nobody", as: Self.office)
            #expect(wrong.status == 400 && wrong.json.faults == [ShownFault("query:as", "bad-query")])
        }
    }

    /// Every sample can be published as it stands by a unit that may send the type.
    @Test func everySampleIsPublishable() async throws {
        try await TestHub.with { hub in
            let county = try hub.county(.mengjin)
            var published = 0
            for type in county.catalogue.types {
                let contract = try #require(county.catalogue.contract(type))
                let today = try await hub.inspection.databaseNow().beijingDate
                let sender = contract.sample.text("source")?.split(separator: "/").dropFirst(2).first.map(String.init)
                let units = county.directory.units.filter {
                    $0.kind.hasAccount && contract.publishingRight(of: $0, on: today) == .granted
                }
                guard let unit = units.first(where: { $0.id.rawValue == sender }) ?? units.first else { continue }
                let speaker = TestHub.Speaker.unit(unit.id.rawValue)
                let sample = try await hub.get("/v1/contracts/\(type.rawValue)/sample", as: speaker)
                #expect(sample.header("content-type")?.hasPrefix("application/cloudevents+json") == true)
                let answer = try await hub.publish(sample.json, as: speaker)
                #expect(answer.status == 201, "\(type.rawValue): \(answer.text)")
                published += 1
            }
            #expect(published > 25)
        }
    }

    @Test func codesComeInBothLanguagesWithTheirDays() async throws {
        try await TestHub.with { hub in
            let lists = try await hub.get("/v1/codes?limit=500", as: Self.office)
            #expect(lists.status == 200 && lists.json.list("items").count > 20)
            for item in lists.json.list("items") {
                let name = try #require(item.text("name"))
                let list = try await hub.get("/v1/codes/\(name)?limit=500", as: Self.office)
                #expect(Int64(list.json.list("items").count) == item.at("codes")?.integerValue)
                for code in list.json.list("items") {
                    #expect(code.names == ["code", "zh", "en", "validFrom", "validTo"])
                    #expect(code.text("zh")?.isEmpty == false && code.text("en")?.isEmpty == false)
                }
            }
            let unknown = try await hub.get("/v1/codes/none", as: Self.office)
            #expect(unknown.status == 404)
        }
    }

    @Test func unitsAreThoseOfToday() async throws {
        try await TestHub.with { hub in
            let units = try await hub.get("/v1/units?limit=500", as: Self.office)
            let ids = units.json.list("items").compactMap { $0.text("id") }
            #expect(ids.contains("agriculture-rural") && !ids.contains("poverty-relief"))
            #expect(units.json.list("items").allSatisfy { $0.text("name") != nil && $0.text("nameEn") != nil })
            // Whom to call stays with the secretariat.
            #expect(!units.text.contains("0379-9990") && !units.text.contains("120004"))
            // A unit that is gone is still known by its id.
            let past = try await hub.get("/v1/units/poverty-relief", as: Self.office)
            #expect(past.status == 200 && past.json.text("validTo") == "2021-05-31")
        }
    }

    @Test func thePolicyShowsItsRulesAndTheSentencesTheyRestOn() async throws {
        try await TestHub.with { hub in
            let policy = try await hub.get("/v1/policy", as: Self.office)
            #expect(policy.json.text("version") == "2020-10-22.1")
            let sentences = Set(policy.json.list("sentences").compactMap { $0.text("id") })
            let rules = policy.json.list("rules")
            #expect(rules.count == (try hub.county(.mengjin)).policy.rules.count)
            for rule in rules {
                #expect(Set(rule.list("sentences").compactMap(\.stringValue)).isSubset(of: sentences))
                #expect(rule.text("zh")?.isEmpty == false && rule.text("en")?.isEmpty == false)
            }
        }
    }

    /// A demonstration says so in every answer, so that nobody acts on it.
    @Test func everyAnswerOfADemonstrationSaysSo() async throws {
        try await TestHub.with { hub in
            let office = TestHub.Speaker.unit("jm-office", of: .sandbox)
            let event = try Sample.report(id: "LB-1", employer: 1)
            let receipt = try await hub.publish(event, as: office)
            let position = try #require(receipt.json.text("position"))
            var answers = [receipt, try await hub.publish(batch: [event], as: office)]
            answers.append(try await hub.publish(event.with("data", [:]), as: office))
            for path in [
                "/v1/me", "/v1/events/\(position)", "/v1/events?publisher=me", "/v1/feed", "/v1/units", "/v1/policy",
                "/v1/duties", "/v1/contracts", "/v1/nothing-here", "/v1/board",
            ] {
                answers.append(try await hub.get(path, as: office))
            }
            for answer in answers where answer.code != "no-such-endpoint" {
                #expect(answer.json.at("demonstration") == true, "\(answer.text)")
                #expect(answer.json.text("notice")?.contains("演示数据") == true)
            }
            let real = try await hub.get("/v1/me", as: Self.office)
            #expect(real.json.at("demonstration") == nil)
        }
    }
}
