import CloudEvents
import Testing

struct JSONObjectTests {
    @Test(arguments: [3, 8, 9, 30])
    func membersAreFoundReplacedAndRemoved(_ count: Int) {
        var object = JSONObject()
        for number in 0..<count { object["k\(number)"] = .integer(Int64(number)) }
        object["k1"] = "replaced"
        object["k0"] = nil
        object["none"] = nil
        object["last"] = true
        #expect(object.count == count)
        #expect(object["k0"] == nil)
        #expect(object["k1"] == "replaced")
        #expect(object["k\(count - 1)"] == .integer(Int64(count - 1)))
        #expect(object.keys == (1..<count).map { "k\($0)" } + ["last"])
    }

    @Test
    func equalityDoesNotLookAtTheOrder() {
        let one: JSONValue = ["a": 1, "b": [1, 2]]
        #expect(one == ["b": [1, 2], "a": 1])
        #expect(one.hashValue == (["b": [1, 2], "a": 1] as JSONValue).hashValue)
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "b": [2, 1]])
        #expect(JSONValue.integer(1) != .number(1))
    }

    @Test
    func textIsComparedByItsBytes() {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        #expect(JSONValue.string(composed) != .string(decomposed))
        for filler in [0, 20] {
            var object = JSONObject()
            for number in 0..<filler { object["k\(number)"] = .null }
            object[composed] = 1
            object[decomposed] = 2
            #expect(object[composed] == 1)
            #expect(object[decomposed] == 2)
        }
    }
}
