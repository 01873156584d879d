import ChineseIdentifiers
import Testing

struct TextHygieneTests {
    @Test(arguments: [
        ("%E5%AD%9F%e6%b4%a5", "孟津"), ("%25E5%25AD%259F", "孟"), ("100%", "100%"), ("%zz%4", "%zz%4"), ("%", "%"),
        ("%+1", "%+1"), ("孟%20津", "孟 津"), ("plain", "plain"),
    ])
    func percentEncodedTextIsDecodedAsOftenAsItWasEncoded(_ encoded: String, _ text: String) {
        #expect(TextHygiene.percentDecoded(encoded) == text)
    }

    @Test(arguments: [
        ("\u{3000}会盟镇\u{A0}\t", "会盟镇"), ("\u{FEFF}a b\r\n", "a b"), (" \u{200B} ", ""), ("", ""),
    ])
    func blanksOfAllKindsAreTrimmed(_ raw: String, _ expected: String) {
        #expect(TextHygiene.trimmed(raw) == expected)
    }

    @Test
    func fullWidthBecomesHalfWidth() {
        #expect(TextHygiene.halfWidth("Ｇ４１０３（ｘ）\u{3000}孟津") == "G4103(x) 孟津")
    }

    private static let suspectNames: [(String, TextHygiene.Suspicions)] = [
        ("王小明", []), ("王\u{E863}明", .privateUse), ("王\u{FFFD}明", .replacement), ("王?明", .placeholder),
        ("王？明", .placeholder), ("王□明", .placeholder), ("王\u{F0000}□", [.privateUse, .placeholder]), ("𠮷田", []),
    ]

    @Test(arguments: suspectNames)
    func lostCharactersMakeANameSuspect(_ name: String, _ expected: TextHygiene.Suspicions) {
        #expect(TextHygiene.suspicions(in: name) == expected)
    }

    @Test(arguments: [
        ("古丽.努尔", "古丽·努尔"), ("古丽•努尔", "古丽·努尔"), ("古丽・努尔", "古丽·努尔"), ("古丽．努尔", "古丽·努尔"),
        ("古丽 · 努尔", "古丽·努尔"), ("古丽‧努尔", "古丽·努尔"), ("古丽··努尔", "古丽·努尔"), ("王　明", "王明"), (" 王 小 明 ", "王小明"),
        ("John  Smith", "John Smith"), ("J. Smith", "J. Smith"), ("王明.", "王明."), ("", ""),
    ])
    func namesTakeTheNationalSeparator(_ raw: String, _ expected: String) {
        #expect(TextHygiene.normalisedName(raw) == expected)
    }
}
