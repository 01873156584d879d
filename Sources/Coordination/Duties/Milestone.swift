package import CloudEvents

/// One clock of a duty: what has to be done by when, on which basis, and
/// whether it was.
package struct Milestone: Sendable, Hashable {
    /// What sets the clock running.
    package enum Start: Sendable, Hashable {
        /// The dispatch to the unit.
        case dispatch
        /// The fact a statute names, reported by an event of this type.
        case event(EventType)
    }

    /// Such as `sign` or `settle`; once in a duty.
    package var name: String
    package var startsAt: Start
    package var period: Period
    /// When the clock began to run; nil while the fact it waits for is to come.
    package var started: Timestamp?
    /// The first instant that is late; nil until the clock runs.
    package var due: Timestamp?
    /// The legal basis in force at the event's time, in English.
    package var basis: String?
    /// The same in Chinese.
    package var basisZh: String?
    /// Whether `due` may move when a calendar is published.
    package var provisional: Bool
    /// When it was met; nil while it is open.
    package var met: Timestamp?
    /// How `due` was counted, or what the clock waits for, in Chinese.
    package var explanationZh: String
    /// The same in English.
    package var explanation: String

    package init(
        name: String,
        startsAt: Start,
        period: Period,
        started: Timestamp?,
        due: Timestamp?,
        basis: String?,
        basisZh: String?,
        provisional: Bool,
        met: Timestamp?,
        explanationZh: String,
        explanation: String = "",
    ) {
        self.name = name
        self.startsAt = startsAt
        self.period = period
        self.started = started
        self.due = due
        self.basis = basis
        self.basisZh = basisZh
        self.provisional = provisional
        self.met = met
        self.explanationZh = explanationZh
        self.explanation = explanation
    }

    /// Whether it is late at an instant. A milestone that was met is not, and
    /// one whose clock does not run cannot be.
    package func isOverdue(at now: Timestamp) -> Bool {
        guard met == nil, let due else { return false }
        return now >= due
    }
}

// MARK: Keeping

extension Milestone {
    /// The milestone as the hub keeps it, in the canonical form. What is absent
    /// is left out; instants are microseconds since 1970-01-01T00:00:00Z.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        if let basis { writer.member("basis", basis) }
        if let basisZh { writer.member("basisZh", basisZh) }
        if let due { writer.member("due", due.microseconds) }
        writer.member("explanation", explanation)
        writer.member("explanationZh", explanationZh)
        if let met { writer.member("met", met.microseconds) }
        writer.member("name", name)
        writer.member("period", period.text)
        if provisional { writer.member("provisional", true) }
        if case .event(let type) = startsAt { writer.member("start", type.rawValue) }
        if let started { writer.member("started", started.microseconds) }
        writer.endObject()
    }

    /// The same as a value.
    package var jsonValue: JSONValue {
        var writer = JSONWriter()
        write(to: &writer)
        guard case .success(let value) = JSONReader.read(writer.bytes) else {
            preconditionFailure("what was written as JSON is JSON")
        }
        return value
    }

    /// Reads what ``write(to:)`` wrote; nil for anything it would not have.
    package init?(_ value: JSONValue) {
        guard let object = value.objectValue, let name = object["name"]?.stringValue,
            let period = object["period"]?.stringValue.flatMap({ Period.parse($0) }),
            let explanation = object["explanation"]?.stringValue,
            let explanationZh = object["explanationZh"]?.stringValue,
            let start = Self.kept(object["start"], { $0.stringValue }),
            let started = Self.kept(object["started"], { $0.integerValue }),
            let due = Self.kept(object["due"], { $0.integerValue }),
            let met = Self.kept(object["met"], { $0.integerValue }),
            let basis = Self.kept(object["basis"], { $0.stringValue }),
            let basisZh = Self.kept(object["basisZh"], { $0.stringValue }),
            let provisional = Self.kept(object["provisional"], { $0.boolValue })
        else { return nil }
        self.init(
            name: name,
            startsAt: start.map { .event(EventType($0)) } ?? .dispatch,
            period: period,
            started: started.map { Timestamp(microseconds: $0) },
            due: due.map { Timestamp(microseconds: $0) },
            basis: basis,
            basisZh: basisZh,
            provisional: provisional ?? false,
            met: met.map { Timestamp(microseconds: $0) },
            explanationZh: explanationZh,
            explanation: explanation,
        )
    }

    /// A member that may be absent: `.some(nil)` when it is, nil when it is
    /// there with another shape.
    private static func kept<Value>(_ member: JSONValue?, _ read: (JSONValue) -> Value?) -> Value?? {
        guard let member else { return .some(nil) }
        guard let value = read(member) else { return nil }
        return .some(value)
    }
}

// MARK: Words and clocks

extension [Milestone] {
    /// What is said of them, without the instants: the milestones as
    /// ``Milestone/write(to:)`` keeps them, none of whose clocks runs. Equal for
    /// duties that owe the same from the same day on.
    package var words: [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.beginArray()
        for milestone in self {
            var words = milestone
            (words.started, words.due, words.met) = (nil, nil, nil)
            words.write(to: &writer)
        }
        writer.endArray()
        return writer.bytes
    }

    /// The instants alone: a list for each, of when it started, is due and was
    /// met, in microseconds since 1970-01-01T00:00:00Z, null where it has none.
    package var clocks: [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.beginArray()
        for milestone in self {
            writer.beginArray()
            for instant in [milestone.started, milestone.due, milestone.met] {
                if let instant { writer.write(instant.microseconds) } else { writer.writeNull() }
            }
            writer.endArray()
        }
        writer.endArray()
        return writer.bytes
    }

    /// The milestones of a wording with these clocks; nil for clocks that are
    /// not theirs.
    package func running(clocks: [UInt8]) -> [Milestone]? {
        guard case .success(.array(let lists)) = JSONReader.read(clocks), lists.count == count else { return nil }
        var milestones = self
        for (index, list) in lists.enumerated() {
            guard let instants = list.arrayValue, instants.count == 3 else { return nil }
            func instant(_ place: Int) -> Timestamp? {
                instants[place].integerValue.map { Timestamp(microseconds: $0) }
            }
            milestones[index].started = instant(0)
            milestones[index].due = instant(1)
            milestones[index].met = instant(2)
        }
        return milestones
    }
}
