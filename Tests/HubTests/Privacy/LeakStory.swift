import CloudEvents
import Coordination
import Foundation
import Hub
import TestSupport
import Testing

/// A day of the county with personal values in everything people send and
/// write; keeps every answer that must not repeat them.
final class LeakStory {
    let hub: TestHub
    /// Every personal value that went in.
    var planted = PlantedValues()
    /// What was answered, by what was asked.
    private(set) var answers: [(asked: String, bytes: [UInt8])] = []
    private(set) var published: [Published] = []

    init(hub: TestHub) {
        self.hub = hub
    }

    func keep(_ asked: String, _ answer: TestAnswer) {
        let headers = answer.headers.map { "\($0.name): \($0.value)\n" }.joined()
        answers.append((asked, Array(headers.utf8) + answer.body))
    }

    /// Asks for something, and keeps the answer, which must be of one kind.
    func ask(_ path: String, as speaker: TestHub.Speaker, _ status: Int = 200) async throws {
        let answer = try await hub.get(path, as: speaker)
        #expect(answer.status == status, "\(path) as \(speaker): \(answer.text)")
        keep("GET \(path) as \(speaker)", answer)
    }

    // MARK: Events

    /// The shipped samples, and each again with a planted value in every
    /// sealed field.
    func publishSamples() async throws {
        let catalogue = try hub.county(.mengjin).catalogue
        for sample in ShippedSample.allCases {
            let event = try sample.event()
            try await publish(event)
            let contract = try #require(catalogue.contract(event.eventType))
            let full = PlantedEvent.make(
                from: event, id: "planted-\(sample.rawValue)", contract: contract, planted: &planted)
            try await publish(full)
            try await sendWithFaults(full)
        }
        // One that nobody but the secretariat can place.
        let report = try ShippedSample.childLabour.event()
        let contract = try #require(catalogue.contract(report.eventType))
        let elsewhere = PlantedEvent.make(from: report, id: "planted-elsewhere", contract: contract, planted: &planted)
        try await publish(
            elsewhere.with(["source": "/410322/units/psb/wangan"]).withData(["workRegionCode": "410304001"]))
    }

    private func publish(_ event: JSONValue) async throws {
        let sender = TestHub.Speaker.unit(event.sender)
        let dryRun = try await hub.post("/v1/events/dry-run", event, as: sender, type: "application/cloudevents+json")
        #expect(dryRun.status == 200, "\(dryRun.text)")
        keep("dry run", dryRun)
        let stored = try await hub.publishAsSender(event)
        keep("receipt", stored.answer)
        published.append(stored)
        let again = try await hub.publish(event, as: sender)
        #expect(again.status == 200)
        keep("receipt again", again)
    }

    /// Sends an event in ways that are refused, without its values coming back.
    private func sendWithFaults(_ event: JSONValue) async throws {
        let sender = TestHub.Speaker.unit(event.sender)
        let (name, phone, text) = (planted.name(), planted.phone(), planted.text(upTo: 100))
        let data = event["data"] ?? .null
        let faulty: [(String, JSONValue, Int)] = [
            ("other content", event.withData(["note": .string(text)]), 409),
            ("too long", event.with(["id": "f1", "data": data.lengthened]), 422),
            ("wrong types", event.with(["id": "f2", "data": data.wrapped]), 422),
            ("unknown field", event.with(["id": "f3"]).withData(["guardianName": .string(name)]), 422),
            ("a number as subject", event.with(["id": "f4", "subject": .string(phone)]), 422),
            ("unknown attribute", event.with(["id": "f5", "childname": .string(name)]), 422),
            ("no time", event.with(["id": "f6", "time": .string(name)]), 422),
            ("unknown type", event.with(["id": "f7", "type": .string("labour.\(name)")]), 422),
            ("unknown case", event.with(["id": "f8", "caseid": .string(name)]), 422),
        ]
        for (fault, body, status) in faulty {
            let answer = try await hub.publish(body, as: sender)
            #expect(answer.status == status, "\(fault): \(answer.text)")
            keep(fault, answer)
        }
        let bytes = event.with(["id": "f9"]).encodedBytes()
        let doubled = Array("{\"note\":\"\(text)\",\"note\":\"\(text)\",".utf8) + bytes.dropFirst()
        for (fault, body) in [
            ("cut off", Array(bytes.dropLast(2))), ("not UTF-8", bytes + [0xFF]), ("a key twice", doubled),
        ] {
            let answer = try await hub.send(
                "POST", "/v1/events", as: sender, headers: [("Content-Type", "application/cloudevents+json")],
                body: body)
            #expect(answer.status == 400, "\(fault): \(answer.text)")
            keep(fault, answer)
        }
        let lenient = event.with(["id": .string("lenient-\(published.count)")])
            .withData(["guardianName": .string(planted.name())])
        let dropped = try await hub.publish(lenient, as: sender, headers: [("Prefer", "handling=lenient")])
        #expect(dropped.status == 201, "\(dropped.text)")
        keep("lenient", dropped)
    }

