import CloudEvents
import Testing

struct JSONSyntaxTests {
    @Test(arguments: [
        "", " ", "{", "[", "]", "}", ",", "[1", "[1,", "[1,]", "[,1]", "[1 2]", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#,
        #"{"a" 1}"#, "{1:1}", "{a:1}", "{'a':1}", "['a']", "nul", "nulll", "True", "NaN", "Infinity", "-", "+1", ".5",
        "1.", "1.e1", "1e", "1e+", "01", "-01", "0x1", "1_000", "--1", #"""#, #""\"#, #""\x""#, #""\u12""#,
        #""\u12G4""#, #""a"#, #"{"a"#, #"{"a":"#, "[1]]", "1 1", "{} x", "/* c */ 1", "[1] // c", "undefined",
        "\u{FEFF}", "\u{FEFF}\u{FEFF}1", "[\u{A0}1]", "“a”", "[1，2]",
    ])
    func whatIsNoJSONEndsTheReading(_ text: String) throws {
        let refusal = try refusal(text.utf8)
        #expect(refusal.code == "bad-json")
        #expect(refusal.faults.map(\.code) == ["syntax"])
    }

    @Test(arguments: [
        ("[1,\n {\"a\": x}]", "/1/a", "line 2, column 8", "第2行第8列"),
        ("\u{FEFF}x", "", "line 1, column 1", "第1行第1列"),
        ("{\"会盟镇\":1 2}", "", "line 1, column 10", "第1行第10列"),
        ("[\n\n", "/0", "line 3, column 1", "第3行第1列"),
        ("{\"a\":01}", "/a", "line 1, column 6", "第1行第6列"),
        // A value without its key is none, and no path repeats it.
        ("{\"a\":1,\"张三\",\"b\":2}", "", "line 1, column 12", "第1行第12列"),
    ])
    func thePlaceIsTheFirstSignThatDoesNotFit(
        _ text: String, _ path: String, _ place: String, _ placeZh: String,
    ) throws {
        let fault = try #require(try refusal(text.utf8).faults.first)
        #expect(fault.path == path)
        #expect(fault.message.contains(place))
        #expect(fault.messageZh.contains(placeZh))
    }

    @Test(arguments: [
        ([0x22, 0xFF, 0x22] as [UInt8], 1),
        ([0x22, 0xC0, 0x80, 0x22], 1),
        ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
        ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
        ([0x22, 0x61, 0xE4, 0x95], 2),
        ([0xEF, 0xBB, 0xBF, 0x22, 0x80, 0x22], 4),
    ])
    func bytesThatAreNotUTF8AreNamedByTheirOffset(_ bytes: [UInt8], _ offset: Int) throws {
        let refusal = try refusal(bytes)
        #expect(refusal.code == "not-utf-8")
        #expect(refusal.faults.map(\.code) == ["not-utf-8"])
        #expect(refusal.faults.first?.path == "")
        #expect(refusal.faults.first?.message.contains("offset \(offset) ") == true)
        #expect(refusal.faults.first?.messageZh.contains("偏移\(offset)起") == true)
        #expect(refusal.faults.first?.messageZh.contains("疑似") == false)
    }

    /// `{"name":"孟津县会盟镇"}` and `{"说明":"疑似辍学，请核实。","n":1}` in GBK.
    @Test(arguments: [
        Array(#"{"name":""#.utf8) + [0xC3, 0xCF, 0xBD, 0xF2, 0xCF, 0xD8, 0xBB, 0xE1, 0xC3, 0xCB, 0xD5, 0xF2]
            + Array(#""}"#.utf8),
        Array(#"{""#.utf8) + [0xCB, 0xB5, 0xC3, 0xF7] + Array(#"":""#.utf8)
            + [
                0xD2, 0xC9, 0xCB, 0xC6, 0xEA, 0xA1, 0xD1, 0xA7, 0xA3, 0xAC, 0xC7, 0xEB, 0xBA, 0xCB, 0xCA, 0xB5, 0xA1,
                0xA3,
            ]
            + Array(#"","n":1}"#.utf8),
    ])
    func textInGBKIsRecognised(_ bytes: [UInt8]) throws {
        let fault = try #require(try refusal(bytes).faults.first)
        #expect(fault.code == "not-utf-8")
        #expect(fault.messageZh.contains("请求体疑似 GBK/GB18030，请转为 UTF-8"))
        #expect(fault.message.contains("GBK/GB18030"))
    }

    @Test
    func damagedUTF8IsNotTakenForGBK() throws {
        let whole = Array("{\"name\":\"孟津县会盟镇疑似辍学请核实后回复\"}".utf8)
        for cut in [9, 10, 12, 13] {
            var bytes = whole
            bytes.remove(at: cut)
            let fault = try #require(try refusal(bytes).faults.first)
            #expect(!fault.messageZh.contains("GBK"), "without byte \(cut)")
        }
    }

    @Test
    func textInUTF16IsRecognised() throws {
        let fault = try #require(try refusal([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00] as [UInt8]).faults.first)
        #expect(fault.messageZh.contains("UTF-16"))
    }
}
