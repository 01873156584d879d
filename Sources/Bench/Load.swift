import Glibc

/// What a load measured.
struct LoadResult {
    /// Requests that were answered as expected within the measured time.
    var answered = 0
    /// Requests answered as expected, those of the warm-up too.
    var total = 0
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

    /// Percentiles of the latencies in milliseconds.
    func percentiles(_ shares: [Double]) -> [Double] {
        let sorted = latencies.sorted()
        guard !sorted.isEmpty else { return shares.map { _ in 0 } }
        return shares.map { Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * $0))]) / 1_000_000 }
    }

    /// Keeps an answer that was not expected.
    mutating func refuse(_ answer: LoadConnection) {
        refused += 1
        guard firstRefusal == nil else { return }
        firstRefusal = "\(answer.status) \(String(decoding: answer.body.prefix(600), as: UTF8.self))"
    }

    /// - Throws: ``BenchFailure`` where an answer was not as expected.
    func check(_ what: String) throws {
        if let firstRefusal { throw BenchFailure("\(what): \(refused) refused, the first: \(firstRefusal)") }
    }
}

/// A closed loop over several connections, measured after a warm-up.
struct Load {
    /// The port of each connection.
    var ports: [UInt16]
    /// Requests before this are not counted.
    var warmUp: Double = 2
    /// How long is measured.
    var seconds: Double = 10
    var expected: Set<Int> = [200, 201]

    /// Runs until the time is over or requests run out.
    ///
    /// - Parameters:
    ///   - next: appends the next request; false when there are no more.
    ///   - answered: sees every answer as expected.
    func run(
        next: (inout [UInt8]) throws -> Bool, answered: (UnsafeRawBufferPointer) throws -> Void = { _ in },
    ) throws -> LoadResult {
        let loop = try LoadLoop(ports: ports)
        var result = LoadResult()
        result.latencies.reserveCapacity(500_000)
        let measureFrom = Monotonic.now + UInt64(warmUp * 1e9)
        let end = measureFrom + UInt64(seconds * 1e9)
        var last = measureFrom
        try loop.run(
            until: end, next: { try next(&$1) },
            answered: { _, answer, now in
                guard expected.contains(answer.status) else { return result.refuse(answer) }
                try answered(answer.body)
                result.total += 1
                guard now >= measureFrom, now < end else { return }
                result.answered += 1
                result.latencies.append(now - answer.startedAt)
                last = now
            })
        result.seconds = Double(min(end, last) - measureFrom) / 1e9
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
