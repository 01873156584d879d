import CloudEvents
import Testing

/// Inputs made to cost more than they are worth. Anything that grows with the
/// square of these sizes would run for hours.
@Suite(.timeLimit(.minutes(1)))
struct JSONHostileInputTests {
    private static let size = 1 << 20

    @Test(arguments: ["[", #"{"a":"#, "[[],{\"a\":", "[{},"])
    func endlessNestingTakesNoStack(_ opening: String) throws {
        let text = String(repeating: opening, count: Self.size / opening.utf8.count)
        let codes = try refusal(text.utf8).faults.map(\.code)
        #expect(codes.first == "too-deep" && codes.last == "syntax" && codes.count <= 3)
    }

    @Test
    func closedNestingTakesNoStackEither() throws {
        let text = String(repeating: "[", count: Self.size) + String(repeating: "]", count: Self.size)
        #expect(try refusal(text.utf8).faults.map(\.code) == ["too-deep"])
    }

    @Test
    func manyDifferentKeysAreReadAndManyEqualOnesRefused() throws {
        let different = "{" + (0..<100_000).map { #""key\#($0)":0"# }.joined(separator: ",") + "}"
        #expect(try parsed(different).objectValue?.count == 100_000)
        let equal = "{" + Array(repeating: #""k":0"#, count: 100_000).joined(separator: ",") + "}"
        let refusal = try refusal(equal.utf8)
        #expect(refusal.faults.count == 101)
        #expect(refusal.faults.first?.code == "duplicate-key")
    }

    @Test
    func longTextsAndNumbersAreReadInOneGo() throws {
        let plain = String(repeating: "津", count: Self.size)
        #expect(try parsed("\"\(plain)\"") == .string(plain))
        let escaped = String(repeating: #"\u6d25\n"#, count: Self.size / 8)
        #expect(try parsed("\"\(escaped)\"").stringValue?.unicodeScalars.count == Self.size / 4)
        let digits = String(repeating: "7", count: Self.size)
        #expect(try refusal(digits.utf8).faults.map(\.code) == ["integer-out-of-range"])
        #expect(try parsed("0." + digits) == .number(0.7777777777777778))
        #expect(try refusal((digits + ".5").utf8).faults.map(\.code) == ["number-out-of-range"])
        #expect(try parsed("0." + String(repeating: "0", count: Self.size) + "1") == .number(0))
        #expect(try refusal(("1e" + digits).utf8).faults.map(\.code) == ["number-out-of-range"])
    }

    @Test
    func faultsOnEveryByteStayFew() throws {
        let text = "[" + String(repeating: "\"\u{1}\",", count: Self.size / 4) + "0]"
        #expect(try refusal(text.utf8).faults.count == 101)
        let lines = String(repeating: "\n", count: Self.size) + "x"
        #expect(try refusal(lines.utf8).faults.first?.message.contains("line \(Self.size + 1)") == true)
    }

    @Test
    func deepPathsOfLongNamesStayBounded() throws {
        let name = String(repeating: "n", count: 10_000)
        let text = String(repeating: "{\"\(name)\":", count: 64) + #"["\u0000"]"# + String(repeating: "}", count: 64)
        let refusal = try refusal(text.utf8)
        #expect(refusal.faults.map(\.code) == ["too-deep", "nul-character"])
        #expect(refusal.faults.allSatisfy { $0.path.unicodeScalars.count <= 64 * 66 })
    }

    @Test
    func batchesOfNothingButFaultsAreReadInOneGo() throws {
        let event = #"{"a":1,"a":1}"#
        let body = "[" + Array(repeating: event, count: 100_000).joined(separator: ",") + "]"
        let decoded = HTTPBinding.decode(
            headers: [("content-type", "application/cloudevents-batch+json")], body: Array(body.utf8))
        guard case .success(.batch(let events)) = decoded else {
            Issue.record("no batch")
            return
        }
        #expect(events.count == 100_000)
        #expect(events.allSatisfy { $0.faultCode == "bad-json" })
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func noBytesStopTheReader(_ seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var bytes = random.value().encodedBytes()
        for _ in 0..<Int.random(in: 1...4, using: &random.generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random.generator)
            switch Int.random(in: 0..<3, using: &random.generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random.generator)
            case 1: bytes.remove(at: place)
            default: bytes.insert(contentsOf: bytes[place...].prefix(5), at: place)
            }
        }
        switch JSONReader.read(bytes) {
        case .failure(let faults): #expect(!faults.faults.isEmpty)
        case .success(let value):
            #expect(try JSONReader.read(value.canonicalBytes()).get().canonicalBytes() == value.canonicalBytes())
        }
    }
}

extension Result where Failure == EnvelopeFaults {
    var faultCode: String? {
        if case .failure(let faults) = self { faults.code } else { nil }
    }
}
