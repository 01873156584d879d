import CloudEvents
import Testing

@testable import Coordination

/// Which openings need an approval.
struct ProjectionApprovalTests {
    @Test(arguments: [
        (Role.handling, false), (.assisting, false), (.lead, true), (.informed, true), (.supervising, true),
    ])
    func whoDoesNotActNeedsOneForPersonalData(role: Role, needed: Bool) throws {
        let matrix = try Mengjin.county().projection
        let context = ProjectionContext(isPublisher: false, mustAnswer: false, time: Mengjin.planDay)
        #expect(matrix.needsApproval(.personal, role: role, context: context) == needed)
        #expect(matrix.needsApproval(.sensitive, role: role, context: context))
        #expect(matrix.needsApproval(.reporter, role: role, context: context))
        #expect(matrix.needsApproval(.router, role: role, context: context))
    }

    @Test
    func withoutApprovalOnlyTheOpenClassesAreShown() throws {
        var opening = Opening.absence(by: "town:410322101", as: .handling)
        opening.approved = []
        let result = try opening.result()
        #expect(result.data["child"]?["name"] == "张小明")
        #expect(result.data["causeCode"] == nil && result.data["note"] == nil)
        #expect(result.approvalRequired == [.sensitive])
        #expect(!result.isRefused)
    }

    @Test
    func informedUnitIsRefusedWithoutOne() throws {
        var opening = Opening.absence(by: "jm-office", as: .informed)
        opening.approved = []
        let result = try opening.result()
        #expect(result.data.isEmpty)
        #expect(result.isRefused)
        #expect(result.approvalRequired == [.personal, .sensitive])
    }

    /// An approval never widens what the matrix shows, and is not asked for
    /// where there is nothing to see.
    @Test
    func approvalIsNotAskedForInVain() throws {
        var opening = Opening.absence(by: "convener", as: .informed)
        opening.approved = []
        let result = try opening.result()
        #expect(result.data.isEmpty && result.approvalRequired.isEmpty && !result.isRefused)
        opening.approved = [.personal, .sensitive, .reporter]
        #expect(try opening.result().data.isEmpty)
    }

    @Test
    func senderOpensPersonalDataItSent() throws {
        var opening = Opening.absence(by: "school:3141990002", as: .informed)
        opening.isPublisher = true
        opening.approved = []
        let result = try opening.result()
        #expect(result.data["child"]?["idNumber"] == "410322201003150015")
        #expect(result.approvalRequired == [.sensitive])
    }

    /// For documentation: what a field looks like to a unit.
    @Test(
        arguments: [
            ("child.name", "town:410322101", Role.informed, FieldVisibility.masked),
            ("child.name", "market-reg", .handling, .absent), ("child.name", "psb", .handling, .full),
            ("child.sex", "jm-office", .informed, .absent), ("note", "market-reg", .handling, .absent),
            ("causeCode", "jm-office", .informed, .absent), ("keyGroups", "jm-office", .informed, .masked),
            ("unheardOf", "edu-sports", .lead, .absent),
        ] as [(String, UnitID, Role, FieldVisibility)])
    func visibilityOfAField(path: String, unit: UnitID, role: Role, expected: FieldVisibility) throws {
        let county = try Mengjin.county()
        let contract = try #require(county.catalogue.contract("attendance.dropout.suspected"))
        let unit = try #require(county.directory.unit(unit))
        let place: SealedClass = path.hasPrefix("child") ? .personal : .sensitive
        #expect(
            county.projection.visibility(of: path, in: place, to: unit, role: role, contract: contract) == expected)
    }
}
