import CloudEvents
import TestSupport
import Testing

/// What is wrong with the content: all of it at once, with its place, in both
/// languages.
struct ContentFaultTests {
    private static let office = TestHub.Speaker.unit("jm-office")

    /// One value of a good report that is changed, and the fault it makes.
    struct Case: Sendable, CustomTestStringConvertible {
        var pointer: String
        var value: JSONValue?
        var code: String
        var place: String?

        init(_ pointer: String, _ value: JSONValue?, _ code: String, at place: String? = nil) {
            self.pointer = pointer
            self.value = value
            self.code = code
            self.place = place
        }

        var testDescription: String { "\(pointer): \(code)" }
    }

    private static let cases = [
        Case("data/childrenCount", "两", "wrong-type"),
        Case("data/childrenCount", .number(1.5), "wrong-type"),
        Case("data/childrenCount", .null, "wrong-type"),
        Case("data/childrenCount", 10_000, "out-of-range"),
        Case("data/childrenCount", nil, "required"),
        Case("data/employerKind", "bank", "unknown-code"),
        Case("data/employerName", "", "empty"),
        Case("data/employerName", .string(String(repeating: "厂", count: 121)), "too-long"),
        Case("data/employerName", "联系人电话13700000000", "personal-data-in-open-field"),
        Case("data/workRegionCode", "4103221070", "region-length"),
        Case("data/registeredOn", "2020-02-30", "bad-date"),
        Case("data/startedOn", "2020-13-01", "bad-date"),
        Case("data/uscc", "91410322MA9KPY3X0L", "uscc-checksum"),
        Case("data/children", "欧某", "wrong-type"),
        Case("data/children/0/idNumber", "41032220050307902X0", "id-length"),
        Case("data/children/0/age", 15, "unknown-field"),
        Case("data/employerNames", "x", "unknown-field"),
        Case("data/dayKind", "festival", "unknown-field"),
        Case("data/childSchoolIds", ["1"], "school-code-length", at: "/data/childSchoolIds/0"),
    ]

