import CloudEvents
import Coordination
import Foundation
import Hub
import HubAPI
import TestSupport
import Testing

/// A sealed part that is not the event's own, is gone, or was sealed with a key
/// that is not here: nothing is shown, and it is told apart.
struct SealedPartTests {
    /// Two reports of child labour, with all of their parts.
    private static func publishTwo(_ hub: TestHub) async throws -> (Published, Published) {
        let event = try ShippedSample.childLabour.event()
        let first = try await hub.publishAsSender(event)
        let second = try await hub.publishAsSender(
            event.with(["id": "second"]).withData(["uscc": "91410322MA9KQT4W03"]))
        return (first, second)
    }

    /// How somebody who may write to the database might lead the hub astray.
    enum Change: String, CaseIterable, Sendable {
        case bodyOfAnotherEvent, partOfAnotherEvent, keyOfAnotherEvent, partOfAnotherAudience, flippedBit, cutShort,
            gone

        /// The statement, for the personal part of an event.
        func sql(of event: String, from other: String) -> String {
            let part = "UPDATE hub.sealed AS s SET"
            let here = "s.county = 1 AND s.position = \(event) AND s.audience = 'personal'"
            let there = "FROM hub.sealed AS o WHERE \(here) AND o.county = 1 AND o.position"
            switch self {
            case .bodyOfAnotherEvent: return "\(part) body = o.body \(there) = \(other) AND o.audience = 'personal'"
            case .partOfAnotherEvent:
                return "\(part) body = o.body, wrapped_key = o.wrapped_key, kek = o.kek \(there) = \(other) "
                    + "AND o.audience = 'personal'"
            case .keyOfAnotherEvent:
                return "\(part) wrapped_key = o.wrapped_key \(there) = \(other) AND o.audience = 'personal'"
            case .partOfAnotherAudience:
                return "\(part) body = o.body, wrapped_key = o.wrapped_key, kek = o.kek \(there) = \(event) "
                    + "AND o.audience = 'reporter'"
            case .flippedBit: return "\(part) body = set_bit(s.body, 200, 1 - get_bit(s.body, 200)) WHERE \(here)"
            case .gone: return "DELETE FROM hub.sealed AS s WHERE \(here)"
            case .cutShort: return "\(part) body = substr(s.body, 1, length(s.body) - 1) WHERE \(here)"
            }
        }
    }

    @Test(arguments: Change.allCases)
    func anAlteredPartIsNotOpened(_ change: Change) async throws {
        let logs = LogCapture()
        try await TestHub.with(logger: logs.logger) { hub in
            let (first, second) = try await Self.publishTwo(hub)
            try await hub.database.run(change.sql(of: first.position, from: second.position))
            let answer = try await hub.open(first.position, as: .officer("hrss-01"))
            #expect(answer.status == 500 && answer.code == "sealed-part-altered", "\(answer.text)")
            #expect(answer.json["data"] == nil)
            #expect(ValueSearch(["吕小样"]).found(in: answer.body) == [])
            let told = logs.lines.filter { $0.hasPrefix("error sealed part refused") }
            #expect(told.count == 1)
            #expect(told.allSatisfy { $0.contains("hub_position=\(first.position)") })
            let log = try await hub.accessLog()
            #expect(log.map { $0["code"] } == ["sealed-part-altered"])
            let untouched = try await hub.open(second.position, as: .officer("hrss-01"))
            #expect(untouched.status == 200)
        }
    }

    @Test func whatIsErasedIsGone() async throws {
        try await TestHub.with { hub in
            let (first, second) = try await Self.publishTwo(hub)
            try await hub.database.run(
                "UPDATE hub.sealed SET wrapped_key = ''::bytea WHERE county = 1 AND position = \(first.position)")
            for officer in ["hrss-01", "jm-office-01", "psb-01"] {
                let answer = try await hub.open(first.position, as: .officer(officer))
                #expect(answer.status == 410 && answer.code == "erased", "\(answer.text)")
            }
            #expect(try await hub.accessLog().map { $0["code"] } == ["erased", "erased", "erased"])
            // The event itself, its hash and its duties stay.
            let event = try await hub.get("/v1/events/\(first.position)", as: .unit("hrss"))
            #expect(event.status == 200 && event.json["event"]?["data"]?["employerName"] != nil)
            // Nobody can tell any more whether this is the same; the id stays taken.
            let again = try await hub.publish(try ShippedSample.childLabour.event(), as: .unit("jm-office"))
            #expect(again.status == 409 && again.code == "event-id-reused")
            let other = try await hub.open(second.position, as: .officer("hrss-01"))
            #expect(other.status == 200)
        }
    }

    @Test func aReporterCanBeErasedAlone() async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try ShippedSample.childLabour.event())
            try await hub.database.run(
                """
                UPDATE hub.sealed SET wrapped_key = ''::bytea
                WHERE county = 1 AND position = \(event.position) AND audience = 'reporter'
                """)
            let answer = try await hub.open(event.position, as: .officer("hrss-01"))
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["data"]?["children"]?.arrayValue?.count == 2)
            #expect(answer.json["approvalRequired"] == ["minor-sensitive"])
        }
    }

    @Test func newKeysOpenNothingOldAndSaySo() async throws {
        try await TestHub.with { hub in
            let event = try ShippedSample.childLabour.event()
            let published = try await hub.publishAsSender(event)
            let keyFile = hub.keyFile + ".other"
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            let logs = LogCapture()
            try await TestHub.with(
                database: hub.database, keyFile: keyFile, logger: logs.logger,
                configure: { $0.hub.takesNewKeys = true }
            ) { other in
                #expect(logs.lines.contains { $0.hasPrefix("error the key file does not hold") })
                let opened = try await other.open(published.position, as: .officer("hrss-01"), purpose: "核实")
                #expect(opened.status == 503 && opened.code == "key-not-held", "\(opened.text)")
                #expect(opened.header("retry-after") != nil)
                #expect(logs.lines.contains { $0.hasPrefix("error sealed part refused") })
                // Whether it is the same cannot be told here: not a word of another content.
                let again = try await other.publish(event, as: .unit("jm-office"))
                #expect(again.status == 503 && again.code == "key-not-held", "\(again.text)")
                let batch = try await other.publish(
                    batch: [event, event.with(["id": "third"])], as: .unit("jm-office"))
                #expect(batch.status == 200)
                let statuses = (batch.json["results"]?.arrayValue ?? []).map { $0["status"] }
                #expect(statuses == [503, 201], "\(batch.text)")
            }
            let again = try await hub.publish(event, as: .unit("jm-office"))
            #expect(again.status == 200 && again.json["duplicate"] == true)
            #expect(try await hub.database.number("SELECT count(*) FROM hub.event") == 2)
            let log = try await hub.accessLog()
            #expect(log.map { $0["code"] } == ["key-not-held"])
            // What was written with that key is not readable with this one.
            #expect(log.map { $0["purpose"] } == [.null])
        }
    }

    @Test func aHubDoesNotStartWithADamagedKeyFile() async throws {
        try await TestHub.with { hub in
            let keyFile = hub.keyFile + ".damaged"
            defer { try? FileManager.default.removeItem(atPath: keyFile) }
            try "{\"active\": \"k1\", \"masters\": {}}".write(toFile: keyFile, atomically: true, encoding: .utf8)
            await #expect(throws: (any Error).self) {
                try await TestHub.with(database: hub.database, keyFile: keyFile) { _ in }
            }
            #expect(try String(contentsOfFile: keyFile, encoding: .utf8).contains("\"masters\": {}"))
        }
    }
}
