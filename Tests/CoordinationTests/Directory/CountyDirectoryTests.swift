import ChineseIdentifiers
import CloudEvents
import Testing

@testable import Coordination

/// The directory as it is shipped: the units of the plan, and people to reach.
struct CountyDirectoryTests {
    private let planDay = CivilDate(year: 2020, month: 10, day: 22)!

    private func directory() throws -> Directory {
        try Directory.load(files: ShippedFiles.directory).get()
    }

    @Test
    func everyUnitOfThePlanIsThere() throws {
        let directory = try directory()
        let ids = [
            "county-gov", "county-gov-office", "convener", "jm-office", "edu-sports", "edu-supervision", "psb",
            "civil-affairs", "justice", "hrss", "culture-tourism", "market-reg", "women-fed", "youth-league",
            "disabled-fed", "poverty-relief", "finance", "political-legal", "dev-reform", "housing-construction", "hub",
            "hrss-inspection", "psb-cyber", "culture-enforcement", "justice-legal-aid", "edu-registry",
            "edu-aid-centre", "ext:procuratorate", "ext:court", "ext:hotline-12345", "ext:health",
            "ext:urban-management", "ext:special-education", "ext:appraisal", "ext:cyberspace", "ext:edu:410323",
        ]
        for id in ids { #expect(directory.unit(UnitID(id), on: planDay) != nil, "\(id)") }
        for kind in ["psb-station", "justice-office", "market-station"] {
            #expect(directory.units.filter { $0.id.rawValue.hasPrefix(kind + ":") }.count == 10)
        }
        #expect(directory.units(kind: .external).allSatisfy { $0.custodian != nil })
    }

    @Test
    func tenTownsStandInTheirOrder() throws {
        let towns = try directory().units(kind: .town)
        #expect(towns.map(\.id.rawValue) == (0..<10).map { "town:41032210\($0)" })
        let names = towns.map { $0.name(on: planDay).zhShort }
        #expect(names == ["城关镇", "会盟镇", "平乐镇", "送庄镇", "白鹤镇", "朝阳镇", "小浪底镇", "麻屯镇", "横水镇", "常袋镇"])
        #expect(towns.allSatisfy { $0.legalCapacity.contains("correction-order") })
    }

    /// Who has an account signs, so people with fitting scopes must be there.
    @Test
    func everyUnitWithAnAccountHasPeople() throws {
        let directory = try directory()
        for unit in directory.units where unit.kind.hasAccount && unit.isValid(on: planDay) {
            let officers = directory.officers(of: unit.id, on: planDay)
            #expect(officers.contains { $0.scopes.contains("handle") }, "\(unit.id.rawValue)")
            #expect(officers.contains { $0.duty != .handler && $0.scopes.contains("handle") }, "\(unit.id.rawValue)")
            for role in [ContactRole.liaisonA, .liaisonB, .dutyOfficer, .deputyLeader] {
                #expect(unit.contact(role, on: planDay) != nil, "\(unit.id.rawValue) \(role.rawValue)")
            }
            #expect(unit.contact(.liaisonA, on: planDay)?.name != unit.contact(.liaisonB, on: planDay)?.name)
        }
        let scopes: [(UnitID, String)] = [
            ("jm-office", "secretariat"), ("convener", "convene"), ("edu-supervision", "supervise"),
            ("county-gov-office", "audit"), ("county-gov-office", "admin"),
        ]
        for (unit, scope) in scopes {
            #expect(directory.officers(of: unit, on: planDay).contains { $0.scopes.contains(scope) }, "\(scope)")
        }
    }

    /// Whoever runs the hub reads no child's data.
    @Test
    func administratorsAreNoHandlers() throws {
        for officer in try directory().officers where officer.scopes.contains("admin") {
            #expect(officer.scopes == ["admin"])
        }
    }

    @Test
    func countyKeepsItsUnitsWhenItsCodeAndNameChange() throws {
        let directory = try directory()
        let lastDay = CivilDate(year: 2021, month: 3, day: 17)!
        #expect(directory.county.code(on: lastDay) == "410322")
        #expect(directory.county.code(on: lastDay.adding(days: 1)) == "410308")
        #expect(directory.name("psb", on: lastDay)?.zh == "孟津县公安局")
        #expect(directory.name("psb", on: lastDay.adding(days: 1))?.zh == "孟津区公安局")
        #expect(directory.town(region: "410308101") == "town:410322101")
        #expect(directory.town(region: "410322101202") == "town:410322101")
        #expect(directory.isInCounty(region: "410308"))
    }

    @Test
    func povertyOfficeIsSucceeded() throws {
        let directory = try directory()
        #expect(directory.successor(of: "poverty-relief", on: planDay) == "poverty-relief")
        let later = CivilDate(year: 2022, month: 1, day: 1)!
        #expect(directory.successor(of: "poverty-relief", on: later) == "rural-revitalisation")
        let latest = CivilDate(year: 2026, month: 1, day: 1)!
        #expect(directory.successor(of: "poverty-relief", on: latest) == "agriculture-rural")
        #expect(directory.planRole("agriculture-rural", clause: "III.2.1") == .responsible)
    }

    /// The traps of the plan's lists.
    @Test(arguments: [
        ("edu-sports", "III.1.3-04b", PlanRole.lead), ("hrss", "III.1.3", .responsible),
        ("culture-tourism", "III.1.3", .responsible), ("culture-tourism", "IV.1", .none),
        ("justice", "III.1.2", .obliged), ("disabled-fed", "III.1.5", .obliged),
        ("disabled-fed", "IV.1", .none), ("poverty-relief", "III.2.1", .responsible),
        ("poverty-relief", "III.2.2", .none), ("political-legal", "IV.1", .obliged),
        ("political-legal", "III.1.3", .none), ("village:410322101202", "III.1.3", .obliged),
        ("school:3141990002", "III.1.5", .obliged), ("inspector:01", "III.1.2", .obliged),
        ("town:410322109", "III.2.2", .responsible), ("hrss-inspection", "III.1.3", .responsible),
        ("jm-office", "IV.1", .obliged), ("edu-supervision", "IV.2", .obliged), ("finance", "III.1.3", .none),
    ])
    func planRoleFollowsTheClause(unit: String, clause: String, role: PlanRole) throws {
        #expect(try directory().planRole(UnitID(unit), clause: clause) == role)
    }

    /// Nobody could be reached, or be harmed, by a number of the shipped files.
    @Test
    func everyPersonIsMadeUp() throws {
        let directory = try directory()
        #expect(directory.officers.allSatisfy { $0.name.hasSuffix("演示") })
        #expect(Set(directory.officers.map(\.name)).count == directory.officers.count)
        for contact in directory.units.flatMap(\.contacts) {
            if let mobile = contact.mobile { #expect(mobile.hasPrefix("120")) }
            if let phone = contact.officePhone { #expect(phone.hasPrefix("0379-9990")) }
        }
    }
}
