package import CloudEvents

extension Timestamp {
    /// Where a county's clock may be moved to and a sweep may look from: the years
    /// 2000 to 2100 in Beijing.
    ///
    /// Deadlines counted from there stay within what JSON numbers and RFC 3339 can
    /// say.
    package static let clockReach =
        Timestamp(microseconds: 946_656_000_000_000)..<Timestamp(microseconds: 4_133_952_000_000_000)
}
