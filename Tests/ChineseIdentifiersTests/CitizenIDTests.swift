import ChineseIdentifiers
import Testing

struct CitizenIDTests {
    private let today = CivilDate(year: 2020, month: 10, day: 22)

    private func code(_ raw: String) -> String? {
        if case .failure(let fault) = CitizenID.parse(raw, today: today) { fault.code } else { nil }
    }

    @Test(arguments: [
        "410322201003150015", "410322200911201231", "410322201202292024", "410308201106010149", "41032220080808003X",
    ])
    func anyOtherLastCharacterIsRefused(_ number: String) throws {
        #expect(try CitizenID.parse(number, today: today).get().text == number)
        for last in "0123456789X" where last != number.last {
            #expect(code(number.dropLast() + String(last)) == "id-checksum")
        }
    }

    @Test
    func partsAreRead() throws {
        let boy = try CitizenID.parse("410323200607259814", today: today).get()
        #expect(boy.sex == .male)
        #expect(boy.birthDate == CivilDate(year: 2006, month: 7, day: 25))
        #expect(boy.region == "410323")
        #expect(try CitizenID.parse("653125201101049426", today: today).get().sex == .female)
    }

    @Test
    func birthTodayIsPossibleAndTomorrowIsNot() {
        #expect(code(synthetic("41032220201022901")) == nil)
        #expect(code(synthetic("41032220201023901")) == "id-birth-date")
        #expect(code(synthetic("41032218991231901")) == "id-birth-date")
        #expect(code(synthetic("41032220190229901")) == "id-birth-date")
    }

    @Test(arguments: ["11", "15", "23", "37", "46", "50", "54", "65", "71", "81", "82", "83"])
    func everyProvinceIsKnown(_ province: String) {
        #expect(code(synthetic(province + "032220100315901")) == nil)
    }

    @Test(arguments: ["00", "10", "16", "20", "24", "38", "47", "55", "60", "66", "70", "72", "80", "84", "91", "99"])
    func otherProvincesAreRefused(_ province: String) {
        #expect(code(synthetic(province + "032220100315901")) == "id-region")
    }

    @Test(arguments: [
        ("", "id-length"), ("张三", "id-length"), ("4103222010031500155", "id-length"),
        ("41032220100315001x5", "id-length"), ("4103222010X3150015", "id-charset"),
        ("41032220100315001Y", "id-charset"),
        ("４10322２01003150O15", "id-charset"), ("41032220100315001五", "id-charset"),
        ("4.1E17", "spreadsheet-precision-loss"), ("4E+17", "spreadsheet-precision-loss"),
        ("410322201003150015.00", "spreadsheet-precision-loss"), ("41032220100315.0", "id-length"),
        ("410322201013151000", "spreadsheet-precision-loss"), ("410322790204917.0", "id-15-digit"),
    ])
    func formIsNamedPrecisely(_ raw: String, _ expected: String) {
        #expect(code(raw) == expected)
    }

    @Test
    func fittingNumberThatEndsInZerosIsNoPrecisionLoss() {
        #expect(synthetic("41032220100321900") == "410322201003219000")
        #expect(code("410322201003219000") == nil)
    }

    @Test
    func oldNumbersAreUpgradedOnlyOnDemand() throws {
        #expect(code("410322790204917") == "id-15-digit")
        let upgraded = try CitizenID.parse("410322790204917", today: today, upgradingFifteenDigits: true).get()
        #expect(upgraded.text.hasPrefix("41032219790204917"))
        #expect(upgraded.text.last == CitizenID.checkCharacter(for: "41032219790204917"))
        #expect(upgraded.birthDate.year == 1979)
        let bad = CitizenID.parse("410322791304917", today: today, upgradingFifteenDigits: true)
        #expect(throws: IdentifierFault.self) { try bad.get() }
    }

    @Test
    func checkCharacterIsComputedForSeventeenDigitsOnly() {
        #expect(CitizenID.checkCharacter(for: "41032220100315001") == "5")
        #expect(CitizenID.checkCharacter(for: "41032220080808003") == "X")
        #expect(CitizenID.checkCharacter(for: "4103222010031500") == nil)
        #expect(CitizenID.checkCharacter(for: "4103222010031500A") == nil)
    }

    @Test
    func printingANumberShowsNothing() throws {
        let id = try CitizenID.parse("410322201003150015", today: nil).get()
        #expect(!"\(id)".contains("4103") && !String(reflecting: id).contains("4103"))
        let card = try DisabilityCardNumber.parse("41032220091120123162", today: nil).get()
        #expect(!"\(card)".contains("4103") && !String(reflecting: card).contains("4103"))
    }

    @Test
    func residencePermitsShareTheCheckCharacter() throws {
        let number = synthetic("81000020100315901")
        let permit = try ResidencePermit.parse(number, today: today).get()
        #expect(permit.origin == .hongKong)
        #expect(permit.text == number)
        guard case .failure(let fault) = ResidencePermit.parse("410322201003150015", today: today) else {
            Issue.record("an ID number of Henan is no residence permit")
            return
        }
        #expect(fault.code == "id-region")
    }

    private func synthetic(_ digits: some StringProtocol) -> String {
        let digits = String(digits)
        return digits + String(CitizenID.checkCharacter(for: digits) ?? "?")
    }
}
