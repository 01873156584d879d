import CloudEvents
import Coordination
import Hub
import Testing

/// The clock of a county, as this process reads it.
struct HubClockTests {
    private static let sandbox = CountyID(rawValue: 7)

    /// A look at the counties that began before a sandbox's clock was moved, and
    /// ends after it, does not move it back.
    @Test func aReadingThatBeganEarlierIsLeft() {
        let clock = HubClock(databaseNow: Timestamp(microseconds: 0))
        let (earlier, later) = (clock.beginReading(), clock.beginReading())
        clock.setOffsets([Self.sandbox: 86_400_000_000], reading: later)
        clock.setOffsets([Self.sandbox: 0], reading: earlier)
        #expect(clock.now(in: Self.sandbox).microseconds >= 86_400_000_000)
        clock.setOffsets([Self.sandbox: 0], reading: clock.beginReading())
        #expect(clock.now(in: Self.sandbox).microseconds < 86_400_000_000)
    }
}
