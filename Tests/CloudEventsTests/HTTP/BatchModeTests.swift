import CloudEvents
import Testing

struct BatchModeTests {
    private static let headers: Headers = [("content-type", "application/cloudevents-batch+json; charset=utf-8")]

    private func batch(_ body: String) throws -> [Result<CloudEvent, EnvelopeFaults>] {
        guard case .batch(let events) = try HTTPBinding.decode(headers: Self.headers, body: Array(body.utf8)).get()
        else {
            Issue.record("no batch")
            return []
        }
        return events
    }

    private func faults(_ result: Result<CloudEvent, EnvelopeFaults>) -> [String] {
        guard case .failure(let faults) = result else { return [] }
        return [faults.code] + faults.faults.map { "\($0.path) \($0.code)" }
    }

    @Test
    func anEmptyBatchIsABatch() throws {
        #expect(try batch("[]").isEmpty)
    }

    @Test
    func eachEventIsJudgedAlone() throws {
        let good = structuredEvent(["data": ["a": 1]]).encodedText
        let events = try batch(
            #"[\#(good),"not an object",{"specversion":"0.9","id":"2"},\#(good)]"#)
        #expect(events.count == 4)
        #expect(try events[0].get().data == .json(["a": 1]))
        #expect(faults(events[1]) == ["bad-envelope", " wrong-type"])
        #expect(
            faults(events[2]) == [
                "bad-envelope", "attribute:specversion bad-specversion", "attribute:source required",
                "attribute:type required",
            ])
        #expect(try events[3].get() == events[0].get())
    }

    @Test
    func badJSONInOneEventLeavesItsNeighboursAlone() throws {
        let good = structuredEvent().encodedText
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        let events = try batch(
            #"[\#(good),{"id":"\u0000","data":{"x":1,"x":1}},\#(good),{"data":\#(deep)},1e999]"#)
        #expect(faults(events[0]).isEmpty && faults(events[2]).isEmpty)
        #expect(faults(events[1]) == ["bad-json", "/id nul-character", "/data/x duplicate-key"])
        #expect(faults(events[3]).first == "bad-json")
        #expect(faults(events[3]).last?.hasSuffix("too-deep") == true)
        #expect(faults(events[4]) == ["bad-json", " number-out-of-range"])
    }

    @Test
    func anEventMayBeAsDeepAsAlone() throws {
        let lists = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        let event = #"{"specversion":"1.0","id":"1","source":"/s","type":"t","data":\#(lists)}"#
        #expect(try faults(batch("[\(event)]")[0]).isEmpty)
        _ = try decodedEvent([("content-type", "application/cloudevents+json")], event)
    }

    @Test
    func moreFaultsThanAreListedStillRefuseTheirEvents() throws {
        let bad = #"{"x":"\u0000"}"#
        let body = "[" + Array(repeating: bad, count: 150).joined(separator: ",") + ",\(structuredEvent().encodedText)]"
        let events = try batch(body)
        #expect(faults(events[0]) == ["bad-json", "/x nul-character"])
        #expect(faults(events[149]) == ["bad-json", " further-faults"])
        #expect(faults(events[150]).isEmpty)
    }

    /// Measured as sent, without the white space around it.
    @Test
    func anElementThatIsTooLargeIsRefusedAlone() throws {
        let good = structuredEvent().encodedText
        let spaced = good.replacing(":", with: ": ")
        let body = "[\(good) , \(spaced),\t\(good)]"
        let decoded = HTTPBinding.decode(headers: Self.headers, body: Array(body.utf8), eventLimit: good.utf8.count)
        guard case .success(.batch(let events)) = decoded else {
            Issue.record("no batch")
            return
        }
        #expect(events.map(faults) == [[], ["body-too-large", " body-too-large"], []])
        // What is more than too large is too large first.
        let faulty = HTTPBinding.decode(headers: Self.headers, body: Array(#"[{"x":"\u0000"}]"#.utf8), eventLimit: 5)
        guard case .success(.batch(let others)) = faulty else {
            Issue.record("no batch")
            return
        }
        #expect(others.map(faults) == [["body-too-large", " body-too-large"]])
    }

    @Test
    func anEventInAnotherEncodingIsRefusedAlone() throws {
        let good = structuredEvent().encodedText
        let other = structuredEvent(["datacontenttype": "application/json; charset=gbk", "data": 1]).encodedText
        let events = try batch("[\(good),\(other)]")
        #expect(
            events.map(faults) == [[], ["unsupported-media-type", "attribute:datacontenttype unsupported-media-type"]])
    }

    @Test(arguments: [
        ("{}", ["bad-envelope", " wrong-type"]), ("null", ["bad-envelope", " wrong-type"]),
        ("[{]", ["bad-json", "/0 syntax"]), ("", ["bad-json", " syntax"]),
        (#"{"a":1,"a":1}"#, ["bad-json", "/a duplicate-key"]),
    ])
    func whatIsNoListIsNoBatch(_ body: String, _ refusal: [String]) {
        #expect(envelopeRefusal(Self.headers, body) == refusal)
    }
}
