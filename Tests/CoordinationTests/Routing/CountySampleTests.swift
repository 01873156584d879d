import ChineseIdentifiers
import CloudEvents
import Testing

@testable import Coordination

/// The sample reports that a new installation plays: each valid as it stands,
/// and addressed as the plan says.
struct CountySampleTests {
    private struct Sample {
        var event: CloudEvent
        var contract: EventContract
        var content: ContractResult
        var publisher: Unit
        var decision: RoutingDecision
    }

    private func sample(_ name: String) throws -> Sample {
        let county = try Mengjin.county()
        let file = try #require(ShippedFiles.samples.first { $0.name == name })
        let value = try JSONReader.read(Array(file.text.utf8)).get()
        let event = try HTTPBinding.structured(value).get()
        let contract = try #require(county.catalogue.contract(EventType(event.type)))
        let time = try #require(event.time.flatMap { Timestamp(rfc3339: $0) })
        guard case .json(let data) = event.data else {
            Issue.record("the sample has no data")
            throw CancellationError()
        }
        let content = contract.admit(
            data: data, time: time, lenient: false, directory: county.directory,
            dayKind: { county.calendar.dayKind($0) },
        )
        let unit = event.source.split(separator: "/").map { String($0) }[2]
        let publisher = try #require(county.directory.unit(UnitID(unit), on: time.beijingDate))
        let decision = county.policy.route(
            RoutingInput(
                type: contract.type, publisher: publisher.id, routable: content.routable, time: time, recordedAt: time,
            ))
        return Sample(event: event, contract: contract, content: content, publisher: publisher, decision: decision)
    }

    static let names = [
        "01-illegal-child-labour.json", "02-assistance-referral.json", "03-internet-cafe-minors.json",
        "04-three-day-absence.json",
    ]

    @Test
    func fourReportsArePlayedInTheOrderOfTheirTimes() throws {
        #expect(ShippedFiles.samples.map(\.name) == Self.names)
        let times = try Self.names.map { try sample($0).event.time ?? "" }
        #expect(times == times.sorted())
        #expect(times.allSatisfy { $0.hasPrefix("2020-10-2") })
    }

    @Test(arguments: names)
    func sampleIsValidAsItStands(name: String) throws {
        let sample = try sample(name)
        #expect(sample.content.faults == [])
        #expect(sample.content.warnings == [])
        #expect(sample.content.naturalKey != nil)
        #expect(sample.contract.publishingRight(of: sample.publisher) == .granted)
        #expect(sample.event.source.hasPrefix("/410322/units/\(sample.publisher.id.rawValue)"))
    }

