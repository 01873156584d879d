import ChineseIdentifiers
import Testing

struct RegionAndPhoneTests {
    private func code<Value>(_ result: Result<Value, IdentifierFault>) -> String? {
        if case .failure(let fault) = result { fault.code } else { nil }
    }

    @Test
    func regionCodesHaveParts() throws {
        let village = try RegionCode.parse("410322101203").get()
        #expect(village.level == .village && village.village == "410322101203")
        #expect(village.town == "410322101" && village.county == "410322" && village.city == "4103")
        let county = try RegionCode.parse("410322").get()
        #expect(county.level == .county && county.town == nil && county.province == "41")
        #expect(village.isWithin(county) && !county.isWithin(village) && county.isWithin(county))
        #expect(try !village.isWithin(RegionCode.parse("410308").get()))
    }

    @Test(arguments: [
        ("41032", "region-length"), ("4103221", "region-length"), ("", "region-length"), ("41032A", "region-charset"),
        ("990322", "region-province"), ("4.10322E+11", "spreadsheet-precision-loss"),
    ])
    func formOfARegionCodeIsNamedPrecisely(_ raw: String, _ expected: String) {
        #expect(code(RegionCode.parse(raw)) == expected)
    }

    @Test(arguments: [
        ("12003790500", "12003790500", Phone.Kind.mobile), ("+86 130 0000 0000", "13000000000", .mobile),
        ("0086-13000000000", "13000000000", .mobile), ("8613000000000", "13000000000", .mobile),
        ("130-0000-0000", "13000000000", .mobile), ("１３００００００００0", "13000000000", .mobile),
        ("0379-67910000", "0379-67910000", .landline), ("(0379)6791000", "0379-6791000", .landline),
        ("01088880000", "010-88880000", .landline),
    ])
    func phonesAreNormalised(_ raw: String, _ text: String, _ kind: Phone.Kind) throws {
        let phone = try Phone.parse(raw).get()
        #expect(phone.text == text && phone.kind == kind)
    }

    @Test(arguments: [
        "", "110", "1300000000", "130000000000", "10000000000", "67910000", "0379-0791000", "无", "010-8888000",
    ])
    func otherTextIsNoPhone(_ raw: String) {
        #expect(code(Phone.parse(raw)) == "phone-form")
    }

    @Test
    func agesCountTheBirthday() throws {
        let born = try #require(CivilDate(year: 2004, month: 9, day: 1))
        #expect(born.age(on: try #require(CivilDate(year: 2020, month: 8, day: 31))) == 15)
        #expect(born.age(on: try #require(CivilDate(year: 2020, month: 9, day: 1))) == 16)
        let leap = try #require(CivilDate(year: 2012, month: 2, day: 29))
        #expect(leap.age(on: try #require(CivilDate(year: 2019, month: 2, day: 28))) == 6)
        #expect(leap.age(on: try #require(CivilDate(year: 2019, month: 3, day: 1))) == 7)
    }
}
