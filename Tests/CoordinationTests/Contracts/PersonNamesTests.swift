import Coordination
import Testing

struct PersonNamesTests {
    @Test(
        arguments: [
            ("周子木家对面", .certain), ("周周子木", .certain), ("周子周子木", .certain), ("牛样加工厂", .doubtful),
            ("牛样与周子木", .certain), ("艾力·热合曼", .certain), ("艾力·热合", nil), ("周子", nil), ("牛 样", nil), ("", nil),
            ("木周子", nil), ("周", nil), ("大周子木小", .certain), ("大周小", .certain), ("大周子小", nil),
        ] as [(String, PersonNames.Finding?)])
    func namesAreFoundWhereverTheyStand(_ text: String, _ finding: PersonNames.Finding?) {
        let names = PersonNames(["周子木", " 牛样 ", "艾力·热合曼", "艾力•热合曼", "周", "大周小", "大周子木"])
        #expect(names.search(text) == finding)
    }

    /// A shorter name within a longer one that is not there to its end.
    @Test
    func shorterNameIsFoundWithinALongerOne() {
        let names = PersonNames(["欧阳小样子", "阳小样", "小样"])
        #expect(names.search("欧阳小样") == .certain)
        #expect(names.search("欧小样") == .doubtful)
        #expect(PersonNames([]).search("欧阳") == nil)
    }

    /// Whoever may send an event may not keep the hub busy with it.
    @Test
    func manyLikeNamesCostNoMoreThanFew() {
        let names = PersonNames((0..<500).map { "\(String(repeating: "鸣", count: 40))\($0)" })
        let text = String(repeating: "鸣", count: 20_000)
        #expect(ContinuousClock().measure { _ = names.search(text) } < .seconds(2))
        #expect(names.search(text + "7") == .certain)
    }
}
