import CloudEvents
import TestSupport
import Testing

/// What every recipient sees of an event does not name its children.
struct AttributeNameTests {
    @Test(arguments: ["subject", "id", "source", "dataschema"])
    func aChildsNameInAnAttributeIsRefused(_ attribute: String) async throws {
        try await TestHub.with { hub in
            let event = try ShippedSample.absence.event()
            let named = event.with([attribute: .string(Self.start(of: attribute, in: event) + "欧阳小样")])
            let answer = try await hub.publish(named, as: .unit(event.sender))
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.faultPaths == ["attribute:\(attribute)"])
            #expect(answer.faultCodes == ["personal-data-in-attribute"])
            #expect(ValueSearch(["欧阳小样"]).found(in: answer.body) == [])
            #expect(try await hub.database.number("SELECT count(*) FROM hub.event") == 0)
        }
    }

    /// A source has one segment behind the unit.
    private static func start(of attribute: String, in event: JSONValue) -> String {
        attribute == "source" ? "/410322/units/\(event.sender)/" : (event[attribute]?.stringValue ?? "/x") + "/"
    }

    /// Percent-encoded it is still the name, once or twice.
    @Test(arguments: [
        ("subject", "%E6%AC%A7%E9%98%B3%E5%B0%8F%E6%A0%B7"),
        ("id", "%25E6%25AC%25A7%25E9%2598%25B3%25E5%25B0%258F%25E6%25A0%25B7"),
        ("source", "/410322/units/school:3141990002/%E6%AC%A7%E9%98%B3%E5%B0%8F%E6%A0%B7"),
    ])
    func aNameThatIsPercentEncodedIsRefused(_ attribute: String, _ value: String) async throws {
        try await TestHub.with { hub in
            let event = try ShippedSample.absence.event()
            let answer = try await hub.publish(event.with([attribute: .string(value)]), as: .unit(event.sender))
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.faultPaths == ["attribute:\(attribute)"])
            #expect(answer.faultCodes == ["personal-data-in-attribute"])
        }
    }

    /// Who reported and who looks after the child are nobody's business either.
    @Test func theReporterAndTheGuardianAreNotNamed() async throws {
        try await TestHub.with { hub in
            let report = try ShippedSample.childLabour.event()
                .withData(["reporter": ["name": "钱守诚", "anonymous": false]])
            let absence = try ShippedSample.absence.event().withData(["guardian": ["name": "欧阳大样"]])
            for (event, name) in [(report, "钱守诚"), (absence, "欧阳大样")] {
                let answer = try await hub.publish(
                    event.with(["subject": .string("\(name)来电")]), as: .unit(event.sender))
                #expect(answer.status == 422, "\(answer.text)")
                #expect(answer.faultPaths == ["attribute:subject"])
                #expect(answer.faultCodes == ["personal-data-in-attribute"])
            }
            let named = try await hub.publish(
                report.withData(["address": "横水镇钱守诚家"]), as: .unit(report.sender))
            #expect(named.status == 422 && named.faultPaths == ["/data/address"], "\(named.text)")
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
