import ChineseIdentifiers
import Testing

struct SchoolIdentifierTests {
    private let today = CivilDate(year: 2020, month: 10, day: 22)

    private func code<Value>(_ result: Result<Value, IdentifierFault>) -> String? {
        if case .failure(let fault) = result { fault.code } else { nil }
    }

    @Test(arguments: [
        ("G41032220060806978", "student-number-length"), ("410322200608069784", "student-number-length"),
        ("K410881201302269494", "student-number-prefix"), ("4410881201302269494", "student-number-prefix"),
        ("G4103222006080697O4", "student-number-charset"), ("L41032220050224502X", "student-number-charset"),
        ("L990322200502245023", "student-number-region"), ("L410322200502305023", "student-number-birth-date"),
        ("L410322202102245023", "student-number-birth-date"), ("J410322201305089355", "student-number-checksum"),
    ])
    func formOfAStudentNumberIsNamedPrecisely(_ raw: String, _ expected: String) {
        #expect(code(StudentNumber.parse(raw, today: today)) == expected)
    }

    @Test
    func anotherIDNumberInsideIsAWarningOnly() throws {
        let number = try StudentNumber.parse("G410322200911139765", today: today).get()
        let other = try CitizenID.parse("410322201208079259", today: today).get()
        #expect(number.mismatch(with: other)?.code == "student-number-mismatch")
        let own = try #require(number.citizenID)
        #expect(number.mismatch(with: own) == nil)
        let temporary = try StudentNumber.parse("L410322200502245023", today: today).get()
        #expect(temporary.kind == .temporary && temporary.citizenID == nil)
        #expect(temporary.mismatch(with: other) == nil)
        #expect(temporary.birthDate == CivilDate(year: 2005, month: 2, day: 24))
    }

    @Test(arguments: [
        ("2141000001", SchoolCode.Kind.primary), ("3141000001", .junior), ("5141000001", .special),
        (" 3741000001.0", .correctional), ("３４４１００００２２", .senior),
    ])
    func schoolCodesSayKindAndProvince(_ raw: String, _ kind: SchoolCode.Kind) throws {
        let school = try SchoolCode.parse(raw).get()
        #expect(school.kind == kind)
        #expect(school.province == "41")
    }

    @Test(arguments: [
        ("214100001", "school-code-length"), ("21410000011", "school-code-length"),
        ("214100000A", "school-code-charset"),
        ("6141000001", "school-code-kind"), ("2199000001", "school-code-province"),
    ])
    func formOfASchoolCodeIsNamedPrecisely(_ raw: String, _ expected: String) {
        #expect(code(SchoolCode.parse(raw)) == expected)
    }
}
