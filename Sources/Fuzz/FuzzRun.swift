import CloudEvents
import Foundation

/// A run: cases of every area in turn until the time is over, and what was found.
struct FuzzRun {
    let seed: UInt64
    let hub: HubUnderFuzz?
    private let events: EventMutator
    private var publish: PublishTrial?
    private let framing: FramingTrial?
    private var tally = Tally()
    private(set) var findings: [ReportedFinding] = []
    private let began = ContinuousClock.now

    /// So many cases of an area between two looks at the clock. Those that need
    /// no hub take next to no time.
    private static let portions: [FuzzArea: Int] = [.publish: 20, .framing: 5, .json: 60, .cesql: 120]

    init(seed: UInt64, samples: String, hub: HubUnderFuzz?) throws {
        self.seed = seed
        self.hub = hub
        events = try EventMutator(folder: samples)
        publish = hub.map { PublishTrial(hub: $0) }
        framing = try hub.map { try FramingTrial(hub: $0) }
    }

    /// Tries cases until the time is over or enough was found.
    mutating func go(_ areas: [FuzzArea], for time: Duration, most: Int) throws {
        let end = began + time
        let areas = areas.filter { hub != nil || $0 == .json || $0 == .cesql }
        var number = 0
        var saidAt = began
        while ContinuousClock.now < end, findings.count < most {
            for area in areas {
                let portion = Self.portions[area] ?? 1
                for offset in 0..<portion where findings.count < most { try one(area, number * portion + offset) }
            }
            number += 1
            if saidAt.duration(to: .now) > .seconds(60) {
                saidAt = .now
                let memory = hub?.memory().map { ", \($0) MiB" } ?? ""
                Self.say("\(tally.cases) cases, \(findings.count) findings\(memory)")
            }
        }
    }

    /// Tries one case.
    mutating func one(_ area: FuzzArea, _ number: Int) throws {
        CrashNotice.isTrying(area, number: number)
        freshFinding = false
        var generator = CaseGenerator(seed: seed, area: area, number: number)
        switch area {
        case .publish:
            guard var trial = publish else { return }
            let request = FuzzRequest.make(id: "fz-\(seed)-\(number)", events: events, &generator)
            let start = generator
            attempt(area, number, request.bytes(token: "-")) { try trial.run(request, &generator) }
            publish = trial
            shrinkLast(request, trial, start)
        case .framing:
            guard let trial = framing else { return }
            let bytes = trial.bytes(&generator)
            attempt(area, number, bytes) { try trial.run(bytes) }
            shrinkLast(bytes) { try trial.run($0) }
        case .json:
            let made = events.event(id: "fz-\(number)", changes: generator.below(4), &generator)
            var bytes = made.event.encodedBytes()
            if generator.oneIn(2) { bytes = generator.damaged(bytes) }
            let start = generator
            attempt(area, number, bytes) { try JSONTrial.run(bytes, &generator) }
            shrinkLast(bytes) { bytes in
                var again = start
                return try JSONTrial.run(bytes, &again)
            }
        case .cesql:
            if generator.oneIn(2) {
                let (tree, text) = CESQLTrial.expression(&generator)
                attempt(area, number, Array(text.utf8)) { try CESQLTrial.compare(tree, text) }
            } else {
                let text = CESQLTrial.anyText(&generator)
                attempt(area, number, Array(text.utf8)) { try CESQLTrial.survive(text) }
                shrinkLast(Array(text.utf8)) { try CESQLTrial.survive(String(decoding: $0, as: UTF8.self)) }
            }
        }
    }

    // MARK: - Findings

    private mutating func attempt(_ area: FuzzArea, _ number: Int, _ input: [UInt8], _ body: () throws -> String) {
        do {
            tally.count(area, try body())
        } catch let finding as Finding {
            found(ReportedFinding(area: area, seed: seed, number: number, finding: finding, input: input))
        } catch {
            found(
                ReportedFinding(
                    area: area, seed: seed, number: number, finding: Finding("failed", "\(error)"), input: input))
        }
    }

