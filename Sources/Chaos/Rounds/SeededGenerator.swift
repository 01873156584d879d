/// Random numbers that come again with their seed (SplitMix64, public domain,
/// https://prng.di.unimi.it/splitmix64.c).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator for one part of a run: the same parts give the same numbers.
    init(seed: UInt64, _ parts: UInt64...) {
        state = seed
        // Each part passes through the mixer, so that neighbours share nothing.
        for part in parts {
            state = next() ^ (part &* 0x9E37_79B9_7F4A_7C15)
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of the range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A number of milliseconds of the range, as a duration.
    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration { .milliseconds(number(range)) }

    /// True once in so many times, on average.
    mutating func once(in times: Int) -> Bool { number(1...times) == 1 }
}

extension Duration {
    /// As a fraction of seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
