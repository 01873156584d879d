import ChineseIdentifiers
import CloudEvents
import Foundation
import Testing

@testable import Coordination

/// The contracts as they are shipped, a small county, and ways to bend a sample.
enum ContractFixture {
    static let files: [(name: String, text: String)] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../schema/events").standardizedFileURL
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
            (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)).map { (name, $0) }
        }
    }()

    static let catalogue: ContractCatalogue = {
        switch ContractCatalogue.load(files: files) {
        case .success(let catalogue): catalogue
        case .failure(let faults): fatalError("the shipped contracts do not load:\n\(faults)")
        }
    }()

    static let directory: Directory = {
        switch Directory.load(files: [("county.yaml", county)]) {
        case .success(let directory): directory
        case .failure(let faults): fatalError("the directory of the tests does not load:\n\(faults)")
        }
    }()

    static func contract(_ type: EventType) -> EventContract {
        guard let contract = catalogue.contract(type) else { fatalError("no contract \(type.rawValue)") }
        return contract
    }

    /// Both codes of the county are in force, one after the other.
    private static let county = """
        county:
          codes:
            - {code: "410322", validTo: 2021-03-17}
            - {code: "410308", validFrom: 2021-03-18}
          names: [{zh: 孟津县, en: Mengjin County}]
        units:
          hub: {kind: system, name: {zh: 系统, short: 系统, en: hub}}
          hrss: {kind: bureau, name: {zh: 人社局, short: 人社局, en: HRSS}}
          psb: {kind: bureau, name: {zh: 公安局, short: 公安局, en: Police}}
          market-reg: {kind: bureau, name: {zh: 市场监管局, short: 市场监管局, en: Market}}
          "town:410322100": {name: {zh: 城关镇, short: 城关镇, en: Chengguan}}
          "town:410322101": {name: {zh: 会盟镇, short: 会盟镇, en: Huimeng}}
          "town:410322102": {name: {zh: 平乐镇, short: 平乐镇, en: Pingle}}
          "town:410322104": {name: {zh: 白鹤镇, short: 白鹤镇, en: Baihe}}
          "town:410322105": {name: {zh: 朝阳镇, short: 朝阳镇, en: Chaoyang}}
          "town:410322107": {name: {zh: 麻屯镇, short: 麻屯镇, en: Matun}}
          "town:410322108": {name: {zh: 横水镇, short: 横水镇, en: Hengshui}}
          "school:2141990004": {region: "410322104", name: {zh: 上河小学, short: 上河小学, en: Shanghe}}
          "school:2141990005": {region: "410322105", name: {zh: 东岭小学, short: 东岭小学, en: Dongling}}
          "school:3141990001": {region: "410322100", name: {zh: 晨光初中, short: 晨光初中, en: Chenguang}}
          "school:3141990002": {region: "410322101", name: {zh: 双河初中, short: 双河初中, en: Shuanghe}}
          "school:3141990003": {region: "410322102", name: {zh: 新月初中, short: 新月初中, en: Xinyue}}
          "school:3141990004": {region: "410322107", name: {zh: 清溪初中, short: 清溪初中, en: Qingxi}}
        """
}

/// A county's contracts, written in a test, in place of the shipped ones.
struct ContractText {
    static let lists = """
        lists:
          colour: {zh: 颜色, en: colour, codes: {red: [红, red], old-blue: {zh: 蓝, en: blue, validTo: 2020-06-30}}}
        """

    static func load(_ texts: String...) -> Result<ContractCatalogue, ConfigurationFaults> {
        ContractCatalogue.load(files: texts.enumerated().map { ("file\($0.offset).yaml", $0.element) })
    }

    /// A catalogue of one type `test.thing.happened` with these fields, all
    /// optional unless named in `required`.
    static func contract(
        fields: String, optional: [String], required: String = "[]", more: String = "",
    ) throws -> EventContract {
        let family = """
            family: test
            zh: 测试
            en: test
            types:
              test.thing.happened:
                zh: 测试
                en: test
                publishers: [any-unit]
                required: \(required)
                optional: [\(optional.joined(separator: ", "))]
            \(more.isEmpty ? "" : "    \(more)\n")\
                sample: {specversion: "1.0", id: t-1, source: /410322/units/hrss, type: test.thing.happened, time: x}
            """
        let catalogue = try load(lists, "fields:\n" + fields, family).get()
        return try #require(catalogue.contract("test.thing.happened"))
    }
}

extension EventContract {
    /// The data of the sample.
    var sampleData: JSONObject { sample["data"]?.objectValue ?? JSONObject() }

    /// The instant of the sample.
    var sampleTime: Timestamp {
        guard let time = sample["time"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }) else {
            fatalError("no time in the sample of \(type.rawValue)")
        }
        return time
    }

    /// Judges data with what hardly any test varies.
    func admit(
        _ data: JSONValue?, at time: Timestamp? = nil, lenient: Bool = false,
        dayKind: (CivilDate) -> DayKind = { _ in .workingDay },
    ) -> ContractResult {
        admit(
            data: data, time: time ?? ContractText.noon, lenient: lenient, directory: ContractFixture.directory,
            dayKind: dayKind,
        )
    }

    /// Judges the sample after a change.
    func admitSample(lenient: Bool = false, _ change: (inout JSONObject) -> Void = { _ in }) -> ContractResult {
        var data = sampleData
        change(&data)
        return admit(.object(data), at: sampleTime, lenient: lenient)
    }
}

extension ContractText {
    /// The day of the plan.
    static let noon = Timestamp(startOf: CivilDate(year: 2020, month: 10, day: 22)!).advanced(bySeconds: 43_200)
}

extension [InputFault] {
    /// Path and code of each, which is what programs rely on.
    var places: [String] { map { "\($0.path) \($0.code)" } }
}

extension EventType: CustomTestStringConvertible {
    package var testDescription: String { rawValue }
}
