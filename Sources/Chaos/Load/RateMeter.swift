import Synchronization

/// When events were answered.
final class RateMeter: Sendable {
    private let times = Mutex<[ContinuousClock.Instant]>([])

    func count(_ events: Int) {
        let now = ContinuousClock.now
        times.withLock { $0.append(contentsOf: repeatElement(now, count: events)) }
    }

    func reset() { times.withLock { $0.removeAll(keepingCapacity: true) } }

    /// Events a second between two instants.
    func rate(from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Double {
        let seconds = begin.duration(to: end).inSeconds
        guard seconds > 0 else { return 0 }
        return Double(times.withLock { $0.count(where: { $0 >= begin && $0 < end }) }) / seconds
    }

    /// How long after an instant it took until a whole second had so many
    /// events: the time until that second began. Nil where none had, yet.
    func recovery(after instant: ContinuousClock.Instant, to wanted: Double) -> Duration? {
        let later = times.withLock { $0.filter { $0 >= instant } }
        let needed = max(1, Int(wanted.rounded(.up)))
        // A second that qualifies may be taken to begin with an event, or at
        // the instant itself.
        let second = instant + .seconds(1)
        if second <= .now, later.count(where: { $0 < second }) >= needed { return .zero }
        var last = 0
        for (first, begin) in later.enumerated() {
            last = max(last, first)
            while last < later.count, later[last] < begin + .seconds(1) { last += 1 }
            if last - first >= needed { return instant.duration(to: begin) }
        }
        return nil
    }
}