    // MARK: Duties

    /// Every unit takes its duties to their end, writing of the child.
    func officersWrite() async throws {
        for event in published {
            for (unit, _, duty) in event.units {
                guard let duty else { continue }
                let officer = try hub.handler(of: unit)
                for command in ["sign", "accept", "start", "note", "complete"] {
                    var body: JSONObject = ["note": .string(planted.text(upTo: 2_000))]
                    if command == "complete" { body["outcome"] = "unfounded" }
                    try await act(command, on: duty, body, as: officer)
                }
                try await actWithFaults(on: duty, of: unit)
            }
        }
        try await secretariatWrites()
    }

    private func secretariatWrites() async throws {
        let secretary = TestHub.Speaker.officer("jm-office-01")
        let done = try published[1].duty(of: "hrss")
        let answer = try await act(
            "reject-completion", on: done,
            ["reason": .string(planted.text(upTo: 500)), "missing": .string(planted.text(upTo: 500))], as: secretary)
        #expect(answer.status == 200, "\(answer.text)")
        let waiting = try published[published.count - 1].duty(of: "jm-office")
        for unit in [planted.name(), "civil-affairs"] {
            try await act(
                "assign", on: waiting, ["unit": .string(unit), "reason": .string(planted.text(upTo: 500))],
                as: secretary)
        }
    }

    private func actWithFaults(on duty: String, of unit: UnitID) async throws {
        let officer = try hub.handler(of: unit)
        let name = JSONValue.string(planted.name())
        for (command, body) in [
            ("complete", ["outcome": name]), ("note", ["note": [name]]), ("note", ["milestone": name, "note": name]),
            ("note", ["note": .string(planted.text(upTo: 500) + String(repeating: "长", count: 4_000))]),
            ("sign", ["childName": name]), ("note", ["officer": name, "note": name]), ("return", ["reason": name]),
        ] as [(String, JSONObject)] {
            let answer = try await act(command, on: duty, body, as: officer)
            #expect(answer.status >= 400, "\(command): \(answer.text)")
        }
        try await act("sign", on: duty, ["officer": name], as: .unit(unit.rawValue))
    }

    /// Gives a command. The sheet that a unit gets back holds its own notes;
    /// everything else is kept.
    @discardableResult
    private func act(
        _ command: String, on duty: String, _ body: JSONObject, as speaker: TestHub.Speaker,
    ) async throws -> TestAnswer {
        let answer = try await hub.post(
            "/v1/duties/\(duty)/\(command)", .object(body), as: speaker,
            headers: [("Idempotency-Key", "\(command) \(planted.name())")])
        let history = answer.json["history"]?.arrayValue ?? []
        if history.contains(where: { $0["note"] != .null }) {
            #expect(answer.header("cache-control") == "no-store")
        } else {
            keep("\(command) as \(speaker)", answer)
        }
        return answer
    }

    // MARK: Openings

    /// Everybody opens everything, and says why. What is granted is theirs;
    /// what is refused must tell nothing.
    func openAll() async throws {
        for event in published {
            let units = Set(event.units.map(\.unit) + ["women-fed", "jm-office"])
            for unit in units.sorted(by: { $0.rawValue < $1.rawValue }) {
                for purpose in [
                    .string(planted.text(upTo: 300)), [.string(planted.name())],
                    .string(planted.name() + String(repeating: "长", count: 500)),
                ] as [JSONValue] {
                    let answer = try await hub.open(event.position, as: try hub.handler(of: unit), purpose: purpose)
                    if answer.status != 200 { keep("open as \(unit.rawValue)", answer) }
                    #expect(answer.status == 200 || answer.status >= 400)
                }
                let program = try await hub.open(
                    event.position, as: .unit(unit.rawValue), purpose: .string(planted.text(upTo: 300)))
                #expect(program.status >= 400)
                keep("open as a program", program)
            }
        }
    }

