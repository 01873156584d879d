import ChineseIdentifiers
import Testing

struct OrganisationCodeTests {
    private func code<Value>(_ result: Result<Value, IdentifierFault>) -> String? {
        if case .failure(let fault) = result { fault.code } else { nil }
    }

    @Test(arguments: ["91350100M000100Y43", "91410322MA000001XU", "91410322MA00000390", "N2410322MF0000001X"])
    func anyOtherLastCharacterOfACreditCodeIsRefused(_ text: String) throws {
        #expect(try UnifiedSocialCreditCode.parse(text).get().text == text)
        for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" where last != text.last {
            #expect(code(UnifiedSocialCreditCode.parse(text.dropLast() + String(last))) == "uscc-checksum")
        }
    }

    @Test(arguments: [
        ("9141032MA9UEX5332", "uscc-length"), ("", "uscc-length"), ("91410322MA9QYJBD0ZZ", "uscc-length"),
        ("91410322MAO9HNC89T", "uscc-charset"), ("91410322MA9QYJBD0Z", "uscc-charset"),
        ("91410322MA9QYJBD0号", "uscc-charset"), ("9.1410322E+17", "spreadsheet-precision-loss"),
        ("914103220000001.0", "uscc-length"),
    ])
    func formOfACreditCodeIsNamedPrecisely(_ raw: String, _ expected: String) {
        #expect(code(UnifiedSocialCreditCode.parse(raw)) == expected)
    }

    @Test
    func partsOfACreditCodeAreRead() throws {
        let uscc = try UnifiedSocialCreditCode.parse("N2410322MF0000001X").get()
        #expect(uscc.authority == "N" && uscc.kind == "2" && uscc.region == "410322")
        #expect(uscc.organisationCode == "MF0000001")
    }

    @Test
    func checkCharacterIsZeroWhereThirtyOneDividesTheSum() {
        #expect(UnifiedSocialCreditCode.checkCharacter(for: "91410322MA0000039") == "0")
        #expect(UnifiedSocialCreditCode.checkCharacter(for: "91350100M000100Y4") == "3")
        #expect(UnifiedSocialCreditCode.checkCharacter(for: "91350100M000100Y") == nil)
        #expect(UnifiedSocialCreditCode.checkCharacter(for: "91350100I000100Y4") == nil)
    }

    @Test
    func registrationNumbersAreJudgedByForm() throws {
        let old = try RegistrationNumber.parse("110108000000016").get()
        #expect(old.hasCheckDigit && old.office == "110108")
        let earlier = try RegistrationNumber.parse(" 410322617225255.0 ").get()
        #expect(earlier.text == "410322617225255" && !earlier.hasCheckDigit)
        #expect(code(RegistrationNumber.parse("4103226172252")) == "registration-number-length")
        #expect(code(RegistrationNumber.parse("41032261722525X")) == "registration-number-charset")
    }
}
