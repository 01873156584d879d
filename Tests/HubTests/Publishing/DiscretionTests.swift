import CloudEvents
import TestSupport
import Testing

/// What people send about children appears in no refusal and in no log.
struct DiscretionTests {
    private static let office = TestHub.Speaker.unit("jm-office")
    /// A name, an ID number and a phone number, each of nobody.
    private static let planted = ["禤示珩", "410322200806229523", "13700009527"]

    /// Where the values stand, in ways that all make the request fail.
    private static let requests: [(pointer: String, value: JSONValue)] = [
        ("data/children/0/name", ["禤示珩"]),
        ("data/children/0/idNumber", "410322200806229523x"),
        ("data/children/0/birthDate", "13700009527"),
        ("data/children/0/410322200806229523", "禤示珩"),
        ("data/410322200806229523", "禤示珩"),
        ("data/employerName", "禤示珩，电话13700009527"),
        ("data/employerKind", "禤示珩"),
        ("data/workRegionCode", "410322200806229523"),
        ("data/childrenCount", "13700009527"),
        ("data/registeredOn", "禤示珩410322200806229523"),
        ("id", "410322200806229523"),
        ("subject", "410322200806229523"),
        ("source", "/410322/units/禤示珩/13700009527"),
        ("type", "禤示珩410322200806229523"),
        ("time", "410322200806229523"),
        ("county", "410322200806229523"),
        ("caseid", "禤示珩13700009527"),
        ("causeid", "13700009527"),
        ("specversion", "410322200806229523"),
        ("datacontenttype", "禤示珩"),
        ("dataschema", ["13700009527"]),
        ("410322200806229523", "禤示珩"),
        ("13700009527", ["禤示珩"]),
    ]

    @Test func noRefusalAndNoLogRepeatsWhatWasSent() async throws {
        let log = LogCapture()
        let search = ValueSearch(Self.planted)
        try await TestHub.with(logger: log.logger) { hub in
            for (pointer, value) in Self.requests {
                let event = try Sample.report(id: "LB-1", employer: 1).with(pointer, value)
                for answer in [
                    try await hub.publish(event, as: Self.office),
                    try await hub.publishBinary(event, as: Self.office),
                    try await hub.publish(batch: [event], as: Self.office),
                ] {
                    #expect(answer.status >= 400 || answer.json.at("rejected") == 1, "\(pointer): \(answer.text)")
                    let shown = answer.body + answer.headers.flatMap { Array("\($0.name): \($0.value)\n".utf8) }
                    #expect(search.found(in: shown) == [], "\(pointer)")
                }
            }
            try await checkUnreadableBodies(hub, search)
            try await checkOtherPlaces(hub, search)
        }
        #expect(!log.lines.isEmpty)
        #expect(search.found(in: log.bytes) == [])
    }

    private func checkUnreadableBodies(_ hub: TestHub, _ search: ValueSearch) async throws {
        let texts = [
            #"{"410322200806229523": 1, "410322200806229523": "禤示珩"}"#, #"{"data": {"410322200806229523": 1e999}}"#,
            #"{"禤示珩13700009527"#, #"["13700009527", 禤示珩]"#, #""410322200806229523\u0000""#,
        ]
        for text in texts {
            let answer = try await hub.send(
                "POST", "/v1/events", as: Self.office, headers: [("Content-Type", "application/cloudevents+json")],
                body: Array(text.utf8))
            #expect(answer.status == 400)
            #expect(search.found(in: answer.body) == [], "\(answer.text)")
        }
    }

    private func checkOtherPlaces(_ hub: TestHub, _ search: ValueSearch) async throws {
        let number = "410322200806229523"
        let officer = TestHub.Speaker.officer("jm-office-01")
        let answers = [
            try await hub.get("/v1/events/\(number)", as: Self.office),
            try await hub.get("/v1/\(number)", as: Self.office),
            try await hub.get("/v1/duties?state=\(number)&limit=\(number)", as: officer),
            try await hub.get("/v1/events?publisher=\(number)", as: Self.office),
            try await hub.get("/v1/cases/\(number)", as: officer),
            try await hub.get("/v1/units/\(number)", as: officer),
            try await hub.post("/v1/duties/sign", ["dutyIds": .string(number), number: 1], as: officer),
            try await hub.post(
                "/v1/duties/1/note", ["note": .string(number)], as: officer, headers: [("If-Match", number)]),
        ]
        for answer in answers {
            #expect(answer.status >= 400 && search.found(in: answer.body) == [], "\(answer.text)")
        }
    }
}
