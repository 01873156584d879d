import ChineseIdentifiers
import Testing

@testable import Coordination

/// Files with faults: all of them come back at once, each with its place.
struct DirectoryLoaderTests {
    private static let county = """
        county:
          codes: [{code: "410322", validTo: 2021-03-17}, {code: "410308", validFrom: 2021-03-18}]
          names: [{zh: 孟津县, en: Mengjin County}]
        """

    /// A directory of two units, with one entry written otherwise.
    private func faults(units: String, officers: String = "", county: String = county) -> [ConfigurationFault] {
        var files = [(name: "county.yaml", text: county), (name: "units.yaml", text: units)]
        if !officers.isEmpty { files.append((name: "officers.yaml", text: officers)) }
        guard case .failure(let faults) = Directory.load(files: files) else { return [] }
        return faults.faults
    }

    @Test(
        arguments: [
            ("  Psb: {kind: bureau, name: {zh: 公安局, short: 公安, en: Police}}", "bad-unit-id"),
            ("  psb: {kind: burau, name: {zh: 公安局, short: 公安, en: Police}}", "not-a-choice"),
            ("  psb: {kind: bureau}", "missing-key"),
            ("  psb: {kind: bureau, name: {zh: 公安局, en: Police}}", "missing-key"),
            ("  psb: {kind: bureau, colour: blue, name: {zh: 公安局, short: 公安, en: Police}}", "unknown-key"),
            ("  psb: {kind: bureau, parent: police, name: {zh: 公安局, short: 公安, en: Police}}", "unknown-unit"),
            ("  psb: {kind: bureau, successorOf: [police], name: {zh: 公安局, short: 公安, en: Police}}", "unknown-unit"),
            ("  psb: {kind: bureau, successorOf: [psb], name: {zh: 公安局, short: 公安, en: Police}}", "succession-cycle"),
            ("  psb: {kind: sub-unit, name: {zh: 公安局, short: 公安, en: Police}}", "missing-key"),
            ("  psb: {kind: bureau, region: \"4103\", name: {zh: 公安局, short: 公安, en: Police}}", "bad-region"),
            (
                "  psb: {kind: bureau, uscc: 114103220054567890, name: {zh: 公安局, short: 公安, en: Police}}",
                "uscc-checksum"
            ),
            ("  psb: {kind: bureau, validFrom: 22.10.2020, name: {zh: 公安局, short: 公安, en: Police}}", "bad-date"),
            (
                "  psb: {kind: bureau, validFrom: 2021-01-01, validTo: 2020-01-01, name: {zh: 公安, short: 公安, en: P}}",
                "validity-reversed"
            ),
            ("  \"town:4103221\": {name: {zh: 会盟镇, short: 会盟镇, en: Huimeng}}", "bad-unit-id"),
            ("  \"town:410999101\": {name: {zh: 会盟镇, short: 会盟镇, en: Huimeng}}", "bad-region"),
            ("  \"town:410322101\": {kind: bureau, name: {zh: 会盟镇, short: 会盟镇, en: Huimeng}}", "kind-differs"),
            ("  \"village:410322101202\": {name: {zh: 下河村, short: 下河村, en: Xiahe}}", "unknown-unit"),
            ("  \"school:2141990001\": {name: {zh: 柳湾小学, short: 柳湾小学, en: Liuwan}}", "missing-key"),
            ("  \"school:2141990001\": {region: \"410322\", name: {zh: 小学, short: 小学, en: L}}", "bad-region"),
            ("  psb: {kind: bureau, names: {zh: 公安局}}", "not-a-list"),
            ("  psb: [bureau]", "not-a-mapping"),
            (
                "  psb: {kind: bureau, name: {zh: 公安局, short: 公安, en: P}, contacts: [{role: liaison-c, name: 甲}]}",
                "not-a-choice"
            ),
            (
                "  psb: {kind: bureau, name: {zh: 公安局, short: 公安, en: P}, contacts: [{role: leader}]}",
                "missing-key"
            ),
            (
                "  psb: {kind: bureau, name: {zh: 公安局, short: 公安, en: P}, contacts: [{role: leader, officer: x-1}]}",
                "unknown-officer"
            ),
            (
                "  psb: {kind: bureau, name: {zh: 公安, short: 公安, en: P}, contacts: [{role: leader, name: 甲, mobile: 123}]}",
                "bad-phone"
            ),
            (
                "  psb: {kind: bureau, name: {zh: 公安, short: 公安, en: P}, contacts: [{role: leader, name: 甲, channels: [fax]}]}",
                "unknown-channel"
            ),
        ] as [(String, String)])
    func faultOfAUnitIsNamedWithItsLine(entry: String, code: String) {
        let units = "units:\n  jm-office: {kind: secretariat, name: {zh: 联席办, short: 联席办, en: Office}}\n" + entry + "\n"
        let found = faults(units: units)
        // An entry without its shape lacks its keys too.
        #expect(found.first?.code == code)
        #expect(found.allSatisfy { $0.file == "units.yaml" && $0.line == 3 })
        #expect(found.allSatisfy { !$0.message.isEmpty && $0.messageZh.unicodeScalars.contains { $0.value > 0x2E80 } })
    }

