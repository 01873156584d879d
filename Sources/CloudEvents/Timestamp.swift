/// An instant, to the microsecond, as PostgreSQL stores it.
///
/// It has no time zone: text in another offset is converted when read, and
/// written in Beijing time unless told otherwise.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public var microseconds: Int64

    /// The offset of Beijing time (UTC+8, no daylight saving since 1991), in minutes.
    public static let beijingOffset = 480

    /// An instant by its distance from the Unix epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Whether the left is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The instant this long after (or, negative, before) this one.
    public func advanced(bySeconds seconds: Int64) -> Timestamp {
        Timestamp(microseconds: microseconds + seconds * 1_000_000)
    }
}