    @Test
    func childLabourReportCallsForRescue() throws {
        let county = try Mengjin.county()
        let decision = try sample("01-illegal-child-labour.json").decision
        #expect(
            decision.lines == [
                "routed by 9 under III.1.3, urgent", "edu-sports lead (lead): sign 2wd; ladder D",
                "hrss handling (responsible): sign 4h, file 5wd, decide-transfer 3nd@labour.case.transfer-proposed, "
                    + "settle 60wd@labour.child-labour.case-filed; ladder D; verified by jm-office",
                "town:410322107 assisting (responsible): sign 4h; ladder D",
                "market-reg assisting (responsible): sign 4h; ladder D",
                "psb assisting (responsible): sign 4h, rescue 24h; ladder D; verified by jm-office",
                "school:3141990004 informed (none)", "town:410322101 informed (responsible)",
            ])
        let hrss = try #require(decision.recipient("hrss")?.duty)
        #expect(hrss.signBy == Timestamp(rfc3339: "2020-10-26T13:20:00+08:00"))
        #expect(hrss.settleBy == nil, "it runs from the filing of the case")
        #expect(hrss.milestones.last?.explanationZh == "自立案之日起60个工作日")
        #expect(hrss.milestones.last?.basisZh == "《劳动保障监察条例》第十七条")
        let psb = try #require(decision.recipient("psb")?.duty)
        #expect(psb.settleBy == Timestamp(rfc3339: "2020-10-27T09:20:00+08:00"))
        #expect(decision.recipient("hrss")?.sentence == "III.1.3-04b")
        #expect(county.policy.sentences.first { $0.id == "III.1.3-04b" }?.zh.hasPrefix("人力资源社会保障部门") == true)
    }

    @Test
    func assistanceReferralReachesCivilAffairsAndBothTowns() throws {
        let decision = try sample("02-assistance-referral.json").decision
        #expect(
            decision.lines == [
                "routed by 19a under III.1.3, high", "edu-sports lead (lead): sign 2wd; ladder A",
                "civil-affairs handling (responsible): sign 2wd, settle 30wd; ladder A; verified by edu-sports",
                "town:410322102 assisting (responsible): sign 2wd; ladder A",
                "town:410322105 assisting (responsible): sign 2wd; ladder A",
                "disabled-fed assisting (responsible): sign 2wd; ladder A", "finance informed (none)",
            ])
        let duty = try #require(decision.recipient("civil-affairs")?.duty)
        #expect(duty.signBy == Timestamp(rfc3339: "2020-10-30T00:00:00+08:00"))
        #expect(duty.settleBy == Timestamp(rfc3339: "2020-12-09T00:00:00+08:00"))
        #expect(!duty.provisional)
    }

    @Test
    func internetCafeIsCheckedTheSameEvening() throws {
        let decision = try sample("03-internet-cafe-minors.json").decision
        #expect(
            decision.lines == [
                "routed by 13 under III.1.3, normal", "edu-sports lead (lead): sign 2wd; ladder B",
                "culture-tourism handling (responsible): sign 2h, check 2wd, settle 15wd; ladder B; "
                    + "verified by jm-office",
                "psb assisting (responsible): sign 2h; ladder B",
                "market-reg assisting (responsible): sign 2h; ladder B",
                "town:410322108 assisting (responsible): sign 2h; ladder B", "school:3141990005 informed (none)",
            ])
        let signBy = decision.recipient("culture-tourism")?.duty?.signBy
        #expect(signBy == Timestamp(rfc3339: "2020-10-27T22:40:00+08:00"))
    }

    @Test
    func threeDayAbsenceGoesToTheTownWhereTheChildLives() throws {
        let decision = try sample("04-three-day-absence.json").decision
        #expect(
            decision.lines == [
                "routed by 1 under III.1.5, high", "edu-sports lead (lead): sign 2wd; ladder A",
                "town:410322101 handling (responsible): sign 1wd, verify 3wd, settle 10wd; ladder A; "
                    + "verified by edu-sports",
                "school:3141990002 assisting (obliged): sign 1wd, mark 1wd, visit 1wd, settle 10wd; ladder A; "
                    + "verified by edu-sports",
                "town:410322103 assisting (responsible): sign 1wd; ladder A", "jm-office informed (none)",
            ])
        let duty = try #require(decision.recipient("town:410322101")?.duty)
        #expect(duty.signBy == Timestamp(rfc3339: "2020-10-30T00:00:00+08:00"))
        #expect(duty.settleBy == Timestamp(rfc3339: "2020-11-12T00:00:00+08:00"))
    }

    /// What the router reads and explains must not tell who the child is.
    @Test(arguments: names)
    func explanationTellsNothingOfTheChild(name: String) throws {
        let sample = try sample(name)
        var values: [String] = []
        for part in sample.content.sealed.values { collect(.object(part), into: &values) }
        #expect(values.count > 5)
        for step in sample.decision.explanation {
            for value in values where value.count > 1 {
                #expect(!step.because.contains(value) && !step.becauseZh.contains(value))
            }
        }
    }

    private func collect(_ value: JSONValue, into texts: inout [String]) {
        switch value {
        case .string(let text): texts.append(text)
        case .array(let elements): for element in elements { collect(element, into: &texts) }
        case .object(let object): for (_, member) in object { collect(member, into: &texts) }
        default: break
        }
    }
}
