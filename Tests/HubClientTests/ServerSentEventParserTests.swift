import Testing

@testable import HubClient

struct ServerSentEventParserTests {
    private func events(_ text: String, in pieces: Int = 1) -> [ServerSentEventParser.Event] {
        var parser = ServerSentEventParser()
        let bytes = Array(text.utf8)
        let size = max(1, bytes.count / pieces)
        return stride(from: 0, to: bytes.count, by: size).flatMap { start in
            parser.append(bytes[start..<min(start + size, bytes.count)])
        }
    }

    private static let two = "event: delivery\nid: 7\ndata: {\"a\":1}\n\nevent: duty\nid: 9\ndata: {\"b\":\"中文\"}\n\n"

    @Test(arguments: [1, 2, 7, 1000])
    func readsWholeEventsHoweverTheyAreCut(pieces: Int) {
        let found = events(Self.two, in: pieces)
        #expect(
            found == [
                .init(type: "delivery", data: "{\"a\":1}", id: "7"),
                .init(type: "duty", data: "{\"b\":\"中文\"}", id: "9"),
            ])
    }

    @Test(arguments: ["\r", "\r\n"])
    func takesEveryLineEnd(end: String) {
        #expect(events(Self.two.replacing("\n", with: end)).map(\.id) == ["7", "9"])
    }

    @Test func skipsComments() {
        #expect(events(": ok\n\n: \n\ndata: x\n\n").map(\.data) == ["x"])
    }

    @Test func dropsAnEventThatIsCutOff() {
        #expect(events("data: whole\n\ndata: half").map(\.data) == ["whole"])
    }

    @Test func joinsLinesOfData() {
        #expect(events("data: a\ndata:b\n\n").map(\.data) == ["a\nb"])
    }

    @Test func keepsTheIDForLaterEventsWithoutOne() {
        #expect(events("id: 3\ndata: a\n\ndata: b\n\n").map(\.id) == ["3", "3"])
    }
}
