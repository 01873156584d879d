import ChineseIdentifiers
import Testing

struct IdentifierFixtureTests {
    private let today = CivilDate(year: 2020, month: 10, day: 22)

    @Test(arguments: IdentifierFixture.all)
    func everyFixtureIsJudgedAsRecorded(_ fixture: IdentifierFixture) {
        #expect(fixture.outcome(today: today) == fixture.expected)
    }

    @Test(arguments: IdentifierFixture.all)
    func dressingOfExportsChangesNoVerdict(_ fixture: IdentifierFixture) {
        let fullWidth = String(
            String.UnicodeScalarView(
                fixture.value.unicodeScalars.map { scalar in
                    (0x21...0x7E).contains(scalar.value) ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
                }))
        for dressed in [
            " \(fixture.value)\u{A0}", "'\(fixture.value)", "=\"\(fixture.value)\"", "\u{FEFF}\(fixture.value)\u{3000}",
            fixture.value.lowercased(), fullWidth,
        ] {
            var other = fixture
            other.value = dressed
            #expect(other.outcome(today: today) == fixture.expected)
        }
    }

    @Test(arguments: IdentifierFixture.all)
    func faultsNeverRepeatTheValue(_ fixture: IdentifierFixture) {
        guard case .failure(let fault) = CitizenID.parse(fixture.value, today: today) else { return }
        #expect(!fault.message.contains(fixture.value.prefix(6)))
        #expect(!fault.messageZh.contains(fixture.value.prefix(6)))
        #expect(!fault.messageZh.isEmpty)
    }
}
