import Glibc

/// An open loop of 200 events a second, and a reader that waits for them on an
/// event stream: each event is timed from the call to its arrival.
struct LatencyRun {
    let hub: HubUnderTest
    let publisher: HTTPRequestBytes
    let reader: HTTPRequestBytes
    let template: EventTemplate
    let seconds: Double

    private static let perSecond = 200.0
    private static let warmUp = 1.0

    /// Publishes and listens; the latencies are those of the events after the
    /// warm-up.
    func run() throws -> LoadResult {
        let poller = Poller()
        let stream = try EventStream(
            port: hub.port, request: reader.get("/v1/feed?start=latest", accept: "text/event-stream"))
        poller.add(stream.descriptor)
        let clients = try (0..<16).map { _ in try LoadConnection(port: hub.port) }
        for client in clients { poller.add(client.descriptor) }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { scratch.deallocate() }
        let total = Int((seconds + Self.warmUp) * Self.perSecond)
        var sentAt = [UInt64](repeating: 0, count: total)
        var seen = [Bool](repeating: false, count: total)
        var result = LoadResult()
        var sent = 0
        var arrived = 0
        // The stream must be open before the first event is sent.
        let begin = Monotonic.now + 500_000_000
        let giveUp = begin + UInt64((seconds + Self.warmUp + 10) * 1e9)
        while arrived < total, Monotonic.now < giveUp {
            let due = begin + UInt64(Double(sent) / Self.perSecond * 1e9)
            if sent < total, Monotonic.now >= due, let client = clients.first(where: { !$0.isBusy }) {
                var body: [UInt8] = []
                template.append(sent, to: &body)
                sentAt[sent] = Monotonic.now
                try client.send(
                    publisher.post("/v1/events", type: "application/cloudevents+json", body: body), at: sentAt[sent])
                sent += 1
                continue
            }
            for index in poller.wait(milliseconds: 1) {
                if index == 0 {
                    let now = Monotonic.now
                    for number in try stream.numbers(after: template.idPrefix, scratch: scratch)
                    where number < total && !seen[number] {
                        seen[number] = true
                        arrived += 1
                        guard Double(number) >= Self.warmUp * Self.perSecond else { continue }
                        result.latencies.append(now - sentAt[number])
                    }
                } else if let (status, body) = try clients[index - 1].receive(scratch), status != 201 {
                    result.refused += 1
                    result.firstRefusal = "\(status) \(String(decoding: body.prefix(600), as: UTF8.self))"
                }
            }
        }
        if arrived < total, result.firstRefusal == nil {
            throw BenchFailure("latency-200: \(total - arrived) of \(total) events did not arrive in time")
        }
        result.answered = result.latencies.count
        result.seconds = seconds
        return result
    }
}

/// A connection that listens to an event stream and looks for event ids.
private final class EventStream {
    let descriptor: Int32
    private let connection: LoadConnection
    private var tail: [UInt8] = []

    init(port: UInt16, request: [UInt8]) throws {
        connection = try LoadConnection(port: port)
        descriptor = connection.descriptor
        try connection.send(request, at: Monotonic.now)
    }

    /// The numbers of the ids with a prefix that have come since.
    func numbers(after prefix: String, scratch: UnsafeMutableRawBufferPointer) throws -> [Int] {
        while true {
            let count = read(descriptor, scratch.baseAddress, scratch.count)
            if count > 0 {
                tail.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            } else if count < 0, errno == EAGAIN {
                break
            } else if count == 0 || errno != EINTR {
                throw BenchFailure("the hub ended the stream")
            }
        }
        var found: [Int] = []
        let mark = Array("\"id\":\"\(prefix)".utf8)
        var position = 0
        while let start = ByteSearch.find(mark, in: tail, from: position), tail.count >= start + mark.count + 9 {
            let digits = tail[(start + mark.count)..<(start + mark.count + 9)]
            if let number = Int(String(decoding: digits, as: UTF8.self)) { found.append(number) }
            position = start + mark.count + 9
        }
        // An id may be cut in two by the end of what was read.
        let keep = min(tail.count - position, mark.count + 9)
        tail.removeFirst(tail.count - keep)
        return found
    }
}
