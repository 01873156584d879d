import Testing

@testable import Hub

/// Personal numbers in what identifies an event.
struct ReferenceTests {
    @Test(
        arguments: [
            "410322200706129015", "G410322200706129015", "41032220050307902X", "13800000000", "x-138 0000 0000",
            "张三13800138000", "１３８００１３８０００",
        ])
    func aNumberThatIsSpelledOutIsFound(_ reference: String) {
        #expect(EnvelopeRules.holdsPersonalNumber(reference))
    }

    @Test(
        arguments: [
            "LDJC-2020-000123", "2020-0041", "1603328523", "a13812345678b", "df13812345678ab0c1",
            "0b5c9a6e-9a41-4c1e-8d52-13812345678a", "WB202010023",
        ])
    func aReferenceThatOnlyLooksLikeOneIsNot(_ reference: String) {
        #expect(!EnvelopeRules.holdsPersonalNumber(reference))
    }

    @Test
    func randomReferencesPass() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let reference =
                String(generator.next() as UInt64, radix: 16) + String(generator.next() as UInt64, radix: 16)
            #expect(!EnvelopeRules.holdsPersonalNumber(reference))
        }
    }
}
