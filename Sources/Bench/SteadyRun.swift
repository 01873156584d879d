import CloudEvents

/// Whole coordinated events in a steady state: some connections publish batches,
/// one of each recipient reads its feed, some of each unit with duties sign them
/// in bulk. An event counts when its last recipient has it and its last duty is
/// signed.
final class SteadyRun {
    private let hub: HubUnderTest
    private let template: EventTemplate
    private let publish: HTTPRequestBytes.Head
    private var readers: [Reader] = []
    private var jobs: [Job] = []
    private var published = 0
    private var completed = 0
    /// By event: how much is left to be done, and when it was handed over.
    private var left: [UInt8] = []
    private var handedOver: [UInt64] = []
    private let parts: UInt8

    /// Events that may be under way at once: what is published must be dealt
    /// with, else the state would not be steady.
    private static let underWay = 2_000
    private static let publishers = 4
    private static let signers = 2

    /// What a connection does.
    private enum Job {
        case publish
        case read(Int)
        case sign(Int, batch: [Int])
    }

    /// A recipient's program and its officer.
    private struct Reader {
        var requests: HTTPRequestBytes
        var sign: HTTPRequestBytes.Head?
        var cursor: String
        /// Duties that wait for their signature, with their events.
        var duties: [(id: String, event: Int)] = []
        var signing = 0
    }

    init(hub: HubUnderTest, shape: Scenarios.Shape, publisher: String, template: EventTemplate) throws {
        self.hub = hub
        self.template = template
        publish = try hub.requests(of: publisher).head("/v1/events", type: Scenarios.batchType)
        parts = UInt8(shape.recipients.count + shape.withDuty.count)
        jobs = (0..<Self.publishers).map { _ in .publish }
        for (index, recipient) in shape.recipients.enumerated() {
            let requests = try hub.requests(of: recipient.unit)
            let end = try hub.exchange(requests.get("/v1/feed?start=latest"))
            guard let cursor = end["next"]?.stringValue else { throw BenchFailure("a feed has no cursor") }
            let officer = recipient.hasDuty ? try hub.officerRequests(of: recipient.unit) : nil
            readers.append(Reader(requests: requests, sign: officer?.head("/v1/duties/sign"), cursor: cursor))
            jobs.append(.read(index))
            if recipient.hasDuty { jobs += (0..<Self.signers).map { _ in .sign(index, batch: []) } }
        }
    }

    /// How long is waited for what is under way when the time is over, in nanoseconds.
    private static let patience: UInt64 = 60_000_000_000

    /// Runs for a time and counts what was completed after the warm-up. What was
    /// published is dealt with to the end, so that costs are those of whole events.
    func run(warmUp: Double, seconds: Double) throws -> LoadResult {
        let loop = try LoadLoop(ports: jobs.map { _ in hub.port })
        var result = LoadResult()
        let measureFrom = Monotonic.now + UInt64(warmUp * 1e9)
        let end = measureFrom + UInt64(seconds * 1e9)
        try loop.run(
            until: end + Self.patience, next: { self.next($0, &$1, isOver: Monotonic.now >= end) },
            answered: { connection, answer, now in
                guard answer.status == 200 else { return result.refuse(answer) }
                try self.answered(connection, answer) { event in
                    result.total += 1
                    guard now >= measureFrom, now < end else { return }
                    result.answered += 1
                    result.latencies.append(now - handedOver[event])
                }
            })
        result.seconds = seconds
        if completed < published, result.refused == 0 {
            throw BenchFailure("\(published - completed) of \(published) events were not dealt with in time")
        }
        return result
    }

    // MARK: - Requests

    private func next(_ connection: Int, _ buffer: inout [UInt8], isOver: Bool) -> Bool {
        switch jobs[connection] {
        case .publish:
            guard !isOver, published - completed < Self.underWay else { return false }
            Scenarios.batch(from: published, of: template, head: publish, in: &buffer)
            left.append(contentsOf: repeatElement(parts, count: 100))
            handedOver.append(contentsOf: repeatElement(Monotonic.now, count: 100))
            published += 100
        case .read(let index):
            guard !isOver || completed < published else { return false }
            let path = "/v1/feed?after=\(readers[index].cursor)&limit=100&wait=PT1S&types=\(template.type)"
            buffer.append(contentsOf: readers[index].requests.get(path))
        case .sign(let index, _):
            // A few are signed only when no more are on their way.
            let waiting = readers[index].duties.count
            guard let head = readers[index].sign, waiting >= (readers[index].signing == 0 ? 1 : 100) else {
                return false
            }
            let batch = readers[index].duties.prefix(100)
            let body = Array("{\"dutyIds\":[\"\(batch.map(\.id).joined(separator: "\",\""))\"]}".utf8)
            head.begin(body.count, in: &buffer)
            buffer.append(contentsOf: body)
            jobs[connection] = .sign(index, batch: batch.map(\.event))
            readers[index].duties.removeFirst(batch.count)
            readers[index].signing += 1
        }
        return true
    }

    // MARK: - Answers

    private static let allAccepted = Array("\"accepted\":100,".utf8)
    private static let signed = Array("\"status\":200".utf8)
    private static let delivery = Array("\"kind\":\"delivery\"".utf8)
    private static let duty = Array("\"dutyId\":".utf8)
    private static let nextCursor = Array("\"next\":\"".utf8)

    private func answered(_ connection: Int, _ answer: LoadConnection, _ complete: (Int) -> Void) throws {
        switch jobs[connection] {
        case .publish:
            guard ByteSearch.find(Self.allAccepted, in: answer.body) != nil else {
                throw BenchFailure("a batch was not accepted whole")
            }
        case .read(let index): try read(answer.body, by: index, complete)
        case .sign(let index, let batch):
            readers[index].signing -= 1
            guard ByteSearch.count(Self.signed, in: answer.body) == batch.count else {
                throw BenchFailure("a duty was not signed")
            }
            for event in batch { finish(event, complete) }
        }
    }

    private func read(_ body: UnsafeRawBufferPointer, by index: Int, _ complete: (Int) -> Void) throws {
        let id = Array("\"id\":\"\(template.idPrefix)".utf8)
        var position = 0
        while let delivery = ByteSearch.find(Self.delivery, in: body, from: position) {
            guard let duty = ByteSearch.find(Self.duty, in: body, from: delivery),
                let found = ByteSearch.find(id, in: body, from: duty),
                let event = ByteSearch.number(in: body, at: found + id.count), event < left.count
            else { throw BenchFailure("a delivery is not one of this run") }
            position = found + id.count
            if readers[index].sign != nil {
                readers[index].duties.append((ByteSearch.text(in: body, at: duty + Self.duty.count + 1), event))
            }
            finish(event, complete)
        }
        // The last one: within the items the word may stand for something else.
        var cursor: Int?
        while let found = ByteSearch.find(Self.nextCursor, in: body, from: cursor ?? position) {
            cursor = found + Self.nextCursor.count
        }
        guard let cursor else { throw BenchFailure("a page of a feed has no cursor") }
        readers[index].cursor = ByteSearch.text(in: body, at: cursor)
    }

    private func finish(_ event: Int, _ complete: (Int) -> Void) {
        left[event] -= 1
        guard left[event] == 0 else { return }
        completed += 1
        complete(event)
    }
}
