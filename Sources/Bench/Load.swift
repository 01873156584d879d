import Glibc

/// What a load measured.
struct LoadResult {
    /// Requests that were answered as expected within the measured time.
    var answered = 0
    /// Requests answered otherwise.
    var refused = 0
    /// The first unexpected answer, to tell what is wrong.
    var firstRefusal: String?
    /// The measured time in seconds.
    var seconds = 0.0
    /// The time of each request, in nanoseconds; unsorted.
    var latencies: [UInt64] = []

    /// Answers a second.
    var rate: Double { seconds > 0 ? Double(answered) / seconds : 0 }

    /// A percentile of the latencies in milliseconds.
    func percentile(_ share: Double) -> Double {
        let sorted = latencies.sorted()
        guard !sorted.isEmpty else { return 0 }
        return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1_000_000
    }
}

/// A closed loop over several connections: each sends its next request when it
/// has its answer. One thread, so that the load leaves the machine to the hub.
struct Load {
    let port: UInt16
    let connections: Int
    /// Requests before this are not counted.
    var warmUp: Double = 2
    /// How long is measured.
    var seconds: Double = 10
    var expected: Set<Int> = [200, 201]

    /// Runs until the time is over or requests run out.
    ///
    /// - Parameters:
    ///   - next: the next request; nil when there are no more.
    ///   - answered: sees every answer as expected.
    func run(
        next: () -> [UInt8]?, answered: (ArraySlice<UInt8>) -> Void = { _ in },
    ) throws -> LoadResult {
        let poller = Poller()
        let clients = try (0..<connections).map { _ in try LoadConnection(port: port) }
        var result = LoadResult()
        result.latencies.reserveCapacity(500_000)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { scratch.deallocate() }
        let begin = Monotonic.now
        let measureFrom = begin + UInt64(warmUp * 1e9)
        let end = measureFrom + UInt64(seconds * 1e9)
        var busy = 0
        for (index, client) in clients.enumerated() {
            poller.add(client.descriptor)
            guard let request = next() else { continue }
            try client.send(request, at: Monotonic.now)
            if client.hasOutput { poller.watchOutput(true, index: index) }
            busy += 1
        }
        var last = begin
        while busy > 0 {
            for index in poller.wait(milliseconds: 1000) {
                let client = clients[index]
                if client.hasOutput {
                    try client.flush()
                    if !client.hasOutput { poller.watchOutput(false, index: index) }
                }
                guard let (status, body) = try client.receive(scratch) else { continue }
                let now = Monotonic.now
                busy -= 1
                if expected.contains(status) {
                    answered(body)
                    if now >= measureFrom, now < end {
                        result.answered += 1
                        result.latencies.append(now - client.startedAt)
                        last = now
                    }
                } else {
                    result.refused += 1
                    if result.firstRefusal == nil {
                        result.firstRefusal = "\(status) \(String(decoding: body.prefix(600), as: UTF8.self))"
                    }
                }
                guard now < end, let request = next() else { continue }
                try client.send(request, at: now)
                if client.hasOutput { poller.watchOutput(true, index: index) }
                busy += 1
            }
        }
        result.seconds = Double(min(end, max(last, measureFrom)) - measureFrom) / 1e9
        return result
    }
}

/// The monotonic clock.
enum Monotonic {
    /// Nanoseconds since some fixed moment.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Why a measurement cannot be made.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
