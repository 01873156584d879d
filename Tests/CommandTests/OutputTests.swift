import CloudEvents
import Testing

@testable import liankong

/// Tables and times as people read them.
struct OutputTests {
    @Test(arguments: [("abc", 3), ("牵头单位", 8), ("e\u{301}", 1), ("（r）", 5), ("", 0)])
    func measuresEastAsianWidth(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test func alignsColumnsOfBothScripts() {
        var table = TextTable(["unit 单位", "n"])
        table.append(["公安局", "1"])
        table.append(["psb", "22"])
        #expect(table.lines == ["unit 单位  n", "─────────  ──", "公安局     1", "psb        22"])
    }

    @Test(
        arguments: [
            ("2020-10-26T17:30:00+08:00", "2020-10-26 17:30 周一 Mon"),
            ("2020-10-25T23:59:00Z", "2020-10-26 07:59 周一 Mon"),
            ("2020-10-27T00:00:00+08:00", "2020-10-26 24:00 周一 Mon"),
        ])
    func writesDeadlinesAsPeopleDo(time: String, text: String) throws {
        let instant = try #require(Timestamp(rfc3339: time))
        #expect(instant.deadlineText == text)
    }

    @Test(arguments: [("3d", 259_200), ("12h", 43_200), ("90m", 5400), ("1s", 1)] as [(String, Int64)])
    func readsDistances(text: String, seconds: Int64) {
        #expect(Distance(argument: text)?.seconds == seconds)
    }

    @Test(arguments: ["3", "d", "-1d", "3w", "1.5h"])
    func refusesOtherDistances(text: String) {
        #expect(Distance(argument: text) == nil)
    }

    @Test func tellsAnEmptyTable() {
        #expect(TextTable(["a"]).lines == ["a", "─", "none 无"])
    }

    @Test(arguments: [("PT0S", "0s"), ("PT45S", "45s"), ("PT12000S", "3h 20m"), ("PT180000S", "2d 2h")])
    func writesMeanTimesShort(duration: String, text: String) {
        #expect(BoardText.duration(duration) == text)
    }

    @Test func tellsAtWhichStepsDutiesStand() {
        #expect(BoardText.steps(["1": 4, "2": 0, "3": 2]) == "1:4 3:2")
        #expect(BoardText.steps(["1": 0]) == "—")
    }

    @Test func tellsAnEntryOfAHistoryInWordsAndOneOrder() {
        let entry: JSONValue = [
            "command": "draft", "note": .null,
            "detail": [
                "collapsed": [2, 3], "new": "x", "ladder": "B", "milestone": "sign", "step": 4,
                "to": ["convener/liaison-a", "jm-office"],
            ],
        ]
        #expect(
            HistoryText.remark(entry)
                == "step 第几步 4; time limit 时限节点 签收 sign; ladder 催办规则 B; together with steps 合并步骤 2, 3; "
                + "to 通知 convener 联络员A角 liaison-a, jm-office; new x")
    }

    @Test func indentsJSONSoThatAMemberHasALine() {
        let json: JSONValue = ["url": "u", "tokens": ["hrss": "lk_1"], "officers": ["hrss": [["id": "hrss-01"]]]]
        #expect(
            IndentedJSON.text(json) == """
                {
                  "url": "u",
                  "tokens": {
                    "hrss": "lk_1"
                  },
                  "officers": {
                    "hrss": [
                      {"id":"hrss-01"}
                    ]
                  }
                }

                """)
    }
}
