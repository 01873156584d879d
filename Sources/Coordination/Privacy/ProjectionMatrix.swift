/// Which unit sees which field in which role: the county's matrix as data.
///
/// The version in force is fixed for a recipient at dispatch and applied
/// whenever the unit opens the event. What the matrix does not name, nobody
/// sees.
package struct ProjectionMatrix: Sendable {
    /// Such as `2020-10-22.1`, stamped on every recipient.
    package let version: String

    /// By the letter that heads the column.
    let columns: [String: ProjectionColumn]
    /// By unit id or class of units.
    let rows: [String: ProjectionRow]
    /// The column and the mask of a field (`child.name`).
    let fields: [String: (column: String, mask: FieldMask)]
    /// The roles that need an approval to open a class.
    let approvals: [SealedClass: Set<Role>]
    /// Units that see officials' names.
    let officials: Set<UnitID>
    /// Units and classes of units for which an ID number loses its last four.
    let withoutLastFour: Set<String>
    /// Key groups that leave as a neutral word, without the reason.
    let neutralKeyGroups: Set<String>
    /// The row that every lead sees.
    let leadRow: String
    /// The row that every supervising unit sees.
    let supervisingRow: String

    /// The word that stands for a key group whose reason is not shown (重点关注).
    package static let neutralKeyGroup = "key-attention"
}

/// A column of the matrix: fields that are seen alike.
struct ProjectionColumn: Sendable {
    let zh: String
    let en: String
    /// What a plain ◐ shows: by field, the mask.
    let masks: [String: FieldMask]
    /// What ◐ with a word behind it shows; other fields are withheld.
    let views: [String: [String: FieldMask]]
}

/// What a unit sees of each column.
struct ProjectionRow: Sendable {
    let sights: [String: SightByRole]
}

/// A cell: handling / assisting / informed.
struct SightByRole: Sendable, Hashable {
    let handling: Sight
    let assisting: Sight
    let informed: Sight

    func sight(_ role: Role) -> Sight {
        switch role {
        case .assisting: assisting
        case .informed: informed
        // Lead and supervising have rows of their own and see their first sign.
        case .handling, .lead, .supervising: handling
        }
    }
}

/// A sign of the matrix.
enum Sight: Sendable, Hashable {
    /// ✔
    case full
    /// ◐, or ◐ with the name of a view.
    case masked(view: String?)
    /// ✗
    case absent
    /// Only the unit that must answer the reporter.
    case ifAnswering
    /// ✔, but nothing in cases of children.
    case fullUnlessChild
}

/// What is done to a field under ◐.
enum FieldMask: String, Sendable, Hashable, CaseIterable {
    case keep, drop, name, phone, town, village, age, attention, yes
    case idNumber = "id-number"
    case studentNumber = "student-number"
    case disabilityCard = "disability-card"
}
