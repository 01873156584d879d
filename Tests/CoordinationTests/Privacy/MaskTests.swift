import ChineseIdentifiers
import Testing

@testable import Coordination

/// Masks of personal values, with the examples of the county's rules.
struct MaskTests {
    @Test(arguments: [
        ("张小明", "张*明"), ("欧阳小明", "欧**明"), ("张明", "张*"), ("张", "*"), ("", ""), ("艾力·热合曼", "艾*·**曼"),
        ("甲·乙", "甲·*"), ("·", "·*"), ("𠮷田明", "𠮷*明"), ("阿·卜·提", "阿·*·提"),
    ])
    func nameKeepsFirstAndLast(name: String, masked: String) {
        #expect(Mask.name(name) == masked)
    }

    @Test(arguments: [
        ("410322201003150015", true, "410322********0015"), ("410322201003150015", false, "410322************"),
        ("41032220080808003X", true, "410322********003X"), ("E12345678", true, "E********"), ("1", true, "*"),
        ("", true, ""),
    ])
    func idNumberKeepsRegion(number: String, keepsLastFour: Bool, masked: String) {
        #expect(Mask.citizenID(number, keepsLastFour: keepsLastFour) == masked)
    }

    @Test
    func studentNumberAndCardKeepKindAndRegion() {
        #expect(Mask.studentNumber("G410322201003150015") == "G410322************")
        #expect(Mask.studentNumber("G4103") == "G****")
        #expect(Mask.disabilityCard("41032220091120123162") == "410322************6*")
        #expect(Mask.disabilityCard("41030520110610966862B1") == "410305************6***")
        #expect(Mask.disabilityCard("4103") == "4***")
    }

    @Test(arguments: [
        ("12003790123", "120****0123"), ("13800000000", "138****0000"), ("0379-67910000", "037******0000"),
        ("67910000", "********"), ("", ""),
    ])
    func phoneKeepsThreeAndFour(number: String, masked: String) {
        #expect(Mask.phone(number) == masked)
    }

    @Test(
        arguments: [
            ("2008-10-22", "12岁"), ("2008-10-23", "11岁"), ("2020-10-22", "0岁"), ("2008-02-29", "12岁"),
            ("2020-10-23", nil),
        ] as [(String, String?)])
    func birthDateIsAnAgeOnTheDay(born: String, age: String?) throws {
        let day = try #require(CivilDate("2020-10-22"))
        #expect(Mask.age(born: try #require(CivilDate(born)), on: day) == age)
    }

    /// However short a value is, its mask never is the value.
    @Test(arguments: ["张", "张明", "张小明", "甲·乙", "1", "12", "12345", "12345678901", "410322201003150015"])
    func maskIsNeverTheValue(value: String) {
        #expect(Mask.name(value) != value)
        #expect(Mask.phone(value) != value)
        #expect(Mask.citizenID(value, keepsLastFour: true) != value)
        #expect(Mask.studentNumber(value) != value)
        #expect(Mask.disabilityCard(value) != value)
    }
}
