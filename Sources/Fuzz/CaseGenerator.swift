/// Random numbers that are the same for the same seed and case (SplitMix64), so
/// that any case can be run again alone.
struct CaseGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// The numbers of one case of a run.
    init(seed: UInt64, area: FuzzArea, number: Int) {
        // Mixed before it begins: from numbers side by side the sequences would be
        // one and the same, a step apart.
        state = Self.mixed(Self.mixed(seed &+ area.salt) &+ UInt64(number))
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether something that happens once in so many times happens now.
    mutating func oneIn(_ times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

    /// A number below another one.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }

    /// One of several.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self)]
    }
}

/// What is tried.
enum FuzzArea: String, CaseIterable {
    /// Publishing, against a running hub.
    case publish
    /// The bytes of HTTP itself, against a running hub.
    case framing
    /// Reading and writing JSON, in this process.
    case json
    /// Expressions of CESQL, in this process.
    case cesql

    var salt: UInt64 {
        switch self {
        case .publish: 0x7075_626C
        case .framing: 0x6672_616D
        case .json: 0x6A73_6F6E
        case .cesql: 0x6365_7371
        }
    }
}
