import CloudEvents
import Testing

extension JSONValue {
    var canonicalText: String { String(decoding: canonicalBytes(), as: UTF8.self) }
    var encodedText: String { String(decoding: encodedBytes(), as: UTF8.self) }
}

/// RFC 8785 with its own examples and those of the suite that it names.
struct JSONCanonicalFormTests {
    /// Appendix B: bits of a double and its text.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0xC340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"),
            (0x44B5_2D02_C7E1_4AF6, "1e+23"),
            (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"),
            (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"),
            (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"),
            (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x41B3_DE43_5555_5553, "333333333.3333332"),
            (0x41B3_DE43_5555_5554, "333333333.33333325"),
            (0x41B3_DE43_5555_5555, "333333333.3333333"),
            (0x41B3_DE43_5555_5556, "333333333.3333334"),
            (0x41B3_DE43_5555_5557, "333333333.33333343"),
            (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func numbersAreWrittenAsECMAScriptDoes(_ bits: UInt64, _ text: String) {
        #expect(JSONValue.number(Double(bitPattern: bits)).canonicalText == text)
    }

    @Test(
        arguments: [
            (1, "1"), (-10, "-10"), (0.5, "0.5"), (1.5, "1.5"), (100, "100"), (1e-7, "1e-7"), (1.2e-6, "0.0000012"),
            (123456.789, "123456.789"), (1e20, "100000000000000000000"), (4.5, "4.5"), (2e-3, "0.002"),
            (1e-27, "1e-27"),
            (1e16, "10000000000000000"), (1.5e300, "1.5e+300"), (.nan, "null"), (.infinity, "null"),
        ] as [(Double, String)])
    func numbersHaveOneFormOnly(_ number: Double, _ text: String) {
        #expect(JSONValue.number(number).canonicalText == text)
        #expect(JSONValue.number(number).encodedText == text)
    }

    @Test
    func integersAreWrittenAsTheyAre() {
        #expect(JSONValue.integer(1 << 53).canonicalText == "9007199254740992")
        #expect(JSONValue.integer(-1).canonicalText == "-1")
    }

    @Test(arguments: [
        // Section 3.2.2.
        (
            #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#,
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
                + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        ),
        // Section 3.2.3: the order of UTF-16, not of code points.
        (
            #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#,
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{FB33}\":3}"
        ),
        (
            #"{"1":{"f":{"f":"hi","F":5},"\n":56.0},"10":{},"":"empty","a":{},"111":[{}],"A":{}}"#,
            #"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}"#
        ),
        (
            #"{"peach":1,"péché":2,"pêche":3,"sin":4}"#,
            #"{"peach":1,"péché":2,"pêche":3,"sin":4}"#
        ),
        (#""\u0008\u0009\u000a\u000c\u000d\u001f\u007f""#, "\"\\b\\t\\n\\f\\r\\u001f\u{7F}\""),
        (#"[56,{"d":true,"10":null,"1":[]}]"#, #"[56,{"1":[],"10":null,"d":true}]"#),
    ])
    func theExamplesComeOutAsTheStandardHasThem(_ text: String, _ canonical: String) throws {
        let value = try parsed(text)
        #expect(value.canonicalBytes() == Array(canonical.utf8))
    }

    @Test
    func theOtherWriterKeepsTheOrderOfMembers() throws {
        let text = #"{"b":1,"a":{"z":[1,2.5,"x"],"y":null}}"#
        #expect(try parsed(text).encodedText == text)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func whatIsWrittenIsReadAsTheSame(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let value = random.value()
        #expect(try JSONReader.read(value.canonicalBytes()).get() == value)
        #expect(try JSONReader.read(value.encodedBytes()).get() == value)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func theCanonicalFormOfTheCanonicalFormIsItself(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let bytes = random.value().canonicalBytes()
        #expect(try JSONReader.read(bytes).get().canonicalBytes() == bytes)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func theOrderOfMembersDoesNotMatter(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var (object, shuffled) = (JSONObject(), JSONObject())
        for _ in 0..<20 { object[random.text()] = random.value(depth: 1) }
        for member in object.members.shuffled(using: &random.generator) { shuffled[member.key] = member.value }
        #expect(JSONValue.object(object).canonicalBytes() == JSONValue.object(shuffled).canonicalBytes())
        #expect(object == shuffled)
        #expect(object.hashValue == shuffled.hashValue)
        // By UTF-16, computed in the plain way.
        let keys = object.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
        #expect(try JSONReader.read(JSONValue.object(object).canonicalBytes()).get().objectValue?.keys == keys)
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func everyDoubleReadsBackAsItself(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        let number = random.number()
        #expect(try JSONReader.read(JSONValue.number(number).canonicalBytes()).get() == .number(number))
    }
}
