import ChineseIdentifiers
import Testing

struct DisabilityCardNumberTests {
    private let today = CivilDate(year: 2020, month: 10, day: 22)

    @Test
    func kindAndGradeFollowTheOfficialOrder() throws {
        let card = try DisabilityCardNumber.parse("41032220091120123162", today: today).get()
        #expect(card.kind == .mental && card.kind.nameZh == "精神")
        #expect(card.grade == 2)
        #expect(card.replacement == nil)
        #expect(card.citizenID.text == "410322200911201231")
        #expect(DisabilityCardNumber.Kind(rawValue: 1)?.nameZh == "视力")
        #expect(DisabilityCardNumber.Kind(rawValue: 2)?.nameZh == "听力")
    }

    @Test
    func replacementCardsAreCounted() throws {
        let card = try DisabilityCardNumber.parse("41030520110610966862b1", today: today).get()
        #expect(card.replacement == 1)
        #expect(card.text.hasSuffix("B1"))
        #expect(try DisabilityCardNumber.parse("41030520110610966862B12", today: today).get().replacement == 12)
    }

    @Test(arguments: [
        ("4103222009112012316", "disability-card-length"), ("410322200911201231621", "disability-card-length"),
        ("41032220091120123162B", "disability-card-length"), ("41032220091120123162B123", "disability-card-length"),
        ("41032220091120123162BX", "disability-card-length"), ("41032220091120123102", "disability-card-kind"),
        ("410322200911201231X2", "disability-card-kind"), ("41032220091120123160", "disability-card-grade"),
        ("4103222009112012316X", "disability-card-grade"), ("41032220091120123262", "id-checksum"),
        ("4.10322E+19", "spreadsheet-precision-loss"), ("41032220091120100000", "spreadsheet-precision-loss"),
    ])
    func formIsNamedPrecisely(_ raw: String, _ expected: String) {
        guard case .failure(let fault) = DisabilityCardNumber.parse(raw, today: today) else {
            Issue.record("accepted")
            return
        }
        #expect(fault.code == expected)
    }
}
