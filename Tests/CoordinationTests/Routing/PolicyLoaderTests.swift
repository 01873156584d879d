import CloudEvents
import Foundation
import Testing

@testable import Coordination

/// The shipped policy with one passage written otherwise: what is wrong is
/// found, and told with its place in both languages.
struct PolicyLoaderTests {
    struct Change: Sendable, CustomTestStringConvertible {
        var passage: String
        var text: String
        /// The codes of all faults, in the order of files and lines.
        var codes: [String]
        /// The line of the first fault in the changed file, counted from that of
        /// the passage; nil where it lies elsewhere.
        var offset: Int?

        init(_ passage: String, _ text: String, _ codes: [String], offset: Int? = 0) {
            self.passage = passage
            self.text = text
            self.codes = codes
            self.offset = offset
        }

        var testDescription: String { "\(passage) → \(text)" }
    }

    private func faults(_ files: ShippedFiles.Files) throws -> [ConfigurationFault] {
        let county = try Mengjin.county()
        let result = Policy.load(
            files: files, catalogue: county.catalogue, directory: county.directory, calendar: county.calendar,
            ladders: county.ladders.names, projection: county.projection.version,
        )
        guard case .failure(let faults) = result else { return [] }
        return faults.faults
    }

    @Test
    func shippedPolicyHasNoFaults() throws {
        #expect(try faults(ShippedFiles.policy) == [])
        let county = try Mengjin.county()
        #expect(county.catalogue.faults(against: county.directory) == [])
    }

    @Test(arguments: [
        // Units and selectors.
        Change("handling: [poverty-relief]", "handling: [poverty]", ["unknown-unit"]),
        Change("- town-of(work)", "- town-of(moon)", ["bad-selector"]),
        Change("informed: [schools-of-children, town-of(residence)]", "informed: []", ["empty-selector"]),
        Change("informed: [schools-of-children, town-of(residence)]", "informed: [school]", ["empty-selector"]),
        Change("informed: [finance]", "informed: finance", ["not-a-list"]),
        Change("lead: none", "lead: nobody", ["unknown-unit"]),
        Change("    lead: none\n", "", ["missing-key"], offset: nil),
        Change("within: work", "within: moon", ["not-a-choice"]),
        Change("within: work", "within: hukou", ["empty-selector"]),
        Change("within: work", "wihtin: work", ["unknown-key"]),
        Change("{to: ext:health, when: child-injured}", "{to: ext:health, custodian: nobody}", ["unknown-unit"]),
        Change("{to: ext:health, when: child-injured}", "{to: finance, custodian: hrss}", ["not-external"]),
        Change("{to: ext:health, when: child-injured}", "{when: child-injured}", ["missing-key"]),
        Change(
            "{to: disabled-fed, when: cause-illness-disability, complete: true", "{to: psb, complete: yes",
            ["not-a-choice"]),
        Change("secretariat: jm-office", "secretariat: nobody", ["unknown-unit"]),

        // Types and treatments.
        Change(
            "types: [labour.penalty.decided]", "types: [labour.penalty.forgiven]",
            ["unknown-type", "type-without-treatment"]),
        Change("start: labour.case.transfer-proposed", "start: moon.new.risen", ["unknown-type"]),
        Change(", police.case-transfer.decided]", "]", ["unknown-type"], offset: nil),
        Change("    when: arcade-on-festival-day\n", "", ["unreachable-rule"], offset: 5),
        Change("- id: \"10\"", "- id: \"9\"", ["duplicate-id"]),
        Change(
            "kind: line\n    zh: 用工专项检查", "kind: row\n    zh: 用工专项检查",
            ["missing-key", "duty-without-ladder", "missing-milestone"], offset: -1),
        Change("kind: line\n    zh: 用工专项检查", "kind: ring\n    zh: 用工专项检查", ["not-a-choice"]),

        // Conditions.
        Change("when: arcade-on-festival-day", "when: EXISTS moon", ["unknown-attribute"]),
        Change("when: arcade-on-festival-day", "when: venuekind = 'arcade'", ["attribute-may-be-missing"]),
        Change("when: arcade-on-festival-day", "when: venuekind = = 1", ["bad-expression"]),
        Change("when: arcade-on-festival-day", "when: arcade-on-a-festival-day", ["unknown-condition"]),
        Change(
            "ladder: [{use: D, when: child-in-danger}, B]", "ladder: [{use: D, when: child-in-a-well}, B]",
            ["unknown-condition"]),
        Change(
            "minors-present-now: EXISTS minorspresentnow AND", "minors-present-now: EXISTS minorspresentnow AND (",
            ["bad-expression"]),

        // Milestones and ladders.
        Change("milestones: [sign 1wd, settle 2wd]", "milestones: [sign 1wd, settle 2days]", ["bad-period"]),
        Change("milestones: [sign 1wd, settle 2wd]", "milestones: [sign 1wd, settle]", ["bad-milestone"]),
        Change("milestones: [sign 1wd, settle 2wd]", "milestones: [settle 2wd]", ["missing-milestone"]),
        Change("milestones: [sign 1wd, settle 2wd]", "milestones: [sign 1wd, end 2wd]", ["unknown-milestone"]),
        Change(
            "milestones: [sign 1wd, settle 2wd]", "milestones: [sign 1wd, sign 2wd, settle 2wd]",
            ["unreachable-milestone"]),
        Change("        startZh: 提出移送\n", "", ["missing-key"], offset: -3),
        Change(
            "ladder: [{use: D, when: child-in-danger}, B]", "ladder: [{use: Z, when: child-in-danger}, B]",
            ["unknown-ladder"]),
        Change(
            "ladder: [{use: D, when: child-in-danger}, B]", "ladder: [{use: D, when: child-in-danger}]",
            ["duty-without-ladder"]),
        Change("urgentLadder: D", "urgentLadder: Z", ["unknown-ladder"]),

        // What rules rest on.
        Change("basis: [education-14, child-labour-5", "basis: [education-99, child-labour-5", ["unknown-basis"]),
        Change("sentences: [III.1.3-04c]", "sentences: [III.1.3-99]", ["unknown-sentence"]),
        Change("chain: [L5]", "chain: [L9]", ["unknown-chain"]),
        Change("  H0-01:", "  Z9-01:", ["unknown-clause"]),
        Change("{id: education-9, zh", "{id: education-11, zh", ["duplicate-id"], offset: 1),
        Change(
            "validFrom: 2014-05-01}\n  - {id: assistance-61", "validFrom: Mayday}\n  - {id: assistance-61", ["bad-date"]
        ),
    ])
    func faultIsFoundAtItsPlace(_ change: Change) throws {
        let changed = ShippedFiles.changing(ShippedFiles.policy, change.passage, to: change.text)
        let found = try faults(changed.files)
        #expect(found.map(\.code) == change.codes)
        if let offset = change.offset, let first = found.first {
            #expect(first.file == changed.name)
            #expect(first.line == changed.line + offset)
        }
        for fault in found {
            #expect(fault.line > 0)
            #expect(!fault.message.isEmpty)
            #expect(fault.messageZh.unicodeScalars.contains { $0.value > 0x2E80 })
        }
    }

