import ChineseIdentifiers
import Testing

struct PersonalPatternScannerTests {
    @Test(arguments: [
        "该生身份证号410322201003150015，请核实", "41032220080808003x", "身份证：４１０３２２２００８０８０８００３Ｘ。",
        "学籍号G410322200608069784", "残疾人证41032220091120123162", "编号99410322201003150015",
        "410322 20100315 0015", "410322-20100315-0015", "mistyped 410322201003150016", "旧证410322790204917",
        "a410322201003150015b", "410322.20100315.0015", "410322·20100315·0015", "410322201003150015。",
        "4103\u{200B}2220100\u{FEFF}3150015", "410322\u{A0}20100315\u{2009}0015", "410322‐20100315−0015",
    ])
    func idNumbersAreFound(_ text: String) {
        #expect(PersonalPatternScanner.kinds(in: text) == [.citizenID])
    }

    @Test(arguments: [
        "电话13000000000", "+8613000000000", "008613000000000", "130 0000 0000", "130-0000-0000", "手机：１３０００００００００",
        "家长12003790500。", "tel:19900000000,", "12 130 0000 0000", "139.1234.0003", "139·1234·0003", "139・1234・0003",
        "tel13912340003", "13912340003x", "13912340003转2", "139\u{200B}1234\u{200D}0003", "1391\u{AD}2340003",
        "139\u{A0}1234\u{A0}0003", "139－1234－0003",
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
        "2020.10.22.11.00.00", "192.168.100.200", "金额1.391.234.000,03元", "139..1234..0003", "3.14159265358979323",
    ])
    func otherNumbersAreLeftAlone(_ text: String) {
        #expect(PersonalPatternScanner.kinds(in: text).isEmpty)
    }

    /// Permits and registrations have 15 or 18 digits of their own.
    @Test(
        arguments: [
            ("410322790204917", []), ("410322201003150016", []), ("410322201003150015", [.citizenID]),
            ("豫网文许410322-9922号", []), ("第13900000000号", [.mobilePhone]), ("编号99410322201003150015", [.citizenID]),
        ] as [(String, Set<PersonalPatternScanner.Kind>)])
    func numbersOfSomethingAreSearchedForWhatIsCertain(_ text: String, _ kinds: Set<PersonalPatternScanner.Kind>) {
        #expect(PersonalPatternScanner.kinds(inNumber: text) == kinds)
    }

    @Test(arguments: [
        "/410322/units/hrss/13912340003", "tel13912340003", "13912340003x", "id-410322201003150015",
        "a410322201003150015b", "%31%33%39%31%32%33%34%30%30%30%33", "%2531391234%30003", "家长%2013912340003",
        "rojo=1,congo=13912340003", "LB8613912340003", "１３９１２３４０００３", "139.1234.0003",
    ])
    func referencesAreSearchedForNumbers(_ reference: String) {
        #expect(!PersonalPatternScanner.kinds(inReference: reference).isEmpty)
    }

    /// Hexadecimal digits that happen to look like a number, and serial numbers.
    @Test(arguments: [
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "a13912340003f", "d41d8cd98f00b204e9800998ecf8427e", "LDJC-2020-000123",
        "LB410322201026001", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "application/json; charset=utf-8",
        "登记\"第 1 号\"，100%", "/410322/units/school:3141990002/kaoqin", "13912340003f2504e0",
    ])
    func randomReferencesAreLeftAlone(_ reference: String) {
        #expect(PersonalPatternScanner.kinds(inReference: reference).isEmpty)
    }

    @Test
    func longRowsOfDigitsAreSearchedInPlace() {
        let text = String(repeating: "9", count: 50_000) + "410322201003150015" + String(repeating: "7", count: 50_000)
        #expect(PersonalPatternScanner.kinds(in: text) == [.citizenID])
    }
}
