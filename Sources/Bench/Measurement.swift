import CloudEvents

/// One scenario's figures.
struct Measurement {
    /// The scenario's name, as the goals have it.
    var name: String
    /// What it is, in words.
    var what: String
    /// What is counted: requests, events, signatures, sweeps, steps, looks.
    var unit: String
    /// Counted a second.
    var rate: Double?
    /// Milliseconds.
    var p50: Double?
    var p99: Double?
    var goal: Goal?
    /// The same facts written by plain SQL, in the same run.
    var floor: Floor.Result?
    /// Another scenario of the same run, and its rate.
    var reference: (name: String, rate: Double)?
    /// For each of what is counted.
    var cost: Accounting.Cost?
    /// The table of duties, before and after.
    var duties: (before: Accounting.DutyTable, after: Accounting.DutyTable)?
    /// Parts of it that were measured apart: a name, p50 and p99 in milliseconds.
    var parts: [(name: String, p50: Double, p99: Double)] = []
    /// Why there is nothing to show.
    var failure: String?

    init(_ name: String, _ what: String, unit: String) {
        self.name = name
        self.what = what
        self.unit = unit
    }

    /// The rate as a share of the floor's.
    var shareOfFloor: Double? {
        guard let rate, let floor, floor.rate > 0 else { return nil }
        return rate / floor.rate
    }

    /// The rate as a share of the reference's.
    var ratio: Double? {
        guard let rate, let reference, reference.rate > 0 else { return nil }
        return rate / reference.rate
    }

    /// Whether the goal is met; nil without one.
    var isMet: Bool? { failure == nil ? goal?.isMet(by: self) : goal.map { _ in false } }

    /// How many duties were updated, and which share of it was HOT.
    var updatedDuties: (count: Int64, hotShare: Double?)? {
        duties.map { duties in
            let count = duties.after.updates - duties.before.updates
            let hot = Double(duties.after.hot - duties.before.hot)
            return (count, count > 0 ? hot / Double(count) : nil)
        }
    }

    /// Takes the figures of a load.
    ///
    /// - Parameter times: how many of what is counted a request has.
    mutating func take(_ result: LoadResult, times: Double = 1) throws {
        try result.check(name)
        guard !result.latencies.isEmpty else { throw BenchFailure("nothing was finished within the measured time") }
        rate = result.rate * times
        let percentiles = result.percentiles([0.5, 0.99])
        (p50, p99) = (percentiles[0], percentiles[1])
    }

    var jsonValue: JSONValue {
        [
            "name": .string(name), "what": .string(what), "unit": .string(unit),
            "perSecond": Figures.json(rate), "p50ms": Figures.json(p50), "p99ms": Figures.json(p99),
            "goal": goal.map { .string($0.text) } ?? .null, "met": isMet.map { .bool($0) } ?? .null,
            "floorPerSecond": Figures.json(floor?.rate), "shareOfFloor": Figures.json(shareOfFloor),
            "reference": reference.map { .string($0.name) } ?? .null,
            "referencePerSecond": Figures.json(reference?.rate), "ratio": Figures.json(ratio),
            "each": cost?.jsonValue ?? .null, "floorEach": floor?.cost.jsonValue ?? .null,
            "duty": [
                "updates": updatedDuties.map { .integer($0.count) } ?? .null,
                "hotShare": Figures.json(updatedDuties?.hotShare),
                "deadTuples": duties.map { .integer($0.after.deadTuples) } ?? .null,
            ],
            "parts": .array(
                parts.map { ["name": .string($0.name), "p50ms": Figures.json($0.p50), "p99ms": Figures.json($0.p99)] }),
            "failure": failure.map { .string($0) } ?? .null,
        ]
    }
}

extension Accounting.Cost {
    var jsonValue: JSONValue {
        [
            "commits": .number((commits * 1_000_000).rounded() / 1_000_000), "walBytes": Figures.json(walBytes),
            "backendMicroseconds": Figures.json(backend), "serverMicroseconds": Figures.json(server),
            "hubMicroseconds": Figures.json(hub), "loadMicroseconds": Figures.json(load),
        ]
    }
}