    @Test(
        arguments: [
            ("  psb-1: {unit: psb, name: 赵演示, duty: clerk, scopes: [handle]}", "not-a-choice"),
            ("  psb-1: {unit: police, name: 赵演示, duty: handler, scopes: [handle]}", "unknown-unit"),
            ("  psb-1: {unit: psb, name: 赵演示, duty: handler, scopes: [handle, fly]}", "unknown-scope"),
            ("  psb-1: {unit: psb, duty: handler, scopes: [handle]}", "missing-key"),
            ("  PSB_1: {unit: psb, name: 赵演示, duty: handler}", "bad-officer-id"),
            ("  410322201003150015: {unit: psb, name: 赵演示, duty: handler}", "bad-officer-id"),
            ("  41032220080808003x: {unit: psb, name: 赵演示, duty: handler}", "bad-officer-id"),
        ] as [(String, String)])
    func faultOfAnOfficerIsNamedWithItsLine(entry: String, code: String) {
        let units = "units:\n  psb: {kind: bureau, name: {zh: 公安局, short: 公安, en: Police}}\n"
        let found = faults(units: units, officers: "officers:\n" + entry + "\n")
        #expect(found.map(\.code) == [code])
        #expect(found.first.map { "\($0.file):\($0.line)" } == "officers.yaml:2")
    }

    @Test(
        arguments: [
            ("county: {codes: [{code: \"41032\"}], names: [{zh: 孟津县, en: Mengjin}]}", "bad-region"),
            ("county: {names: [{zh: 孟津县, en: Mengjin}]}", "missing-key"),
            ("county: {codes: [{code: \"410322\"}, {code: \"410308\"}], names: [{zh: 甲, en: M}]}", "periods-overlap"),
            (
                "county: {codes: [{code: \"410322\", validTo: 2021-03-18}, {code: \"410308\", validFrom: 2021-03-18}], "
                    + "names: [{zh: 甲, en: M}]}", "periods-overlap"
            ),
        ] as [(String, String)])
    func countyFollowsItselfWithoutOverlap(county: String, code: String) {
        let found = faults(units: "units: {}", county: county)
        #expect(found.contains { $0.code == code && $0.file == "county.yaml" && $0.line == 1 })
    }

    @Test
    func allFaultsOfAllFilesComeAtOnceInOrder() {
        let units = """
            units:
              psb:
                kind: buro
                name: {zh: 公安局, short: 公安, en: Police}
              hrss: {kind: bureau, nam: {zh: 人社局, short: 人社局, en: HR}}
            jointMeeting: [moon]
            clauses:
              III.1.3: {leader: [psb], lead: [sun]}
            """
        let officers = "officers:\n  a-1: {unit: venus, name: 甲, duty: head}\n  a-1: {unit: psb, name: 乙, duty: head}\n"
        let found = faults(units: units, officers: officers)
        // A key that stands twice makes the whole file unreadable as YAML.
        #expect(
            found.map { "\($0.file):\($0.line):\($0.code)" } == [
                "officers.yaml:2:duplicate-key", "units.yaml:3:not-a-choice", "units.yaml:5:unknown-key",
                "units.yaml:5:missing-key", "units.yaml:6:unknown-unit", "units.yaml:8:unknown-key",
                "units.yaml:8:unknown-unit",
            ])
    }

    @Test(arguments: ["", "county: [", "- a\n- b", "units:\n\tpsb: x"])
    func whatIsNoDirectoryIsAFaultAndNoCrash(text: String) {
        guard case .failure(let faults) = Directory.load(files: [(name: "x.yaml", text: text)]) else {
            Issue.record("loaded")
            return
        }
        #expect(!faults.faults.isEmpty)
        #expect(faults.faults.allSatisfy { $0.file == "x.yaml" })
    }

    @Test
    func noFilesAtAllLackACounty() {
        guard case .failure(let faults) = Directory.load(files: []) else {
            Issue.record("loaded")
            return
        }
        #expect(faults.faults.map(\.code) == ["missing-key"])
    }

    @Test
    func faultPrintsPlaceCodeAndBothLanguages() {
        let fault = faults(units: "units:\n  psb: {kind: bureau}\n")[0]
        #expect(fault.description.hasPrefix("units.yaml:2: missing-key: 'name' is missing"))
        #expect(fault.description.contains("缺少“name”"))
    }
}
