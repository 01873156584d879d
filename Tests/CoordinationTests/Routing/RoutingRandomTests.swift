import CloudEvents
import Testing

@testable import Coordination

/// Whatever an event says, somebody gets it, and nothing crashes.
struct RoutingRandomTests {
    /// A small generator with a seed, so that a failure comes back.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let planted = "植入的个人信息"
    private static let texts = [
        "410322101", "410322107", "410308105", "410322", "410308", "410323", "410381101", "410322199", "410322101202",
        "3141990002", "2141990011", "9999999999", "", "x", "company", "unknown", "state-organ", "public-institution",
        "social-service-institution", "arcade", "internet-cafe", "festival", "joined-rest-day", "weekend", "under-14",
        "14-15", "social-assistance", "poverty-relief", "education-aid", "temporary-aid", "distance", "poverty",
        "true", "17", "'", "%", planted,
    ]

    private func value(_ generator: inout Generator) -> RoutableValue {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: .flag(Bool.random(using: &generator))
        case 1: .integer(Int64.random(in: -3...4_000_000_000, using: &generator))
        case 2, 3:
            .list(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in Self.texts.randomElement(using: &generator)! }
            )
        default: .text(Self.texts.randomElement(using: &generator)!)
        }
    }

    private func event(_ county: Mengjin, _ generator: inout Generator) -> RoutingInput {
        let known = county.catalogue.types
        let type: EventType =
            Int.random(in: 0..<50, using: &generator) == 0
            ? "unheard.of.event" : known.randomElement(using: &generator)!
        let names = [
            "residenceRegion", "hukouRegion", "workRegionCode", "venueRegionCode", "schoolId", "childSchoolIds",
            "employerKind", "youngestAgeBand", "hazardFlags", "venueKind", "dayKind", "minorsPresentNow",
            "assistanceKind",
            "programme", "isDisabled", "causeCode", "keyGroups", "residenceOutsideCounty", "residenceVillage",
        ]
        var routable: [String: RoutableValue] = [:]
        for name in names where Int.random(in: 0..<3, using: &generator) > 0 { routable[name] = value(&generator) }
        let publisher = county.directory.units.randomElement(using: &generator)!.id
        // From before the plan to beyond the published calendars.
        let instant = Timestamp(
            microseconds: Int64.random(in: 1_550_000_000...1_830_000_000, using: &generator) * 1_000_000)
        return Mengjin.input(type, routable, by: publisher, at: instant)
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func somebodyGetsWhateverComes(seed: UInt64) throws {
        let county = try Mengjin.county()
        var generator = Generator(state: seed)
        for _ in 0..<1_000 {
            let input = event(county, &generator)
            check(county.policy.route(input), of: input, county)
        }
    }

    private func check(_ decision: RoutingDecision, of input: RoutingInput, _ county: Mengjin) {
        let secretariat = decision.recipient("jm-office")
        let isSchoolsOwnRecord = input.type == "attendance.absence.recorded"
        if let rule = decision.rule.flatMap({ county.policy.rule($0) }), rule.lead != nil {
            let lead = decision.recipient("edu-sports")
            #expect(lead?.role == .lead || lead?.alsoRoles.contains(.lead) == true)
        }
        #expect(!decision.recipients.isEmpty || isSchoolsOwnRecord)
        let units = decision.recipients.map(\.unit)
        #expect(Set(units).count == units.count, "one entry for a unit")
        let day = input.recordedAt.beijingDate
        for recipient in decision.recipients {
            #expect(county.directory.hasUnit(recipient.unit.rawValue, on: day))
            #expect(!recipient.alsoRoles.contains(recipient.role))
            #expect(recipient.alsoRoles.allSatisfy { $0.strength < recipient.role.strength })
            #expect(
                (recipient.role == .handling)
                    == (recipient.duty?.needsCompletion == true && recipient.role == .handling))
            guard let duty = recipient.duty else { continue }
            #expect(duty.ladder != nil)
            #expect(duty.verifier != recipient.unit)
            #expect(duty.awaitsDispatch || duty.needsSignature)
            #expect(duty.milestones.filter { $0.name == "sign" }.count <= 1)
            #expect(duty.signBy.map { $0 > input.recordedAt } ?? true)
        }
        let waits = decision.recipients.contains { $0.duty?.awaitsDispatch == true }
        #expect(waits == (decision.status == .awaitingDispatch))
        if waits { #expect(secretariat?.duty?.awaitsDispatch == true) }
        if decision.status == .routed { #expect(decision.recipients.contains { $0.duty != nil }) }
        #expect(!decision.explanation.isEmpty)
        for step in decision.explanation {
            #expect(!step.because.contains(Self.planted) && !step.becauseZh.contains(Self.planted))
        }
    }
}
