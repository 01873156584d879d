import CloudEvents
import Testing

/// The value of a text that is expected to be acceptable.
func parsed(_ text: String) throws -> JSONValue {
    try JSONReader.read(text.utf8).get()
}

/// The faults of bytes that are expected to be refused.
func refusal(_ bytes: some Collection<UInt8>, sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONFaults {
    guard case .failure(let faults) = JSONReader.read(bytes) else {
        Issue.record("this was read", sourceLocation: sourceLocation)
        throw CancellationError()
    }
    #expect(!faults.faults.isEmpty, sourceLocation: sourceLocation)
    for fault in faults.faults {
        #expect(!fault.message.isEmpty && !fault.messageZh.isEmpty, sourceLocation: sourceLocation)
    }
    return faults
}

struct JSONReaderTests {
    private static let values: [(String, JSONValue)] = [
        ("null", JSONValue.null), ("true", true), ("false", false), ("0", 0), ("-0", 0), ("12", 12), ("-7", -7),
        ("9007199254740992", .integer(1 << 53)), ("-9007199254740992", .integer(-(1 << 53))),
        ("1.0", .number(1)), ("1e2", .number(100)), ("1E+2", .number(100)), ("-2.5e-3", .number(-0.0025)),
        ("0.1", .number(0.1)), ("123e65", .number(123e65)), ("5e-324", .number(.leastNonzeroMagnitude)),
        ("1e-400", .number(0)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("-0.0", .number(0)),
        (#""""#, ""), (#""孟津""#, "孟津"), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u4f1A\u0041""#, "会A"), (#""\uD83D\uDE02""#, "😂"), (#""\u0001\u007f\uFFFF""#, "\u{1}\u{7F}\u{FFFF}"),
        ("[]", []), (" [ 1 ,\t[\r\n] ] ", [1, []]), ("{}", [:]), (#"{"a":{"b":[null]}}"#, ["a": ["b": [nil]]]),
        ("\u{FEFF}{}", [:]), (#"{"":1}"#, ["": 1]),
    ]

    @Test(arguments: values)
    func everyKindOfValueIsRead(_ text: String, _ value: JSONValue) throws {
        #expect(try parsed(text) == value)
    }

    @Test
    func membersKeepTheirOrder() throws {
        let keys = (0..<40).map { "k\($0 * 7 % 40)" }
        let text = "{" + keys.map { #""\#($0)":1"# }.joined(separator: ",") + "}"
        #expect(try parsed(text).objectValue?.keys == keys)
    }

    @Test
    func keysThatOnlyLookAlikeAreDifferentKeys() throws {
        let value = try parsed("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(value.objectValue?.count == 2)
    }

    @Test
    func anyCollectionOfBytesIsRead() throws {
        let bytes = Array("xx[1]xx".utf8)
        #expect(try JSONReader.read(bytes[2..<5]).get() == [1])
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":{"c":1,"c":2}}"#, "/b/c", "duplicate-key"),
            (#"{"a":1,"\u0061":2}"#, "/a", "duplicate-key"),
            (#"[0,{"x~/y":1,"x~/y":1}]"#, "/1/x~0~1y", "duplicate-key"),
            (#"["a\u0000b"]"#, "/0", "nul-character"),
            ("[\"a\u{0}b\"]", "/0", "nul-character"),
            (#"{"a\u0000":1}"#, "/a\u{FFFD}", "nul-character"),
            ("{\"k\":\"a\nb\"}", "/k", "control-character"),
            (#"["\ud800"]"#, "/0", "lone-surrogate"), (#"["\udc00"]"#, "/0", "lone-surrogate"),
            (#"["\ud800x"]"#, "/0", "lone-surrogate"), (#"["\ud800\n"]"#, "/0", "lone-surrogate"),
            (#"["\ud800\ud83d\ude02"]"#, "/0", "lone-surrogate"), (#"["\ude02\ud83d"]"#, "/0", "lone-surrogate"),
            ("[1e309]", "/0", "number-out-of-range"), ("[-1e999999999999]", "/0", "number-out-of-range"),
            ("9007199254740993", "", "integer-out-of-range"), ("-9007199254740993", "", "integer-out-of-range"),
            ("[10000000000000000]", "/0", "integer-out-of-range"),
            ("[123456789012345678901234567890]", "/0", "integer-out-of-range"),
            ("[1e20]", "/0", "integer-out-of-range"), ("[9007199254740993.5]", "/0", "integer-out-of-range"),
        ] as [(String, String, String)])
    func valuesThatCannotBeKeptAreNamedWithTheirPlace(_ text: String, _ path: String, _ code: String) throws {
        let refusal = try refusal(text.utf8)
        #expect(refusal.code == "bad-json")
        #expect(refusal.faults.map(\.code) == [code])
        #expect(refusal.faults.map(\.path) == [path])
    }

    @Test
    func allFaultsAreReportedAtOnceInTheOrderOfTheText() throws {
        let text = #"""
            {"a": "\u0000", "b": [1, 1e999, {"c": "\ud800", "c": 9007199254740993}], "a": 1,
             "d": "x\u0000\ud800"}
            """#
        let refusal = try refusal(text.utf8)
        #expect(
            refusal.faults.map { "\($0.path) \($0.code)" } == [
                "/a nul-character", "/b/1 number-out-of-range", "/b/2/c lone-surrogate",
                "/b/2/c integer-out-of-range", "/b/2/c duplicate-key", "/a duplicate-key", "/d nul-character",
                "/d lone-surrogate",
            ])
    }

    @Test
    func aFaultOfTheSyntaxComesAfterWhatWasFoundBefore() throws {
        let refusal = try refusal(#"{"a":"\u0000","b":[1,}"#.utf8)
        #expect(refusal.faults.map(\.code) == ["nul-character", "syntax"])
        #expect(refusal.faults.last?.path == "/b/1")
    }

    @Test(arguments: [64, 65])
    func sixtyFourLevelsAreTheDeepest(_ depth: Int) throws {
        let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let objects = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        for (text, step) in [(lists, "/0"), (objects, "/a")] {
            guard depth > 64 else {
                _ = try parsed(text)
                continue
            }
            let refusal = try refusal(text.utf8)
            #expect(refusal.faults.map(\.code) == ["too-deep"])
            #expect(refusal.faults.first?.path == String(repeating: step, count: 64))
        }
    }

    @Test
    func readingGoesOnBehindWhatIsTooDeep() throws {
        let deep = String(repeating: "[", count: 70) + #"{"x":[1,{}],"y":[]},"]""# + String(repeating: "]", count: 70)
        let refusal = try refusal(#"{"a":\#(deep),"b":1,"b":2}"#.utf8)
        #expect(refusal.faults.map(\.code) == ["too-deep", "duplicate-key"])
    }

    @Test
    func atMostAHundredFaultsAreListed() throws {
        let text = "[" + Array(repeating: #""\u0000""#, count: 500).joined(separator: ",") + "]"
        let refusal = try refusal(text.utf8)
        #expect(refusal.faults.count == 101)
        #expect(refusal.faults.last?.code == "further-faults")
    }

    @Test
    func namesInPathsAreCutAndCannotForgeALine() throws {
        let long = String(repeating: "津", count: 500)
        let refusal = try refusal(#"{"\#(long)":"\u0000","a\nb\u202e":"\u0000"}"#.utf8)
        #expect(refusal.faults.first?.path == "/" + String(repeating: "津", count: 64) + "…")
        #expect(refusal.faults.last?.path == "/a\u{FFFD}b\u{FFFD}")
    }

    @Test
    func faultsDoNotRepeatValues() throws {
        let refusal = try refusal(#"{"name":"secret\u0000","n":98765432109876543,"x":secret}"#.utf8)
        for fault in refusal.faults {
            for text in [fault.path, fault.message, fault.messageZh] {
                #expect(!text.contains("secret") && !text.contains("98765432109876543"))
            }
        }
    }
}