    @Test(arguments: cases)
    func aWrongValueIsNamedWithItsPlace(fault: Case) async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with(fault.pointer, fault.value)
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.status == 422 && answer.code == "invalid", "\(answer.text)")
            #expect(
                answer.json.faults == [ShownFault(fault.place ?? "/\(fault.pointer)", fault.code)], "\(answer.text)")
        }
    }

    /// What the sender should look at again, but may well be so.
    @Test(arguments: [
        Case("data/children/0/birthDate", "2005-03-08", "birth-date-mismatch"),
        Case("data/children/0/sex", "male", "sex-mismatch"),
        Case("data/workRegionCode", "410322999", "region-not-on-file"),
    ])
    func whatMayBeMistakenIsStoredWithAWarning(doubt: Case) async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with(doubt.pointer, doubt.value)
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(
                answer.json.list("warnings").map { ShownFault($0) } == [ShownFault("/\(doubt.pointer)", doubt.code)])
            let again = try await hub.publish(event, as: Self.office)
            #expect(again.json == answer.json.with("duplicate", true))
        }
    }

    @Test func everythingThatIsWrongComesAtOnceInBothLanguages() async throws {
        try await TestHub.with { hub in
            let event = try Sample.childLabour.event(id: "LB-1") { data in
                data["childrenCount"] = "两"
                data["employerKind"] = "bank"
                data["workRegionCode"] = nil
                data["unheardOf"] = true
                data["note"] = .string(String(repeating: "夜", count: 2001))
            }.with("data/children/0/idNumber", "410322200706129016").with("time", "2020-10-26T09:20:00")
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.status == 422 && answer.code == "invalid")
            #expect(
                answer.json.faults.isSuperset(of: [
                    ShownFault("attribute:time", "time-without-offset"),
                    ShownFault("/data/childrenCount", "wrong-type"),
                    ShownFault("/data/employerKind", "unknown-code"), ShownFault("/data/workRegionCode", "required"),
                    ShownFault("/data/unheardOf", "unknown-field"), ShownFault("/data/note", "too-long"),
                ]))
            #expect(answer.json.faults.count == 7)
            for fault in answer.json.list("errors") {
                #expect(
                    fault.text("message")?.allSatisfy(\.isASCII) == true || fault.text("code") == "time-without-offset")
                #expect(fault.text("messageZh")?.contains { !$0.isASCII } == true)
            }
        }
    }

    @Test func atLeastOneOfSeveralFieldsIsAskedForByName() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with("data/employerName", nil)
                .with("data/address", nil)
            let answer = try await hub.publish(event, as: Self.office)
            #expect(answer.json.faults == [ShownFault("/data/employerName", "required")])
            #expect(answer.json.text("errors/0/message")?.contains("employerName, address") == true)
        }
    }

    @Test(arguments: [("en, zh;q=0.5", true), ("zh-CN", true), ("en-GB", false), ("", false)])
    func titleAndDetailFollowTheLanguage(header: String, isChinese: Bool) async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with("data/childrenCount", "两")
            let answer = try await hub.publish(
                event, as: Self.office, headers: header.isEmpty ? [] : [("Accept-Language", header)])
            #expect(answer.json.text("title") == (isChinese ? "内容有误" : "the content has faults"))
            #expect(answer.json.text("detail")?.allSatisfy(\.isASCII) == !isChinese)
            // Faults always come in both.
            #expect(answer.json.text("errors/0/messageZh") == "此处应填整数（不加引号）")
        }
    }

    // MARK: Lenience

    @Test func unknownFieldsAreDroppedWhereTheSenderAsksForIt() async throws {
        try await TestHub.with { hub in
            let lenient = [("Prefer", "handling=lenient")]
            let event = try Sample.report(id: "LB-1", employer: 1).with("data/color", "绿色")
                .with("data/children/0/nickname", "小石")
            let answer = try await hub.publish(event, as: Self.office, headers: lenient)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.header("preference-applied") == "handling=lenient")
            #expect(
                Set(answer.json.list("warnings").map { ShownFault($0) }) == [
                    ShownFault("/data/color", "unknown-field"),
                    ShownFault("/data/children/0/nickname", "unknown-field"),
                ])
            for warning in answer.json.list("warnings") {
                #expect(warning.text("message")?.isEmpty == false && warning.text("messageZh")?.isEmpty == false)
            }
            let stored = try await hub.get(try #require(answer.header("location")), as: Self.office)
            #expect(!stored.text.contains("绿色") && !stored.text.contains("color"))
            // The same again, by a sender who does not ask any more.
            let again = try await hub.publish(event, as: Self.office)
            #expect(again.status == 200 && again.json == answer.json.with("duplicate", true))
        }
    }

    @Test(arguments: [
        ("handling=\"lenient\"", true), ("Handling=Lenient", true), ("respond-async, handling=lenient; x=1", true),
        ("handling = lenient", true), ("handling=lenientx", false), ("xhandling=lenient", false),
        ("handling=strict, handling=lenient", false), ("note=\"a, handling=lenient\"", false), ("handling", false),
    ])
    func onlyThePreferenceItselfIsLenience(_ preference: String, _ isLenient: Bool) async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with("data/color", "绿色")
            let answer = try await hub.publish(event, as: Self.office, headers: [("Prefer", preference)])
            #expect(answer.status == (isLenient ? 201 : 422), "\(answer.text)")
            #expect(answer.header("preference-applied") == (isLenient ? "handling=lenient" : nil))
        }
    }

    @Test func lenienceForgivesNothingElse() async throws {
        try await TestHub.with { hub in
            let event = try Sample.report(id: "LB-1", employer: 1).with("data/color", "绿色")
                .with("data/employerKind", "bank").with("priority", "high")
            let answer = try await hub.publish(event, as: Self.office, headers: [("Prefer", "handling=lenient")])
            #expect(answer.status == 422)
            #expect(
                answer.json.faults == [
                    ShownFault("/data/employerKind", "unknown-code"),
                    ShownFault("attribute:priority", "unknown-attribute"),
                ])
        }
    }
}
