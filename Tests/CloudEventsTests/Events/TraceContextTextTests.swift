import CloudEvents
import Testing

struct TraceContextTextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test
    func aTraceParentIsTaken() {
        #expect(TraceContextText.isParent(Self.parent))
        #expect(TraceContextText.isParent("cc" + Self.parent.dropFirst(2)))
    }

    @Test(arguments: [
        "", "x", "00-ab", parent.uppercased(), parent + "-1", "ff" + parent.dropFirst(2),
        parent.replacing("a", with: "g"),
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "周子木", " " + parent,
    ])
    func otherTextIsNone(_ text: String) {
        #expect(!TraceContextText.isParent(text))
    }

    @Test(arguments: ["a=1", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "tenant@system=1, b=x y", "a=1,,b=2"])
    func aTraceStateIsTaken(_ text: String) {
        #expect(TraceContextText.isState(text))
    }

    @Test(arguments: [
        "", ",", "a", "=1", "a=", "A=1", "a=1=2", "a=周子木", "a=\u{7F}",
        (0...32).map { "k\($0)=1" }.joined(separator: ","), "a=" + String(repeating: "x", count: 511),
    ])
    func otherTextIsNoState(_ text: String) {
        #expect(!TraceContextText.isState(text))
    }
}
