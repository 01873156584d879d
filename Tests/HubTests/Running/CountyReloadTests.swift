import ChineseIdentifiers
import Coordination
import Foundation
import Hub
import Store
import TestSupport
import Testing

/// Loading a county again: what happens to its officers, and to the name of its
/// policy.
struct CountyReloadTests {
    private static let admin = TestHub.Speaker.officer("county-gov-office-02")

    private static func officer(_ id: OfficerID, _ hub: TestHub) async throws -> OfficerRecord? {
        try await hub.inspection.officers(county: try hub.county(.mengjin).id).first { $0.id == id }
    }

    private static func put(_ officers: [OfficerRecord], _ hub: TestHub) async throws {
        try await hub.inspection.putOfficers(officers, county: try hub.county(.mengjin).id)
    }

    private static func yesterday(_ hub: TestHub) async throws -> String {
        try await hub.inspection.databaseNow().beijingDate.adding(days: -1).description
    }

    /// The line of an officer in the files.
    private static func line(_ id: String, in county: EditedCounty) throws -> String {
        let text = try String(contentsOf: county.folder.appendingPathComponent("officers.yaml"), encoding: .utf8)
        return String(try #require(text.split(separator: "\n").first { $0.hasPrefix("  \(id): ") })) + "\n"
    }

    // MARK: - Officers

    @Test func whoLeftByTheAPIDoesNotComeBackWithTheFiles() async throws {
        try await TestHub.with { hub in
            var leaver = try #require(try await Self.officer("hrss-01", hub))
            leaver.validTo = "2021-01-01"
            try await Self.put([leaver], hub)
            try await EditedCounty.with { county in
                try await county.load(into: hub)
                #expect(try await Self.officer("hrss-01", hub) == leaver)
                let other = try Self.line("hrss-02", in: county)
                let named = other.replacing("name: ", with: "name: 新")
                try county.replace(other, with: named, in: "officers.yaml")
                try await county.load(into: hub)
                #expect(try await Self.officer("hrss-01", hub) == leaver)
                #expect(try await Self.officer("hrss-02", hub)?.name.hasPrefix("新") == true)
                // What the files say anew of this officer counts.
                let own = try Self.line("hrss-01", in: county)
                try county.replace(own, with: own.replacing("name: ", with: "name: 新"), in: "officers.yaml")
                try await county.load(into: hub)
                #expect(try await Self.officer("hrss-01", hub)?.validTo == nil)
            }
        }
    }

    @Test func whoLeavesTheFilesLeavesOffice() async throws {
        try await TestHub.with { hub in
            let yesterday = try await Self.yesterday(hub)
            // These two were changed over the API since, one of them has left long ago.
            var changed = try #require(try await Self.officer("finance-01", hub))
            changed.scopes = ["handle", "audit"]
            var gone = try #require(try await Self.officer("finance-02", hub))
            gone.validTo = "2021-01-01"
            try await Self.put([changed, gone], hub)
            try await EditedCounty.with { county in
                // No contact names them any more.
                let removed = ["finance-01", "finance-02", "finance-03"]
                for id in removed {
                    try county.replace(try Self.line(id, in: county), with: "", in: "officers.yaml")
                    try county.replace("officer: \(id)", with: "name: 某演示", in: "units.yaml")
                }
                try await county.load(into: hub)
                #expect(try await Self.officer("finance-01", hub) == changed)
                #expect(try await Self.officer("finance-02", hub) == gone)
                #expect(try await Self.officer("finance-03", hub)?.validTo == yesterday)
                #expect(try await Self.officer("hrss-01", hub)?.validTo == nil)
            }
            // Who stands in the files again is in office again.
            try await EditedCounty.with { try await $0.load(into: hub) }
            #expect(try await Self.officer("finance-03", hub)?.validTo == nil)
        }
    }

    @Test func anIDOfAnotherUnitEndsTheLoadAndChangesNothing() async throws {
        try await TestHub.with { hub in
            let before = try await hub.inspection.officers(county: try hub.county(.mengjin).id)
            try await EditedCounty.with { county in
                let line = try Self.line("hrss-02", in: county)
                try county.replace(
                    line,
                    with: line + "  hrss-new: {unit: hrss, name: 新, duty: handler, scopes: [handle]}\n"
                        + "  taken-01: {unit: hrss, name: 新, duty: handler, scopes: [handle]}\n", in: "officers.yaml")
                let other = OfficerRecord(id: "taken-01", unit: "psb", name: "他", duty: "handler", scopes: [])
                try await Self.put([other], hub)
                let faults = await #expect(throws: ConfigurationFaults.self) { try await county.load(into: hub) }
                #expect(faults?.faults.map(\.code) == ["id-taken"])
                #expect(try await Self.officer("taken-01", hub) == other)
                #expect(try await Self.officer("hrss-new", hub) == nil)
            }
            let after = try await hub.inspection.officers(county: try hub.county(.mengjin).id)
            #expect(after.filter { $0.id != "taken-01" } == before)
        }
    }

    // MARK: - Policy

    @Test(arguments: [
        "policy/policy.yaml", "policy/labour.yaml", "policy/projection.yaml", "ladders.yaml", "calendar.yaml",
    ])
    func otherRulesNeedAnotherVersion(file: String) async throws {
        try await TestHub.with { hub in
            try await EditedCounty.with { county in
                try county.append("# 新\n", to: file)
                let faults = try #require(
                    await #expect(throws: ConfigurationFaults.self) { try await county.load(into: hub) }
                ).faults
                #expect(faults.map(\.code) == ["same-version"])
                #expect(faults.first?.file == "policy/policy.yaml" && (faults.first?.line ?? 0) > 0)
                #expect(faults.first?.message.contains(file) == true && faults.first?.messageZh.contains(file) == true)
                try county.replace("version: 2020-10-22.1", with: "version: 2020-10-22.2", in: "policy/policy.yaml")
                try await county.load(into: hub)
            }
            // What a version was loaded with first may come back.
            try await EditedCounty.with { try await $0.load(into: hub) }
            #expect(try await hub.database.number("SELECT count(*) FROM hub.county_bundle WHERE county = 1") == 3)
        }
    }

    @Test func unitsChangeUnderTheSameVersion() async throws {
        try await TestHub.with { hub in
            try await EditedCounty.with { county in
                try county.append("# 新\n", to: "units.yaml")
                try await county.load(into: hub)
            }
            #expect(try await hub.database.number("SELECT count(*) FROM hub.county_bundle WHERE county = 1") == 2)
        }
    }

    // MARK: - Keys

    @Test(arguments: ["", "Mengjin", "-mengjin", "孟津", "a b", "a/b", String(repeating: "a", count: 64)])
    func aKeyIsAPlainName(_ key: String) async throws {
        try await TestHub.with { hub in
            try await EditedCounty.with { county in
                let faults = await #expect(throws: ConfigurationFaults.self) {
                    try await county.load(as: key, sandbox: true, into: hub)
                }
                #expect(faults?.faults.map(\.code) == ["bad-key"])
            }
        }
    }
}
