import ArgumentParser
import CloudEvents

/// A time on the command line: RFC 3339 with its offset.
struct Instant: ExpressibleByArgument {
    let timestamp: Timestamp

    /// `2020-10-22T09:12:00+08:00`; nil for any other form, above all for a
    /// time without an offset, which means another instant to everybody.
    init?(argument: String) {
        guard let timestamp = Timestamp(rfc3339: argument) else { return nil }
        self.timestamp = timestamp
    }
}

/// A distance on the command line: `3d`, `12h`, `30m`, `45s`.
struct Distance: ExpressibleByArgument {
    let seconds: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        guard let last = argument.last, let unit = units[last], let count = Int64(argument.dropLast()), count > 0,
            count <= 100_000
        else { return nil }
        seconds = count * unit
    }
}
