import Coordination
import Testing

struct DeadlineExplanationTests {
    private func deadline(_ period: String, _ start: String) -> Deadline {
        CalendarFixture.county.deadline(Period.parse(period)!, from: CalendarFixture.at(start))
    }

    @Test(arguments: [
        ("3wd", "2020-10-22 10:00", "3个工作日（10月22日次日起算，10月27日24时止）"),
        ("3wd", "2020-09-25 10:00", "3个工作日，9月27日调休上班（9月25日次日起算，9月29日24时止）"),
        (
            "5wd", "2020-09-25 10:00",
            "5个工作日，9月27日调休上班，10月1日至8日放假（9月25日次日起算，10月9日24时止）"
        ),
        ("1wd", "2020-10-03 10:00", "1个工作日，10月4日至8日放假（10月3日次日起算，10月9日24时止）"),
        (
            "60wd", "2020-10-22 10:00", "60个工作日，2021年1月1日至3日放假（10月22日次日起算，2021年1月15日24时止）"
        ),
        ("1wd", "2022-12-30 10:00", "1个工作日，12月31日至2023年1月2日放假（12月30日次日起算，2023年1月3日24时止）"),
        ("5wd", "2023-09-27 10:00", "5个工作日，9月29日至10月6日放假，10月7日调休上班，10月8日调休上班（9月27日次日起算，10月10日24时止）"),
        ("1wd", "2020-10-09 10:00", "1个工作日，10月10日调休上班（10月9日次日起算，10月10日24时止）"),
        ("1wd", "2020-10-07 10:00", "1个工作日，10月8日放假（10月7日次日起算，10月9日24时止）"),
        ("1wd", "2020-10-08 10:00", "1个工作日（10月8日次日起算，10月9日24时止）"),
    ])
    func workingDaysNameTheDaysLeftOutAndMadeUp(_ period: String, _ start: String, _ zh: String) {
        #expect(deadline(period, start).explanationZh == zh)
    }

    @Test(arguments: [
        ("7nd", "2020-10-19 10:00", "7个自然日（10月19日次日起算，10月26日24时止）"),
        ("3nd", "2020-09-30 10:00", "3个自然日，最后一日10月3日放假，顺延至10月9日（9月30日次日起算，10月9日24时止）"),
        ("5nd", "2020-10-19 10:00", "5个自然日，最后一日10月24日为周末，顺延至10月26日（10月19日次日起算，10月26日24时止）"),
        (
            "1nd", "2024-02-09 10:00",
            "1个自然日，最后一日2月10日放假，顺延至2月18日（调休上班）（2月9日次日起算，2月18日24时止）"
        ),
        ("1nd", "2026-02-13 10:00", "1个自然日，最后一日2月14日调休上班（2月13日次日起算，2月14日24时止）"),
    ])
    func naturalDaysSayWhereTheLastCameToLie(_ period: String, _ start: String, _ zh: String) {
        #expect(deadline(period, start).explanationZh == zh)
    }

    @Test(arguments: [
        ("24h", "2020-10-01 09:05", "24小时，昼夜连续计算，含休息日（10月1日9:05起，10月2日9:05止）"),
        ("4h", "2020-12-31 22:30", "4小时，昼夜连续计算，含休息日（12月31日22:30起，2021年1月1日2:30止）"),
    ])
    func hoursSayThatTheyRunThrough(_ period: String, _ start: String, _ zh: String) {
        #expect(deadline(period, start).explanationZh == zh)
    }

    @Test(arguments: [
        ("3wd", "2020-10-22 10:00", "3 working days (counted from the day after 22 October to the end of 27 October)"),
        (
            "5wd", "2020-09-25 10:00",
            "5 working days; 27 September worked in exchange; 1–8 October off (counted from the day after 25 September "
                + "to the end of 9 October)"
        ),
        (
            "1wd", "2022-12-30 10:00",
            "1 working day; 31 December to 2 January 2023 off (counted from the day after 30 December to the end of "
                + "3 January 2023)"
        ),
        (
            "3nd", "2020-09-30 10:00",
            "3 natural days; the last, 3 October, is off, so it ends on 9 October (counted from the day after "
                + "30 September to the end of 9 October)"
        ),
        (
            "24h", "2020-10-01 09:05",
            "24 hours, nights and rest days included (from 9:05 on 1 October to 9:05 on 2 October)"
        ),
    ])
    func englishSaysTheSame(_ period: String, _ start: String, _ en: String) {
        #expect(deadline(period, start).explanation == en)
    }

    @Test(arguments: [
        ("5wd", "2026-12-28 10:00", "2027-01-04"), ("1wd", "2026-12-21 10:00", "2026-12-22"),
        ("30wd", "2026-12-01 10:00", "2027-01-12"), ("10nd", "2026-12-13 10:00", "2026-12-23"),
        ("3wd", "2030-05-01 10:00", "2030-05-06"),
    ])
    func whatTouchesTheEndOfTheLastNoticeIsProvisional(_ period: String, _ start: String, _ last: String) {
        let deadline = deadline(period, start)
        #expect(deadline.due.dayThatEnds == CalendarFixture.day(last))
        #expect(deadline.provisional)
        #expect(deadline.explanationZh.hasSuffix("，暂定（待国务院放假通知）"))
        #expect(deadline.explanation.hasSuffix("; provisional until the State Council's next notice on holidays"))
    }

    @Test(arguments: [
        ("1wd", "2026-12-18 10:00"), ("3wd", "2026-10-22 10:00"), ("1wd", "2020-12-28 10:00"),
        ("48h", "2026-12-30 10:00"),
        ("1wd", "2018-12-31 10:00"),
    ])
    func whatEndsBeforeIsNot(_ period: String, _ start: String) {
        let deadline = deadline(period, start)
        #expect(!deadline.provisional)
        #expect(!deadline.explanationZh.contains("暂定") && !deadline.explanation.contains("provisional"))
    }

    @Test func daysBeforeTheFirstNoticeAreNotKnown() {
        let deadline = deadline("3wd", "2018-09-28 10:00")
        #expect(deadline.provisional)
        #expect(deadline.explanationZh.hasSuffix("，暂定（2019年以前的放假安排未载入）"))
        #expect(deadline.explanation.hasSuffix("; provisional because the holidays before 2019 are not loaded"))
    }

    @Test func schoolDaysAreCountedAsWorkingDaysAndSaySo() {
        let deadline = deadline("3sd", "2020-09-25 10:00")
        #expect(deadline.due.dayThatEnds == CalendarFixture.day("2020-09-29"))
        #expect(deadline.provisional)
        #expect(
            deadline.explanationZh
                == "3个上课日，校历未载入，暂按工作日计算，9月27日调休上班（9月25日次日起算，9月29日24时止），暂定（待校历载入）")
        #expect(deadline.explanation.contains("counted as working days while no school calendar is loaded"))
    }
}
