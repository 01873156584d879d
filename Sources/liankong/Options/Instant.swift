import ArgumentParser
import CloudEvents

/// A time on the command line: RFC 3339 with its offset.
struct Instant {
    let timestamp: Timestamp

    /// `2020-10-22T09:12:00+08:00`; nil for any other form, above all for a
    /// time without an offset, which means another instant to everybody.
    init?(argument: String) {
        guard let timestamp = Timestamp(rfc3339: argument) else { return nil }
        self.timestamp = timestamp
    }

    /// Reads an option's value.
    ///
    /// - Throws: what form is expected.
    static func read(_ text: String) throws -> Instant {
        guard let instant = Instant(argument: text) else {
            throw ValidationError(
                "write date, time and offset, as in 2020-10-22T09:12:00+08:00 / 请写明日期、时间和时区")
        }
        return instant
    }
}

/// A distance on the command line: `3d`, `12h`, `30m`, `45s`.
struct Distance {
    let seconds: Int64

    init?(argument: String) {
        let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        guard let last = argument.last, let unit = units[last], let count = Int64(argument.dropLast()), count > 0,
            count <= 100_000
        else { return nil }
        seconds = count * unit
    }

    /// Reads an option's value.
    ///
    /// - Throws: what form is expected.
    static func read(_ text: String) throws -> Distance {
        guard let distance = Distance(argument: text) else {
            throw ValidationError("write a whole number and d, h, m or s, as in 3d / 请写整数加单位d、h、m或s")
        }
        return distance
    }
}