    @Test
    func allFaultsOfAllFilesComeAtOnceInOrder() throws {
        var files = ShippedFiles.policy
        for (passage, text) in [
            ("handling: [poverty-relief]", "handling: [poverty]"), ("- town-of(work)", "- town-of(moon)"),
            ("urgentLadder: D", "urgentLadder: Z"), ("chain: [L5]", "chain: [L9]"),
            ("sentences: [III.1.3-04c]", "sentences: [III.1.3-99]"), ("within: work", "within: moon"),
        ] {
            files = ShippedFiles.changing(files, passage, to: text).files
        }
        let found = try faults(files)
        #expect(
            found.map { "\($0.file) \($0.code)" } == [
                "policy/assistance.yaml unknown-unit", "policy/attendance.yaml unknown-chain",
                "policy/labour.yaml not-a-choice", "policy/labour.yaml bad-selector",
                "policy/labour.yaml unknown-sentence", "policy/policy.yaml unknown-ladder",
            ])
        #expect(found.map(\.line) == found.map(\.line).indices.map { found[$0].line })
    }

    @Test
    func policyWithoutAHeadIsNone() throws {
        let found = try faults(ShippedFiles.policy.filter { $0.name != "policy/policy.yaml" })
        #expect(found.contains { $0.code == "missing-key" && $0.line == 0 })
        #expect(try faults([]).contains { $0.code == "type-without-treatment" })
    }

    @Test
    func headInTwoFilesIsAFault() throws {
        let found = try faults(ShippedFiles.policy + [(name: "policy/zz.yaml", text: "policy: {version: x}")])
        #expect(found.map(\.code) == ["duplicate-id"])
        #expect(found.first?.file == "policy/zz.yaml")
    }

    @Test(arguments: [
        "", "rules: 1", "rules: [x]", "- 1", "rules:\n\t- id: 1", "milestones: {sign: 1}", "conditions: [a]",
    ])
    func whatIsNoPolicyIsAFaultAndNoCrash(text: String) throws {
        let found = try faults(ShippedFiles.policy + [(name: "policy/zz.yaml", text: text)])
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.file == "policy/zz.yaml" })
    }

    /// The shipped rules without the one for penalties.
    private var withoutPenalties: ShippedFiles.Files {
        ShippedFiles.policy.map { file in
            let blocks = file.text.components(separatedBy: "\n\n")
            return (
                file.name, blocks.filter { !$0.contains("types: [labour.penalty.decided]") }.joined(separator: "\n\n")
            )
        }
    }

    @Test
    func typeWithoutRuleIsAFaultUnlessItIsRecorded() throws {
        let found = try faults(withoutPenalties)
        #expect(found.map(\.code) == ["type-without-treatment"])
        #expect(found.first?.file == "policy/policy.yaml")
        #expect(found.first?.message.contains("labour.penalty.decided") == true)

        let county = try Mengjin.county()
        let policy = try Policy.load(
            files: withoutPenalties + [(name: "policy/zz.yaml", text: "recordedTypes: [labour.penalty.decided]")],
            catalogue: county.catalogue, directory: county.directory, calendar: county.calendar,
            ladders: county.ladders.names, projection: "p",
        ).get()
        let decision = policy.route(Mengjin.input("labour.penalty.decided", [:], by: "hrss", at: Mengjin.planDay))
        #expect(decision.lines == ["recorded, normal", "jm-office informed (none)"])
        #expect(decision.recipients[0].rule == Policy.defaultRule)
    }
}
