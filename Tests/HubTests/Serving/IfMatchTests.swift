import CloudEvents
import Coordination
import TestSupport
import Testing

@testable import HubAPI

/// `If-Match`, as RFC 9110, section 13.1.1, has it.
struct IfMatchTests {
    private static func strong(_ text: String) -> EntityTag { EntityTag(text: text, isWeak: false) }

    @Test(arguments: [
        ("\"1\"", ["1"]), ("\"1\", \"7\"", ["1", "7"]), ("\"1\",\"7\"", ["1", "7"]), (" , \"a,b\" ,", ["a,b"]),
        ("\"\"", [""]),
    ])
    func aListOfTagsIsRead(text: String, tags: [String]) {
        #expect(EntityTag.list(text) == tags.map(Self.strong))
    }

    @Test func aWeakTagIsToldApart() {
        #expect(EntityTag.list("W/\"1\", \"2\"") == [EntityTag(text: "1", isWeak: true), Self.strong("2")])
    }

    @Test(arguments: ["", " ", ",", "1", "\"1", "1\"", "\"1\" \"2\"", "w/\"1\"", "*, \"1\"", "\"a b\"", "W/1"])
    func whatIsNoListIsNotRead(text: String) {
        #expect(EntityTag.list(text) == nil)
    }

    @Test(arguments: [
        (["\"2\", \"7\""], 412), (["W/\"1\""], 412), (["\"01\""], 412), (["\"+1\""], 412), (["\"x\""], 412),
        (["*, \"1\""], 400), (["\"9\", \"1\""], 200), (["W/\"9\", \"1\""], 200), (["\"9\"", "\"1\""], 200),
        (["*"], 200),
    ])
    func oneOfTheTagsMustMatch(lines: [String], status: Int) async throws {
        try await TestHub.with { hub in
            let event = try await hub.publishAsSender(try ShippedSample.childLabour.event())
            let answer = try await hub.post(
                "/v1/duties/\(try event.duty(of: "hrss"))/sign", [:], as: .officer("hrss-01"),
                headers: lines.map { ("If-Match", $0) })
            #expect(answer.status == status, "\(answer.text)")
            if status == 412 { #expect(answer.code == "stale-version") }
        }
    }
}
