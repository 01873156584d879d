import Coordination
import Testing

/// The ladders that are shipped, against the table they were taken from.
struct CountyLadderTests {
    @Test func theCountyHasLaddersAToE() {
        #expect(LadderFixture.county.names == ["A", "B", "C", "D", "E"])
        #expect(LadderFixture.county["F"] == nil)
    }

    @Test(arguments: [
        ("A", ["80%", "due", "+2wd", "+5wd", "monthly 8"]),
        ("B", ["80%", "due", "+1wd", "+3wd", "+5wd", "+10wd"]),
        ("C", ["80%", "due", "+1wd", "+2wd", "+5wd", "+10wd"]),
        ("D", ["50%", "due", "+1h", "+2h", "+4h", "+24h"]),
        ("E", ["-3wd", "due", "+1wd", "+3wd", "monthly 8", "+30wd"]),
    ])
    func momentsAreThoseOfTheTable(_ name: String, _ moments: [String]) throws {
        let ladder = try #require(LadderFixture.county[name])
        let found = ladder.steps.map { step in
            switch step.moment {
            case .share(let percent): "\(percent)%"
            case .before(let period): "-\(period.text)"
            case .due: "due"
            case .after(let period): "+\(period.text)"
            case .monthly(let day): "monthly \(day)"
            }
        }
        #expect(found == moments)
        #expect(ladder.steps.map(\.number) == Array([-1, 1, 2, 3, 4, 5].prefix(moments.count)))
    }

    /// Reminders go by themselves; from 督办 upward a person signs.
    @Test(arguments: ["A", "B", "C", "D", "E"])
    func fromSupervisionUpwardAPersonSigns(_ name: String) throws {
        for step in try #require(LadderFixture.county[name]).steps {
            let kind: LadderStep.Kind = step.number <= 2 ? .reminder : step.number <= 4 ? .draft : .proposal
            #expect(step.kind == kind)
            #expect(!step.zh.isEmpty && !step.en.isEmpty)
        }
    }

    @Test(
        arguments: [
            (-1, "liaison-a", ""), (1, "liaison-a liaison-b duty-officer", "duty-officer liaison-a liaison-b"),
            (2, "jm-office/duty-officer", "jm-office/duty-officer"), (3, "jm-office", "convener"),
            (4, "jm-office", "convener psb/leader"), (5, "convener edu-supervision", ""),
        ] as [(Int16, String, String)])
    func childSafetyIsPhoned(_ number: Int16, _ to: String, _ calls: String) throws {
        let step = try #require(LadderFixture.county["D"]?.step(number))
        #expect(step.to.map(text).joined(separator: " ") == to)
        #expect(step.calls.map(text).joined(separator: " ") == calls)
    }

    private func text(_ addressee: LadderAddressee) -> String {
        switch addressee {
        case .contact(let role): role.rawValue
        case .unit(let unit, nil): unit.rawValue
        case .unit(let unit, let role?): "\(unit.rawValue)/\(role.rawValue)"
        }
    }

    @Test(arguments: ["A", "B", "C", "E"])
    func otherMattersAreNotPhoned(_ name: String) throws {
        #expect(try #require(LadderFixture.county[name]).steps.allSatisfy(\.calls.isEmpty))
    }

    /// The directory of the county that is shipped has all its ladders name,
    /// and somebody at each bureau and town for every step.
    @Test func everybodyAddressedIsOnFile() throws {
        let files = ["county.yaml", "units.yaml", "officers.yaml"].map { (name: $0, text: CalendarFixture.file($0)) }
        let directory = try Directory.load(files: files).get()
        let text = CalendarFixture.file("ladders.yaml")
        let book = try LadderBook.load(files: [("ladders.yaml", text)], directory: directory).get()
        let day = CalendarFixture.day("2020-10-22")
        let units = directory.units.filter { [.bureau, .town].contains($0.kind) && $0.isValid(on: day) }
        #expect(units.count > 10)
        for step in book.ladders.flatMap(\.steps) {
            for unit in units { #expect(step.audience(of: unit.id, in: directory, on: day).gaps == []) }
        }
    }
}
