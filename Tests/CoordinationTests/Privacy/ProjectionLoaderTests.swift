import Testing

@testable import Coordination

/// The shipped matrix, and matrices with faults.
struct ProjectionLoaderTests {
    private func faults(_ files: ShippedFiles.Files) throws -> [ConfigurationFault] {
        let result = ProjectionMatrix.load(files: files, directory: try Mengjin.county().directory)
        guard case .failure(let faults) = result else { return [] }
        return faults.faults
    }

    /// A sealed field without a column could never be opened by anybody.
    @Test
    func everySealedFieldHasItsColumn() throws {
        let county = try Mengjin.county()
        #expect(county.projection.fieldsWithoutColumn(in: county.catalogue) == [])
    }

    @Test
    func fieldThatNoColumnHoldsIsNamed() throws {
        let county = try Mengjin.county()
        let changed = ShippedFiles.changing(ShippedFiles.projection, "      causeCode: drop\n", to: "")
        let matrix = try ProjectionMatrix.load(files: changed.files, directory: county.directory).get()
        #expect(matrix.fieldsWithoutColumn(in: county.catalogue) == ["causeCode"])
    }

    /// Every unit that may get personal data has a row, be it of crosses.
    @Test
    func everyUnitWithAnAccountHasARow() throws {
        let county = try Mengjin.county()
        for unit in county.directory.units where unit.kind.hasAccount {
            let row = county.projection.row(of: unit, role: .handling, isTownOfChild: true)
            #expect(row?.sights.count == 13, "\(unit.id.rawValue)")
        }
    }

    @Test(
        arguments: [
            ("  hrss:\n    {\"N\": ✔/✔/✗", "  hrsss:\n    {\"N\": ✔/✔/✗", "unknown-unit", 0),
            ("market-reg: {\"N\": ✗", "market-reg: {\"Q\": ✗", "unknown-column", 0),
            ("market-reg: {\"N\": ✗", "market-reg: {\"N\": X", "bad-cell", 0),
            ("market-reg: {\"N\": ✗", "market-reg: {\"N\": ✗/✗", "bad-cell", 0),
            ("market-reg: {\"N\": ✗", "market-reg: {\"N\": ◐nickname", "bad-cell", 0),
            ("handedTo: name\n", "handedTo: nome\n", "not-a-choice", 0),
            ("      causeCode: drop\n", "      causeCode: drop\n      grade: keep\n", "duplicate-id", nil),
            ("  lead: edu-sports\n", "  lead: nobody\n", "unknown-row", 0),
            ("  lead: edu-sports\n", "", "missing-key", nil),
            ("minor-pi: [lead, supervising, informed]", "minor-pi: [chief]", "not-a-choice", 0),
            ("    minor-pi: [lead, supervising, informed]\n", "", "missing-key", nil),
            ("  officials: [edu", "  official: [edu", "unknown-key", 0),
        ] as [(String, String, String, Int?)])
    func faultIsFoundAtItsPlace(passage: String, text: String, code: String, offset: Int?) throws {
        let changed = ShippedFiles.changing(ShippedFiles.projection, passage, to: text)
        let found = try faults(changed.files)
        #expect(found.first?.code == code)
        if let offset { #expect(found.first?.line == changed.line + offset) }
        for fault in found {
            #expect(fault.file == "policy/projection.yaml")
            #expect(!fault.message.isEmpty && fault.messageZh.unicodeScalars.contains { $0.value > 0x2E80 })
        }
    }

    @Test
    func matrixWithoutAHeadIsNone() throws {
        #expect(try faults([(name: "p.yaml", text: "columns: {}")]).map(\.code) == ["missing-key"])
        #expect(try faults([]).map(\.code) == ["missing-key"])
        #expect(try faults(ShippedFiles.projection + [(name: "q.yaml", text: "projection: {version: x}")]).count == 1)
    }
}
