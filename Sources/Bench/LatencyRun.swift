import Glibc

/// An open loop of 200 events a second, and a reader that waits for them on an
/// event stream: each event is timed from the call to its arrival.
struct LatencyRun {
    let port: UInt16
    let publisher: HTTPRequestBytes
    let reader: HTTPRequestBytes
    let template: EventTemplate
    let seconds: Double

    private static let perSecond = 200.0
    private static let warmUp = 1.0
    private static let clients = 16

    /// Publishes and listens; the latencies are those of the events after the
    /// warm-up.
    func run() throws -> LoadResult {
        let poller = Poller()
        let stream = try EventStream(
            port: port, request: reader.get("/v1/feed?start=latest", accept: "text/event-stream"),
            prefix: template.idPrefix)
        poller.add(stream.descriptor)
        let clients = try (0..<Self.clients).map { _ in try LoadConnection(port: port) }
        for client in clients { poller.add(client.descriptor) }
        let head = publisher.head("/v1/events", type: Scenarios.eventType)
        let total = Int((seconds + Self.warmUp) * Self.perSecond)
        var sentAt = [UInt64](repeating: 0, count: total)
        var seen = [Bool](repeating: false, count: total)
        var result = LoadResult()
        var sent = 0
        var arrived = 0
        // The stream must be open before the first event is sent.
        let begin = Monotonic.now + 500_000_000
        let giveUp = begin + UInt64((seconds + Self.warmUp + 10) * 1e9)
        while arrived < total, result.refused == 0, Monotonic.now < giveUp {
            let due = begin + UInt64(Double(sent) / Self.perSecond * 1e9)
            if sent < total, Monotonic.now >= due, let client = clients.first(where: { !$0.isBusy }) {
                sentAt[sent] = Monotonic.now
                _ = try client.send(at: sentAt[sent]) { buffer in
                    head.begin(template.size, in: &buffer)
                    template.append(sent, to: &buffer)
                    return true
                }
                sent += 1
                continue
            }
            try poller.wait(milliseconds: 1) { index in
                guard index == 0 else {
                    let client = clients[index - 1]
                    if try client.receive(), client.status != 201 { result.refuse(client) }
                    return
                }
                let now = Monotonic.now
                for number in try stream.numbers() where number < total && !seen[number] {
                    seen[number] = true
                    arrived += 1
                    guard Double(number) >= Self.warmUp * Self.perSecond else { continue }
                    result.latencies.append(now - sentAt[number])
                }
            }
        }
        if arrived < total, result.refused == 0 {
            throw BenchFailure("latency-200: \(total - arrived) of \(total) events did not arrive in time")
        }
        result.answered = result.latencies.count
        result.total = arrived
        result.seconds = seconds
        return result
    }
}

/// A connection that listens to an event stream and looks for event ids.
private final class EventStream {
    let descriptor: Int32
    private let connection: LoadConnection
    private let mark: [UInt8]
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    /// How many bytes of an id that is cut in two are kept.
    private var kept = 0

    init(port: UInt16, request: [UInt8], prefix: String) throws {
        connection = try LoadConnection(port: port)
        descriptor = connection.descriptor
        mark = Array("\"id\":\"\(prefix)".utf8)
        _ = try connection.send(at: Monotonic.now) {
            $0.append(contentsOf: request)
            return true
        }
    }

    deinit { scratch.deallocate() }

    /// The numbers of the ids that have come since.
    func numbers() throws -> [Int] {
        var found: [Int] = []
        while true {
            let count = read(descriptor, scratch.baseAddress.map { $0 + kept }, scratch.count - kept)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return found }
            guard count > 0 else { throw BenchFailure("the hub ended the stream") }
            let bytes = UnsafeRawBufferPointer(rebasing: scratch[..<(kept + count)])
            let whole = mark.count + EventTemplate.width
            var position = 0
            while let start = ByteSearch.find(mark, in: bytes, from: position), start + whole <= bytes.count {
                if let number = ByteSearch.number(in: bytes, at: start + mark.count) { found.append(number) }
                position = start + whole
            }
            kept = min(bytes.count - position, whole)
            if kept > 0, let base = scratch.baseAddress { memmove(base, base + bytes.count - kept, kept) }
        }
    }
}
