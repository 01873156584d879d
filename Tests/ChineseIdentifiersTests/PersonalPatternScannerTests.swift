import ChineseIdentifiers
import Testing

struct PersonalPatternScannerTests {
    @Test(arguments: [
        "该生身份证号410322201003150015，请核实", "41032220080808003x", "身份证：４１０３２２２００８０８０８００３Ｘ。",
        "学籍号G410322200608069784", "残疾人证41032220091120123162", "编号99410322201003150015",
        "410322 20100315 0015", "410322-20100315-0015", "mistyped 410322201003150016", "旧证410322790204917",
        "a410322201003150015b",
    ])
    func idNumbersAreFound(_ text: String) {
        #expect(PersonalPatternScanner.kinds(in: text) == [.citizenID])
    }

    @Test(arguments: [
        "电话13000000000", "+8613000000000", "008613000000000", "130 0000 0000", "130-0000-0000", "手机：１３０００００００００",
        "家长12003790500。", "tel:19900000000,", "12 130 0000 0000",
    ])
    func mobilePhonesAreFound(_ text: String) {
        #expect(PersonalPatternScanner.kinds(in: text) == [.mobilePhone])
    }

    @Test
    func bothKindsAreNamedTogether() {
        let text = "家长13000000000，学生410322201003150015"
        #expect(PersonalPatternScanner.kinds(in: text) == [.citizenID, .mobilePhone])
    }

    @Test(arguments: [
        "", "孟教体〔2020〕13号", "2020-10-22 11:00", "2020102211000000", "91410322MA9QYJBD0W", "914103220000000000",
        "114103220055555555", "0379-67910000", "12345", "学校标识码2141000001", "区划410322101203", "410322****0015",
        "金额1,260,000.00元", "130000000001", "10000000000", "410322617225255", "410322201013150015", "999322201003150015",
        "2020-10-22 2020-10-23 12", "1 2 3 4 5 6 7 8 9 10 11", "XXX", "X13", "--  --",
    ])
    func otherNumbersAreLeftAlone(_ text: String) {
        #expect(PersonalPatternScanner.kinds(in: text).isEmpty)
    }

    @Test
    func longRowsOfDigitsAreSearchedInPlace() {
        let text = String(repeating: "9", count: 50_000) + "410322201003150015" + String(repeating: "7", count: 50_000)
        #expect(PersonalPatternScanner.kinds(in: text) == [.citizenID])
    }
}
