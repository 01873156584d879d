import HTTPTypes
import Testing

@testable import HubAPI

/// The small texts of HTTP: durations, dates, trace contexts, encoded segments.
struct ServingTextTests {
    @Test(
        arguments: [
            ("PT30S", 30), ("PT1M30S", 90), ("PT2H", 7_200), ("P1D", 86_400), ("P1W", 604_800), ("P1DT1S", 86_401),
            ("PT0S", 0),
        ] as [(String, Int64)])
    func durationsOfFixedLengthAreRead(_ text: String, _ seconds: Int64) {
        #expect(ISODuration.seconds(text) == seconds)
    }

    @Test(arguments: ["", "30", "30S", "P", "PT", "P1M", "P1Y", "PTS", "PT1", "PT1.5S", "PT-1S", "PT9999999999S"])
    func otherDurationsAreNot(_ text: String) {
        #expect(ISODuration.seconds(text) == nil)
    }

    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_603_328_523, "Thu, 22 Oct 2020 01:02:03 GMT"),
            (1_582_934_400, "Sat, 29 Feb 2020 00:00:00 GMT"),
        ] as [(Int64, String)])
    func theDateIsWrittenAsHTTPHasIt(_ second: Int64, _ text: String) {
        #expect(DateHeader.written(second) == text)
    }

    @Test
    func aValidTraceContextIsPassedOn() throws {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let trace = try #require(TraceContext([("traceparent", parent), ("tracestate", "a=1")]))
        #expect(trace.parent == parent)
        #expect(trace.state == "a=1")
    }

    @Test(
        arguments: [
            "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        ])
    func anInvalidTraceContextIsIgnored(_ parent: String) {
        #expect(TraceContext([("traceparent", parent)]) == nil)
    }

    @Test(
        arguments: [
            ("town:410322101", "town:410322101"), ("town%3A410322101", "town:410322101"), ("a%2Fb", "a/b"),
            ("%E4%BC%9A", "会"), ("100%", "100%"), ("%zz", "%zz"), ("%ff", "%ff"),
        ])
    func segmentsAreDecodedOrLeft(_ text: String, _ decoded: String) {
        #expect(PercentEncoding.decoded(text) == decoded)
    }

    @Test
    func everyCodeIsListedOnceWithBothTexts() {
        let kinds = ProblemCatalogue.all
        #expect(Set(kinds.map(\.code)).count == kinds.count)
        for kind in kinds {
            #expect((400...599).contains(kind.status))
            #expect(!kind.title.isEmpty && !kind.titleZh.isEmpty && !kind.advice.isEmpty && !kind.adviceZh.isEmpty)
        }
    }
}