    // MARK: Looking

    /// Reads whatever can be read without opening.
    func look() async throws {
        let secretary = TestHub.Speaker.officer("jm-office-01")
        var readers: Set<UnitID> = ["jm-office"]
        for event in published {
            let units = event.units.map(\.unit)
            readers.formUnion(units)
            for speaker in try units.map({ try hub.handler(of: $0) }) + [secretary] {
                try await ask("/v1/events/\(event.position)", as: speaker)
                if let caseID = event.caseID { try await ask("/v1/cases/\(caseID)?limit=500", as: speaker) }
            }
            for path in ["duties", "explanation"] {
                try await ask("/v1/events/\(event.position)/\(path)", as: secretary)
            }
            for duty in event.units.compactMap(\.duty) {
                try await lookAtSheet(of: duty, as: secretary)
            }
        }
        for unit in readers.sorted(by: { $0.rawValue < $1.rawValue }) { try await readLog(of: unit) }
        try await ask("/v1/duties?limit=500", as: secretary)
        try await lookAtTheCounty()
    }

    /// Another unit's notes are not for the secretariat; what it wrote itself
    /// it reads, and the rest of the sheet is kept.
    private func lookAtSheet(of duty: String, as secretary: TestHub.Speaker) async throws {
        let answer = try await hub.get("/v1/duties/\(duty)", as: secretary)
        #expect(answer.status == 200, "\(answer.text)")
        var sheet = answer.json.objectValue ?? JSONObject()
        let history = (sheet["history"]?.arrayValue ?? []).map { entry -> JSONValue in
            guard entry["by"] == "jm-office", var own = entry.objectValue else { return entry }
            own["note"] = .null
            return .object(own)
        }
        sheet["history"] = .array(history)
        answers.append(("sheet of \(duty)", JSONValue.object(sheet).encodedBytes()))
    }

    private func readLog(of unit: UnitID) async throws {
        let program = TestHub.Speaker.unit(unit.rawValue)
        let feed = try await hub.get("/v1/feed?limit=500", as: program)
        let items = feed.json["items"]?.arrayValue ?? []
        #expect(!items.isEmpty)
        keep("feed of \(unit.rawValue)", feed)
        var left = items.count
        var lines: [String] = []
        try await hub.stream("/v1/feed", as: program) { line in
            lines.append(line)
            if line.hasPrefix("data:") { left -= 1 }
            return left > 0
        }
        answers.append(("stream of \(unit.rawValue)", Array(lines.joined(separator: "\n").utf8)))
        for path in ["/v1/duties?limit=500", "/v1/duties/count", "/v1/events?publisher=me&limit=500", "/v1/me"] {
            try await ask(path, as: program)
        }
    }

    private func lookAtTheCounty() async throws {
        let secretary = TestHub.Speaker.officer("jm-office-01")
        for path in ["/v1/board", "/v1/units", "/v1/policy", "/v1/contracts", "/v1/codes"] {
            try await ask(path, as: secretary)
        }
        for path in ["/healthz", "/readyz", "/metrics", "/openapi.json"] { try await ask(path, as: .nobody) }
        let sweep = try await hub.post(
            "/v1/sweeps", ["dryRun": true, "asOf": "2099-01-01T00:00:00+08:00"], as: secretary)
        #expect(sweep.status == 200, "\(sweep.text)")
        keep("sweep", sweep)
        // A value in a query comes back no more than one in a body.
        for query in ["types", "after", "at", "start"] {
            let answer = try await hub.get(
                "/v1/feed?\(query)=\(planted.phone())x&limit=1", as: .unit("hrss"))
            keep("feed with a bad \(query)", answer)
        }
    }
}

extension JSONValue {
    /// With every text longer than any field takes.
    fileprivate var lengthened: JSONValue {
        mapTexts { .string($0 + String(repeating: "长", count: 2_001)) }
    }

    /// With every text in a list of its own.
    fileprivate var wrapped: JSONValue { mapTexts { [.string($0)] } }

    private func mapTexts(_ change: (String) -> JSONValue) -> JSONValue {
        switch self {
        case .string(let text): return change(text)
        case .array(let elements): return .array(elements.map { $0.mapTexts(change) })
        case .object(var object):
            for (key, value) in object { object[key] = value.mapTexts(change) }
            return .object(object)
        default: return self
        }
    }
}
