import ChineseIdentifiers
import Testing

@testable import Coordination

/// Look-ups in a directory, each by day.
struct DirectoryTests {
    private let directory: Directory

    init() throws {
        let text = """
            county:
              codes: [{code: "410322", validTo: 2021-03-17}, {code: "410308", validFrom: 2021-03-18}]
              names:
                - {zh: 孟津县, en: Mengjin County, validTo: 2021-03-17}
                - {zh: 孟津区, en: Mengjin District, validFrom: 2021-03-18}
            units:
              old: {kind: office, name: {zh: 旧局, short: 旧, en: Old}, validTo: 2021-05-31}
              middle:
                kind: office
                name: {zh: 中局, short: 中, en: Middle}
                successorOf: [old]
                validFrom: 2021-06-01
                validTo: 2021-06-30
              young: {kind: office, name: {zh: 新局, short: 新, en: Young}, successorOf: [middle], validFrom: 2021-07-01}
              gone: {kind: office, name: {zh: 撤局, short: 撤, en: Gone}, validTo: 2020-12-31}
              bureau:
                kind: bureau
                names:
                  - {zh: "{county}工商局", short: 工商局, en: "{county} Commerce", validTo: 2019-12-31}
                  - {zh: "{county}市监局", short: 市监局, en: "{county} Market", validFrom: 2020-01-01}
              station: {kind: sub-unit, parent: bureau, name: {zh: 所, short: 所, en: Station}}
              "town:410322101": {name: {zh: 会盟镇人民政府, short: 会盟镇, en: Huimeng}}
              "village:410322101202": {name: {zh: 下河村, short: 下河村, en: Xiahe}}
              "school:2141990001": {region: "410322101", name: {zh: 柳湾小学, short: 柳湾小学, en: Liuwan}}
            officers:
              bureau-1: {unit: bureau, name: 甲演示, duty: handler, scopes: [handle], validTo: 2020-12-31}
              bureau-2: {unit: bureau, name: 乙演示, duty: head, scopes: [handle, approve]}
            """
        directory = try Directory.load(files: [(name: "all.yaml", text: text)]).get()
    }

    private func day(_ text: String) -> CivilDate {
        CivilDate(text)!
    }

    @Test(arguments: [
        ("2021-05-31", "old"), ("2021-06-01", "middle"), ("2021-06-30", "middle"), ("2021-07-01", "young"),
        ("2030-01-01", "young"),
    ])
    func successorIsFoundHoweverManyStepsAway(text: String, unit: String) {
        #expect(directory.successor(of: "old", on: day(text)) == UnitID(unit))
    }

    @Test
    func whoNobodyFollowedHasNoSuccessor() {
        #expect(directory.successor(of: "gone", on: day("2021-01-01")) == nil)
        #expect(directory.successor(of: "never", on: day("2021-01-01")) == nil)
    }

    @Test(arguments: [
        ("2019-06-01", "孟津县工商局"), ("2020-06-01", "孟津县市监局"), ("2021-03-17", "孟津县市监局"),
        ("2021-03-18", "孟津区市监局"), ("2030-01-01", "孟津区市监局"),
    ])
    func namesChangeWithTheUnitAndWithTheCounty(text: String, name: String) {
        #expect(directory.name("bureau", on: day(text))?.zh == name)
    }

    @Test(
        arguments: [
            ("410322101", "town:410322101"), ("410308101", "town:410322101"), ("410322101202", "town:410322101"),
            ("410308101999", "town:410322101"), ("410322", nil), ("410322199", nil), ("410323101", nil), ("", nil),
            ("４１０３２２１０１", nil),
        ] as [(String, String?)])
    func townIsFoundUnderEitherCodeOfTheCounty(region: String, town: String?) {
        #expect(directory.town(region: region) == town.map { UnitID($0) })
    }

    @Test
    func placesAreFoundByTheirCodes() {
        #expect(directory.village(region: "410308101202") == "village:410322101202")
        #expect(directory.school("2141990001") == "school:2141990001")
        #expect(directory.town(of: "school:2141990001") == "town:410322101")
        #expect(directory.unit("village:410322101202")?.parent == "town:410322101")
        #expect(directory.children(of: "bureau").map(\.id) == ["station"])
    }

    @Test
    func officersLeave() {
        #expect(directory.officers(of: "bureau", on: day("2020-12-31")).map(\.id) == ["bureau-1", "bureau-2"])
        #expect(directory.officers(of: "bureau", on: day("2021-01-01")).map(\.id) == ["bureau-2"])
        #expect(directory.officer("bureau-1")?.name == "甲演示")
    }

    @Test
    func validityIncludesBothDays() {
        #expect(directory.unit("middle", on: day("2021-05-31")) == nil)
        #expect(directory.unit("middle", on: day("2021-06-01")) != nil)
        #expect(directory.unit("middle", on: day("2021-06-30")) != nil)
        #expect(directory.unit("middle", on: day("2021-07-01")) == nil)
        #expect(directory.hasUnit("middle", on: day("2021-06-15")))
        #expect(!directory.hasUnit("nobody", on: day("2021-06-15")))
    }
}
