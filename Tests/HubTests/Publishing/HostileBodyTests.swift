import CloudEvents
import TestSupport
import Testing

/// Bodies that are no JSON, not UTF-8, too large or worse: a clear answer, and
/// nothing stored.
struct HostileBodyTests {
    private static let office = TestHub.Speaker.unit("jm-office")
    private static let structured = "application/cloudevents+json"
    private static let batch = "application/cloudevents-batch+json"

    private func send(_ body: [UInt8], to hub: TestHub, type: String = structured) async throws -> TestAnswer {
        try await hub.send("POST", "/v1/events", as: Self.office, headers: [("Content-Type", type)], body: body)
    }

    private func expectNothingStored(in hub: TestHub) async throws {
        let stored = try await hub.number("SELECT count(*) FROM hub.event_key")
        #expect(stored == 0)
    }

    // MARK: JSON

    /// What stands instead of the note's value, and the fault it makes.
    private static let json: [(instead: String, path: String, code: String)] = [
        (#""一\u0000二""#, "/data/note", "nul-character"),
        ("\"一\u{0}二\"", "/data/note", "nul-character"),
        (#""\ud83d""#, "/data/note", "lone-surrogate"),
        (#""\ude00\ud83d""#, "/data/note", "lone-surrogate"),
        ("1e400", "/data/note", "number-out-of-range"),
        ("9007199254740993", "/data/note", "integer-out-of-range"),
        ("-9007199254740993", "/data/note", "integer-out-of-range"),
        (#""x", "note": "y""#, "/data/note", "duplicate-key"),
        (#"{"a": 1, "\u0061": 2}"#, "/data/note/a", "duplicate-key"),
        ("NaN", "", "syntax"),
        ("01", "", "syntax"),
        ("'x'", "", "syntax"),
        ("\"\t\"", "/data/note", "control-character"),
    ]

    @Test(arguments: json.indices)
    func whatIsNoStrictJSONIsRefusedWithItsPlace(index: Int) async throws {
        let (instead, path, code) = Self.json[index]
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with("data/note", "@")
            let text = String(decoding: event.encodedBytes(), as: UTF8.self).replacing("\"@\"", with: instead)
            let answer = try await send(Array(text.utf8), to: hub)
            #expect(answer.status == 400 && answer.code == "bad-json", "\(answer.text)")
            let fault = try #require(answer.json.list("errors").first)
            #expect(fault.text("code") == code)
            if code != "syntax" { #expect(fault.text("path") == path) }
            try await expectNothingStored(in: hub)
        }
    }

    /// Data stands one level below the event.
    @Test(arguments: [(62, 422), (63, 400)])
    func sixtyFourLevelsAreRead(levels: Int, status: Int) async throws {
        try await TestHub.with { hub in
            var deep = JSONValue.array([])
            for _ in 1..<levels { deep = .array([deep]) }
            let answer = try await hub.publish(
                try Sample.report(id: "LB-1", employer: 1).with("data/note", deep), as: Self.office)
            #expect(answer.status == status, "\(answer.text)")
            #expect(answer.json.list("errors").map { $0.text("code") } == [status == 400 ? "too-deep" : "wrong-type"])
        }
    }

    @Test func aMillionBracketsAreNoTrouble() async throws {
        try await TestHub.with { hub in
            let answer = try await send([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20), to: hub)
            #expect(answer.status == 400 && answer.code == "bad-json")
            try await expectNothingStored(in: hub)
        }
    }

    @Test func allFaultsOfTheTextAreNamedAtOnce() async throws {
        try await TestHub.with { hub in
            let text = #"{"a": 1e999, "b": "\u0000", "c": {"d": 1, "d": 2}, "e": "\ud800"}"#
            let answer = try await send(Array(text.utf8), to: hub)
            #expect(
                answer.json.faults == [
                    ShownFault("/a", "number-out-of-range"), ShownFault("/b", "nul-character"),
                    ShownFault("/c/d", "duplicate-key"), ShownFault("/e", "lone-surrogate"),
                ])
        }
    }

    // MARK: Encodings

    /// 孟津县麻屯镇五金加工厂
    private static let gbk: [UInt8] = [
        0xC3, 0xCF, 0xBD, 0xF2, 0xCF, 0xD8, 0xC2, 0xE9, 0xCD, 0xCD, 0xD5, 0xF2, 0xCE, 0xE5, 0xBD, 0xF0, 0xBC, 0xD3,
        0xB9, 0xA4, 0xB3, 0xA7,
    ]

    @Test func aBodyInGBKIsToldSo() async throws {
        try await TestHub.with { hub in
            let answer = try await send(
                Array(#"{"data":{"employerName":""#.utf8) + Self.gbk + Array(#""}}"#.utf8), to: hub)
            #expect(answer.status == 400 && answer.code == "not-utf-8")
            #expect(answer.json.text("errors/0/messageZh")?.contains("请求体疑似 GBK/GB18030，请转为 UTF-8") == true)
            #expect(answer.json.text("errors/0/message")?.contains("25") == true)
            try await expectNothingStored(in: hub)
        }
    }

    /// A stray byte, an overlong form, a surrogate in UTF-8, beyond U+10FFFF, cut
    /// off in the middle.
    @Test(
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE5, 0xAD]] as [[UInt8]])
    func whatIsNotUTF8IsRefusedWithItsPlace(bytes: [UInt8]) async throws {
        try await TestHub.with { hub in
            let answer = try await send(Array(#"{"data":{"note":""#.utf8) + bytes + Array(#""}}"#.utf8), to: hub)
            #expect(answer.status == 400 && answer.code == "not-utf-8", "\(answer.text)")
            #expect(answer.json.text("errors/0/message")?.contains("17") == true)
            try await expectNothingStored(in: hub)
        }
    }

    @Test func binaryModeIsJudgedAlike() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let headers = ["specversion", "id", "source", "type", "time"].map {
                ("ce-\($0)", event.text($0) ?? "")
            }
            let answer = try await hub.send(
                "POST", "/v1/events", as: Self.office, headers: headers + [("Content-Type", "application/json")],
                body: Array(#"{"note": "\u0000"}"#.utf8))
            #expect(answer.status == 400 && answer.json.faults == [ShownFault("/data/note", "nul-character")])
        }
    }

    // MARK: Sizes

    /// An event or a batch with white space after it, up to a number of bytes.
    private func padded(_ value: JSONValue, to size: Int) -> [UInt8] {
        let bytes = value.encodedBytes()
        return bytes + [UInt8](repeating: 0x20, count: size - bytes.count)
    }

    @Test func anEventHasAtMostOneMebibyte() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1)
            let tooLarge = try await send(padded(event, to: (1 << 20) + 1), to: hub)
            #expect(tooLarge.status == 413 && tooLarge.code == "body-too-large")
            try await expectNothingStored(in: hub)
            let largest = try await send(padded(event, to: 1 << 20), to: hub)
            #expect(largest.status == 201, "\(largest.text)")
        }
    }

    @Test func aBatchHasAtMostEightMebibytes() async throws {
        try await TestHub.with { hub in
            let events = JSONValue.array([try Sample.report(id: "LB-1", employer: 1)])
            let tooLarge = try await send(padded(events, to: (8 << 20) + 1), to: hub, type: Self.batch)
            #expect(tooLarge.status == 413 && tooLarge.code == "body-too-large")
            let largest = try await send(padded(events, to: 8 << 20), to: hub, type: Self.batch)
            #expect(largest.status == 200 && largest.json.at("accepted") == 1, "\(largest.text)")
        }
    }

    @Test func anEventOfABatchHasAtMostOneMebibyteToo() async throws {
        try await TestHub.with { hub in
            let events = try (1...3).map { try Sample.report(id: "LB-\($0)", employer: $0).encodedBytes() }
            // Blanks within the event count, those around it do not.
            let large = events[1].dropLast() + [UInt8](repeating: 0x20, count: 1 << 20) + Array("}".utf8)
            let body = Array("[".utf8) + events[0] + Array(",".utf8) + large + Array(",".utf8) + events[2]
            let answer = try await send(body + Array("]".utf8), to: hub, type: Self.batch)
            #expect(answer.status == 200, "\(answer.text)")
            let results = answer.json.list("results")
            #expect(results.map { $0.at("status") } == [201, 413, 201])
            #expect(results[1].text("problem/code") == "body-too-large")
            #expect(results[1].at("problem")?.faults == [ShownFault("/1", "body-too-large")])
            #expect(try await hub.number("SELECT count(*) FROM hub.event_key") == 2)
        }
    }

    /// Far more than anybody means to send would make an answer larger still.
    @Test(arguments: [(150, 422, "unknown-attribute"), (50_000, 400, "bad-envelope")])
    func attributesThatAreNotKnownAreNamedWithinBounds(count: Int, status: Int, code: String) async throws {
        try await TestHub.with { hub in
            var event = try Sample.report(id: "LB-1", employer: 1).objectValue ?? [:]
            for number in 0..<count { event["x\(number)"] = 1 }
            let answer = try await hub.publish(.object(event), as: Self.office)
            #expect(answer.status == status && answer.code == code)
            #expect(answer.body.count < 50_000)
            let isTold = answer.faultCodes.contains(count > 1000 ? "too-many-attributes" : "too-many-faults")
            #expect(isTold, "\(answer.faultCodes.suffix(2))")
        }
    }

    @Test func aBatchHasAtMostAThousandEvents() async throws {
        try await TestHub.with { hub in
            let answer = try await hub.publish(
                batch: [JSONValue](repeating: [:], count: 1001), as: Self.office)
            #expect(answer.status == 413 && answer.code == "batch-too-large")
        }
    }

    @Test func aBodyWithoutLengthIsBoundedToo() async throws {
        try await TestHub.with { hub in
            let token = try #require(try await hub.token(Self.office))
            let size = (1 << 20) + 1
            let head = """
                POST /v1/events HTTP/1.1\r
                Host: hub\r
                Connection: close\r
                Authorization: Bearer \(token)\r
                Content-Type: \(Self.structured)\r
                Transfer-Encoding: chunked\r
                \r\n
                """
            let body = "\(String(size, radix: 16))\r\n\(String(repeating: " ", count: size))\r\n0\r\n\r\n"
            let answer = try await RawExchange.answer(to: head + body, port: hub.port)
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("\"body-too-large\""), "\(answer)")
        }
    }

    @Test func aCompressedBodyIsRefused() async throws {
        try await TestHub.with { hub in
            let body = try Sample.report(id: "LB-1", employer: 1).encodedBytes()
            for encoding in ["gzip", "deflate", "br"] {
                let answer = try await hub.send(
                    "POST", "/v1/events", as: Self.office,
                    headers: [("Content-Type", Self.structured), ("Content-Encoding", encoding)], body: body)
                #expect(answer.status == 415 && answer.code == "unsupported-media-type")
            }
        }
    }

    /// Beyond what the API takes; beyond what the server reads; too many.
    @Test(arguments: [(40_000, 1), (80_000, 1), (10, 250)])
    func headersThatAreTooLargeAreRefused(length: Int, count: Int) async throws {
        try await TestHub.with { hub in
            let value = String(repeating: "x", count: length)
            let answer = try await hub.get(
                "/v1/me", as: Self.office, headers: (0..<count).map { ("X-Filler-\($0)", value) })
            #expect(answer.status == 431 && answer.code == "header-too-large", "\(answer.text)")
        }
    }
}
