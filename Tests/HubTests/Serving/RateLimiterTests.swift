import Coordination
import HubAPI
import Testing

/// Keeping each unit to its rate.
struct RateLimiterTests {
    private static let county = CountyID(rawValue: 1)

    @Test
    func aBurstPassesAndWhatIsBeyondItWaits() {
        let limiter = RateLimiter(defaultRate: 5)
        let waits = (0..<30).map { _ in limiter.admit(county: Self.county, unit: "hrss") }
        // Four seconds' worth, and what the bucket gained meanwhile.
        #expect(waits.prefix(20).allSatisfy { $0 == nil })
        #expect(waits.suffix(5).allSatisfy { $0 == 1 })
    }

    @Test
    func oneUnitNeverStarvesAnother() {
        let limiter = RateLimiter(defaultRate: 1)
        for _ in 0..<100 { _ = limiter.admit(county: Self.county, unit: "hrss") }
        #expect(limiter.admit(county: Self.county, unit: "hrss") != nil)
        #expect(limiter.admit(county: Self.county, unit: "psb") == nil)
        #expect(limiter.admit(county: CountyID(rawValue: 2), unit: "hrss") == nil)
    }
}
