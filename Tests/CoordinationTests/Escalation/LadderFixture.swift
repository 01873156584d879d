import CloudEvents
import Coordination

/// The county's own ladders, and milestones to hang on them.
enum LadderFixture {
    /// `deploy/mengjin/ladders.yaml`, as it is shipped.
    static let county: LadderBook = {
        switch LadderBook.load(files: [("ladders.yaml", CalendarFixture.file("ladders.yaml"))]) {
        case .success(let book): return book
        case .failure(let faults): fatalError("\(faults)")
        }
    }()

    /// A milestone of the county's calendar that started at an instant.
    static func milestone(_ period: String, from start: String, met: Timestamp? = nil) -> Milestone {
        milestone(Period.parse(period)!, from: CalendarFixture.at(start), met: met)
    }

    static func milestone(_ period: Period, from start: Timestamp, met: Timestamp? = nil) -> Milestone {
        let deadline = CalendarFixture.county.deadline(period, from: start)
        return Milestone(
            name: "settle", startsAt: .dispatch, period: period, started: start, due: deadline.due, basis: nil,
            basisZh: nil, provisional: deadline.provisional, met: met, explanationZh: deadline.explanationZh,
            explanation: deadline.explanation,
        )
    }

    /// A milestone whose clock waits for a fact.
    static func waiting() -> Milestone {
        Milestone(
            name: "settle", startsAt: .event("labour.child-labour.case-filed"), period: Period(60, .workingDay),
            started: nil, due: nil, basis: nil, basisZh: nil, provisional: false, met: nil, explanationZh: "",
        )
    }
}
