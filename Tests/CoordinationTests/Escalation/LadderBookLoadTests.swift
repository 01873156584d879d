import Coordination
import Testing

struct LadderBookLoadTests {
    private func faults(_ text: String, directory: Directory? = nil) -> [String] {
        switch LadderBook.load(files: [("ladders.yaml", text)], directory: directory) {
        case .success: []
        case .failure(let faults):
            faults.faults.map { fault in
                fault.message.isEmpty || fault.messageZh.isEmpty ? "no text" : "\(fault.line) \(fault.code)"
            }
        }
    }

    /// One ladder whose first step stands on line 6.
    private func ladder(_ steps: String...) -> String {
        "ladders:\n  A:\n    zh: 甲\n    en: a\n    steps:\n"
            + steps.map { "      - {\($0)}\n" }.joined()
    }

    private func step(
        _ number: String = "1", kind: String = "reminder", when: String = "due", to: String = "[liaison-a]",
    ) -> String {
        "step: \(number), kind: \(kind), when: \(when), to: \(to), zh: 催, en: remind"
    }

    @Test func aGoodFileLoads() throws {
        let text = ladder(
            step("-1", when: "80%"), step(), step("2", when: "+1h", to: "[psb/leader, jm-office, leader]"),
            step("3", kind: "draft", when: "monthly 8"), step("5", kind: "proposal", when: "+10wd"),
        )
        let ladder = try #require(LadderBook.load(files: [("ladders.yaml", text)]).get()["A"])
        #expect(ladder.zh == "甲" && ladder.en == "a")
        #expect(ladder.steps.map(\.number) == [-1, 1, 2, 3, 5])
        #expect(ladder.steps.map(\.kind) == [.reminder, .reminder, .reminder, .draft, .proposal])
        #expect(
            ladder.steps.map(\.moment)
                == [.share(80), .due, .after(Period(1, .hour)), .monthly(8), .after(Period(10, .workingDay))])
        #expect(ladder.step(2)?.to == [.unit("psb", .leader), .unit("jm-office", nil), .contact(.leader)])
        #expect(ladder.step(4) == nil)
    }

    @Test(arguments: [
        "0%", "100%", "8 0%", "%", "+80%", "-1", "+3", "+0wd", "later", "monthly", "monthly 0", "monthly 32",
        "monthly -8",
        "due 1",
    ])
    func aMomentIsReadStrictly(_ when: String) {
        #expect(faults(ladder(step("2", when: "'\(when)'"))) == ["6 bad-moment"])
    }

    @Test(arguments: ["0", "-2", "6", "one", "1.5", "99999"])
    func aStepNumberIsReadStrictly(_ number: String) {
        #expect(faults(ladder(step(number))) == ["6 bad-step"])
    }

    @Test(arguments: [
        ("-1", "due"), ("-1", "+1wd"), ("1", "80%"), ("1", "-3wd"), ("1", "+1wd"), ("1", "monthly 8"), ("2", "due"),
        ("2", "80%"), ("3", "-1wd"),
    ])
    func aMomentBelongsToItsStep(_ number: String, _ when: String) {
        #expect(faults(ladder(step(number, when: when))) == ["6 moment-of-step"])
    }

    @Test(arguments: [
        ("boss/", "bad-addressee"), ("/leader", "bad-addressee"), ("psb/head", "bad-addressee"),
        ("psb/leader/x", "bad-addressee"),
    ])
    func anAddresseeIsReadStrictly(_ to: String, _ code: String) {
        #expect(faults(ladder(step(to: "[\(to)]"))) == ["6 \(code)"])
    }

    @Test func aStepIsAddressedToSomebody() {
        #expect(faults(ladder(step(to: "[]"))) == ["6 empty-target"])
        #expect(faults(ladder(step(to: "liaison-a"))) == ["6 not-a-list"])
        #expect(faults(ladder("step: 1, kind: reminder, when: due, zh: 催, en: remind")) == ["6 missing-key"])
    }

    @Test func stepsAscend() {
        #expect(faults(ladder(step("1"), step("-1", when: "80%"))) == ["7 step-order"])
        #expect(faults(ladder(step("1"), step("1"))) == ["7 step-order"])
        #expect(faults(ladder(step("2", when: "+3wd"), step("3", when: "+3wd"))) == ["7 step-order"])
        #expect(faults(ladder(step("2", when: "+3wd"), step("3", when: "+4wd"))) == [])
    }

    @Test func unitsAreLookedUpInTheDirectory() {
        let text = ladder(step("2", when: "+1wd", to: "[psb, psb/leader, fire-brigade, jm-office/duty-officer]"))
        #expect(faults(text) == [])
        #expect(faults(text, directory: DirectoryFixture.small) == ["6 unknown-unit"])
    }

    @Test(arguments: [
        ("ladders: {}\n", ["0 missing-key"]), ("", ["0 empty-file"]), ("ladders: [A]\n", ["1 not-a-mapping"]),
        ("steps: []\n", ["1 unknown-key"]), ("ladders:\n  A: {zh: 甲, en: a}\n", ["2 missing-key"]),
        ("ladders:\n  A: {zh: 甲, en: a, steps: []}\n", ["2 no-steps"]),
        ("ladders:\n  A: {en: a, steps: [{step: 1}]}\n", Array(repeating: "2 missing-key", count: 6)),
    ])
    func theShapeIsChecked(_ text: String, _ expected: [String]) {
        #expect(faults(text) == expected)
    }

    @Test func allFaultsComeAtOnce() {
        let text = ladder(step("9"), step(kind: "shout"), step("2", when: "soon", to: "[x/y]"))
        #expect(faults(text) == ["6 bad-step", "7 not-a-choice", "8 bad-moment", "8 bad-addressee"])
    }
}
