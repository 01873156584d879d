import CloudEvents
import TestSupport
import Testing

/// What every recipient sees of an event does not name its children.
struct AttributeNameTests {
    @Test(arguments: ["subject", "id", "source", "dataschema"])
    func aChildsNameInAnAttributeIsRefused(_ attribute: String) async throws {
        try await TestHub.with { hub in
            let event = try ShippedSample.absence.event()
            let named = event.with([
                attribute: .string((event[attribute]?.stringValue ?? "/x") + "/欧阳小样")
            ])
            let answer = try await hub.publish(named, as: .unit(event.sender))
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.faultPaths == ["attribute:\(attribute)"])
            #expect(answer.faultCodes == ["personal-data-in-attribute"])
            #expect(ValueSearch(["欧阳小样"]).found(in: answer.body) == [])
            #expect(try await hub.database.number("SELECT count(*) FROM hub.event") == 0)
        }
    }

    /// 牛样 might be part of another word.
    @Test func aShortNameIsAWarning() async throws {
        try await TestHub.with { hub in
            let event = try ShippedSample.childLabour.event()
            let named = event.with(["subject": "牛样加工厂"])
            let answer = try await hub.publish(named, as: .unit(event.sender))
            #expect(answer.status == 201, "\(answer.text)")
            let warnings = answer.json["warnings"]?.arrayValue ?? []
            #expect(warnings.map { $0["code"] } == ["personal-data-in-attribute"])
            // Said once more, because the first answer may have been lost.
            let again = try await hub.publish(named, as: .unit(event.sender))
            #expect(again.status == 200 && again.json["warnings"] == answer.json["warnings"])
        }
    }
}
