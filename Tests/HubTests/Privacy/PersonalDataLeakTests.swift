import CloudEvents
import Coordination
import Foundation
import Hub
import TestSupport
import Testing

/// What people send and write of children stands nowhere outside the seal.
struct PersonalDataLeakTests {
    @Test func nothingPersonalLeavesTheSeal() async throws {
        let logs = LogCapture()
        try await TestHub.with(logger: logs.logger) { hub in
            let story = LeakStory(hub: hub)
            try await story.publishSamples()
            try await story.officersWrite()
            try await story.openAll()
            try await story.look()

            let personal = story.planted.all + (try Self.personalTexts(of: hub))
            let search = ValueSearch(personal)
            #expect(story.planted.all.count > 300)
            for (asked, bytes) in story.answers {
                let found = search.found(in: bytes)
                #expect(found == [], "\(asked)")
            }
            let logged = search.found(in: logs.bytes)
            #expect(logged == [])
            #expect(logs.lines.contains { $0.hasPrefix("trace") })

            // All of that was stored, not refused.
            let notes = try await hub.database.number(
                "SELECT count(*) FROM hub.duty_change WHERE sealed_note IS NOT NULL")
            let purposes = try await hub.database.number(
                "SELECT count(*) FROM hub.access_log WHERE sealed_purpose IS NOT NULL")
            #expect(notes > 60 && purposes > 100)

            let dump = try await DatabaseDump.plain(of: hub.database)
            let dumped = search.found(in: dump)
            #expect(dumped == [])
            // What is open is there, in that very form: the search would find it.
            let open = ValueSearch(["孟津县麻屯镇澜桁五金加工厂"])
            #expect(open.found(in: dump).map { $0.split(separator: ", ").last } == ["hexadecimal"])
            #expect(open.found(in: story.answers.flatMap(\.bytes)).contains { $0.hasSuffix("plain") })

            let keys = try Self.keys(in: hub.keyFile)
            #expect(keys.count == 2)
            let written = try keys.flatMap { key in
                [key, try #require(Data(base64Encoded: key)).map { String(format: "%02x", $0) }.joined()]
            }
            for key in written { #expect(Data(dump).range(of: Data(key.utf8)) == nil) }
        }
    }

    /// What the shipped samples say of people: the texts of their sealed fields
    /// that stand for nothing else.
    private static func personalTexts(of hub: TestHub) throws -> [String] {
        let county = try hub.county(.mengjin)
        return try ShippedSample.allCases.flatMap { sample -> [String] in
            let event = try sample.event()
            let contract = try #require(county.catalogue.contract(event.eventType))
            let time = try #require(event["time"]?.stringValue.flatMap { Timestamp(rfc3339: $0) })
            let result = contract.admit(
                data: event["data"], time: time, lenient: false, directory: county.directory,
                dayKind: { county.calendar.dayKind($0) })
            return result.sealed.values.flatMap { JSONValue.object($0).texts }.filter(isTelling)
        }
    }

    /// Names of three characters, addresses, sentences, numbers of people; not
    /// codes, regions or days.
    private static func isTelling(_ text: String) -> Bool {
        let isWords = text.contains { !$0.isASCII }
        return isWords
            ? text.count > 2
            : text.count > 10 && text.contains(where: \.isNumber) && !text.contains("-")
                && !text.hasPrefix("41032210")
    }

    private static func keys(in file: String) throws -> [String] {
        let json = try JSONReader.read([UInt8](Data(contentsOf: URL(fileURLWithPath: file)))).get()
        let masters = json["masters"]?.objectValue?.members.compactMap(\.value.stringValue) ?? []
        return masters + [json["cases"]?.stringValue].compactMap(\.self)
    }
}

extension JSONValue {
    /// Every text in it.
    var texts: [String] {
        switch self {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let object): object.members.flatMap(\.value.texts)
        default: []
        }
    }
}
