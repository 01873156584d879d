import CloudEvents
import Coordination
import Testing

struct MilestoneTests {
    private static func milestone(
        start: Milestone.Start = .dispatch, period: Period = Period(3, .workingDay), started: Timestamp? = nil,
        due: Timestamp? = nil, basis: String? = nil, provisional: Bool = false, met: Timestamp? = nil,
    ) -> Milestone {
        Milestone(
            name: "settle", startsAt: start, period: period, started: started, due: due, basis: basis,
            basisZh: basis.map { "《\($0)》" }, provisional: provisional, met: met, explanationZh: "3个工作日",
            explanation: "3 working days",
        )
    }

    @Test(arguments: [
        milestone(),
        milestone(start: .event("labour.child-labour.case-filed"), period: Period(60, .workingDay)),
        milestone(
            started: Timestamp(microseconds: 1_603_332_000_123_456), due: Timestamp(microseconds: 1_603_800_000_000_000)
        ),
        milestone(
            period: Period(24, .hour), started: Timestamp(microseconds: -1), due: Timestamp(microseconds: 0),
            basis: "Regulation, article 17", provisional: true, met: Timestamp(microseconds: 9_007_199_254_740_991),
        ),
    ])
    func whatWasWrittenIsRead(_ milestone: Milestone) throws {
        #expect(Milestone(milestone.jsonValue) == milestone)
        let kept = try JSONReader.read(milestone.jsonValue.canonicalBytes()).get()
        #expect(Milestone(kept) == milestone)
    }

    @Test(
        arguments: [
            ("name", nil), ("name", 1), ("period", "3x"), ("period", nil), ("due", "2020-10-22"), ("started", true),
            ("met", .number(1.5)), ("start", 3), ("basis", []), ("provisional", "yes"), ("explanation", nil),
            ("explanationZh", nil),
        ] as [(String, JSONValue?)])
    func anythingElseIsNone(_ member: String, _ value: JSONValue?) {
        var object = Self.milestone(started: Timestamp(microseconds: 1), due: Timestamp(microseconds: 2)).jsonValue
            .objectValue!
        object[member] = value
        #expect(Milestone(.object(object)) == nil)
        #expect(Milestone(["settle"]) == nil)
    }

    @Test func itIsLateFromTheDueInstantOn() {
        let due = CalendarFixture.at("2020-10-28 00:00")
        let open = Self.milestone(started: CalendarFixture.at("2020-10-22 10:00"), due: due)
        #expect(!open.isOverdue(at: Timestamp(microseconds: due.microseconds - 1)))
        #expect(open.isOverdue(at: due))
        #expect(!Self.milestone().isOverdue(at: due))
        var met = open
        met.met = due.advanced(bySeconds: 60)
        #expect(!met.isOverdue(at: due.advanced(bySeconds: 120)))
    }
}