    private mutating func found(_ finding: ReportedFinding) {
        tally.count(finding.area, "FINDING \(finding.finding.property)")
        findings.append(finding)
        freshFinding = true
        Self.say("a finding: \(finding.area.rawValue) case \(finding.number), \(finding.finding.property)")
    }

    private var freshFinding = false

    /// Makes the input of the last finding smaller, if it was made just now.
    private mutating func shrinkLast(_ input: [UInt8], _ run: ([UInt8]) throws -> String) {
        guard freshFinding, let last = findings.last else { return }
        freshFinding = false
        var shrinker = Shrinker()
        findings[findings.count - 1].input = shrinker.smallest(input) { smaller in
            Self.property { try run(smaller) } == last.finding.property
        }
    }

    /// The same for a request, whose body is what is made smaller.
    private mutating func shrinkLast(_ request: FuzzRequest, _ trial: PublishTrial, _ start: CaseGenerator) {
        guard freshFinding, let last = findings.last else { return }
        freshFinding = false
        var shrinker = Shrinker(tries: 100)
        var smallest = request
        smallest.event = nil
        smallest.body = shrinker.smallest(request.body) { body in
            var smaller = request
            smaller.body = body
            smaller.event = nil
            var trial = trial
            var generator = start
            return Self.property { try trial.run(smaller, &generator) } == last.finding.property
        }
        findings[findings.count - 1].input = smallest.bytes(token: "-")
    }

    private static func property(_ body: () throws -> String) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return (error as? Finding)?.property ?? "failed"
        }
    }

    // MARK: - The end

    /// What must hold once all is over: the hub answers, has stored what it has
    /// said, takes no more memory than it may, and has kept values out of its log.
    mutating func close(memory: Int, log: String?) throws {
        guard let hub else { return }
        freshFinding = false
        attempt(.publish, -1, []) {
            _ = try hub.get("/readyz", token: nil)
            return "the hub is ready at the end"
        }
        if let publish, findings.isEmpty {
            attempt(.publish, -1, []) {
                for (unit, count) in publish.stored.sorted(by: { $0.key < $1.key }) {
                    let found = try hub.stored(by: unit)
                    guard found == count else {
                        throw Finding("stored-count", "\(unit) was told of \(count) events and has \(found)")
                    }
                }
                return "as many are stored as were answered 201"
            }
        }
        if let now = hub.memory() {
            attempt(.publish, -1, []) {
                guard hub.peakMemory <= memory else {
                    throw Finding("memory", "\(hub.peakMemory) MiB, \(now) at the end")
                }
                return "the hub's memory stayed within \(memory) MiB"
            }
        }
        if let log, let data = FileManager.default.contents(atPath: log) {
            attempt(.publish, -1, []) {
                guard data.range(of: Data(EventMutator.planted.utf8)) == nil else {
                    throw Finding("value-in-log", "a value of an event is in the hub's log")
                }
                return "no value of an event is in the hub's log"
            }
        }
    }

    func report(json: Bool) {
        let took = began.duration(to: .now)
        if json {
            let shown: [JSONValue] = findings.map { finding in
                [
                    "area": .string(finding.area.rawValue), "case": .string(String(finding.number)),
                    "property": .string(finding.finding.property), "seen": .string(finding.finding.detail),
                    "input": .string(ByteText.quoted(finding.input, upTo: 4000)),
                ]
            }
            let value: JSONValue = [
                "seed": .string(String(seed)), "seconds": .integer(took.components.seconds),
                "cases": .integer(Int64(tally.cases)),
                "hubPeakMiB": (hub?.peakMemory).map { .integer(Int64($0)) } ?? .null,
                "outcomes": tally.json, "findings": .array(shown),
            ]
            print(String(decoding: value.encodedBytes(), as: UTF8.self))
            return
        }
        for line in tally.lines { print(line) }
        for finding in findings { print(finding.text) }
        let memory = hub.map { ", hub at most \($0.peakMemory) MiB" } ?? ""
        print("seed \(seed): \(tally.cases) cases in \(took.components.seconds) s\(memory), \(findings.count) findings")
    }

    private static func say(_ text: String) {
        FileHandle.standardError.write(Data("liankong-fuzz: \(text)\n".utf8))
    }
}
