import CloudEvents
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("2020-10-22T09:12:00+08:00", 1_603_329_120_000_000),
            ("2020-10-22t01:12:00z", 1_603_329_120_000_000),
            ("2020-10-21T20:12:00-05:00", 1_603_329_120_000_000),
            ("2020-10-22T01:12:00-00:00", 1_603_329_120_000_000),
            ("2020-10-22T01:12:00.5Z", 1_603_329_120_500_000),
            ("2020-10-22T01:12:00.123456789Z", 1_603_329_120_123_456),
            ("2018-04-05T17:31:00.000000000Z", 1_522_949_460_000_000),
            ("1969-12-31T23:59:59.999999Z", -1),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
            ("2017-01-01T07:59:60.7+08:00", 1_483_228_800_000_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
            ("2020-12-31T23:59:59+23:59", 1_609_372_859_000_000),
        ] as [(String, Int64)])
    func timesWithOffsetAreRead(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "lunchtime", "2020-10-22", "2020-10-22T09:12:00", "2020-10-22T09:12+08:00", "2020-10-22 09:12:00Z",
        "2020-10-22T09:12:00+08", "2020-10-22T09:12:00+0800", "2020-10-22T09:12:00+25:00", "2020-10-22T09:12:00+08:60",
        "2020-10-22T09:12:00X", "2020-10-22T09:12:00+xx:00", "2020-10-22T24:00:00Z", "2020-10-22T09:60:00Z",
        "2020-10-22T09:12:61Z", "2020-10-22T09:12:60Z", "2020-02-30T00:00:00Z", "2021-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2020-04-31T00:00:00Z", "2020-00-01T00:00:00Z", "2020-13-01T00:00:00Z",
        "2020-10-00T00:00:00Z", "20-10-22T09:12:00Z", "2020-10-22T09:12:00.Z", "2020-10-22T09:12:00,5Z",
        "2020-10-22T9:12:00Z", "2020-10-22T09:12:00Z ", " 2020-10-22T09:12:00Z", "2020-10-22T09:12:00ZZ",
        "2020-10-22T09:12:00−08:00", "２０２０-10-22T09:12:00Z", "-020-10-22T09:12:00Z", "2020/10/22T09:12:00Z",
    ])
    func otherTextIsNoTime(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        arguments: [
            (1_603_329_120_000_000, 480, "2020-10-22T09:12:00+08:00"),
            (1_603_329_120_500_000, 0, "2020-10-22T01:12:00.500Z"),
            (1_603_329_120_000_001, -210, "2020-10-21T21:42:00.000001-03:30"),
            (-1, 0, "1969-12-31T23:59:59.999999Z"),
            (1_577_807_999_000_000, 480, "2019-12-31T23:59:59+08:00"),
            (951_782_400_000_000, 0, "2000-02-29T00:00:00Z"),
            (-62_167_219_200_000_000, 0, "0000-01-01T00:00:00Z"),
        ] as [(Int64, Int, String)])
    func timesAreWrittenWithAnyOffset(_ microseconds: Int64, _ offset: Int, _ text: String) {
        #expect(Timestamp(microseconds: microseconds).rfc3339(offset: offset) == text)
    }

    @Test
    func beijingTimeIsTheDefault() {
        #expect(Timestamp(microseconds: 0).rfc3339() == "1970-01-01T08:00:00+08:00")
    }

    @Test(arguments: [Int64.min, Int64.max])
    func endsOfTheRangeDoNotTrap(_ microseconds: Int64) {
        #expect(!Timestamp(microseconds: microseconds).rfc3339().isEmpty)
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func whatIsWrittenIsReadAsTheSame(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let microseconds = Int64.random(in: -62_167_000_000_000_000...253_402_000_000_000_000, using: &generator)
        let offset = Int.random(in: -720...840, using: &generator)
        let text = Timestamp(microseconds: microseconds).rfc3339(offset: offset)
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test
    func everyDayOfFourHundredYearsIsItsOwn() {
        let days = (Int64(0)..<146_097).map { Timestamp(microseconds: ($0 - 11_017) * 86_400_000_000) }
        let texts = days.map { $0.rfc3339(offset: 0) }
        #expect(texts.map { Timestamp(rfc3339: $0) } == days)
        #expect(zip(texts, texts.dropFirst()).allSatisfy { $0 < $1 })
    }
}
