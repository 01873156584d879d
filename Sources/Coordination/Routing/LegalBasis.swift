package import ChineseIdentifiers

/// An article of a law on which a rule or a period rests, while it is in force.
/// Laws of later years are never shown on an event of an earlier one.
package struct LegalBasis: Sendable, Hashable {
    package var id: String
    /// Such as 《劳动保障监察条例》第十七条.
    package var zh: String
    package var en: String
    /// The first day it binds; nil when it always has.
    package var validFrom: CivilDate?
    /// The last day it binds; nil while it does.
    package var validTo: CivilDate?

    /// Whether it binds on a day.
    package func isInForce(on day: CivilDate) -> Bool {
        if let validFrom, day < validFrom { return false }
        if let validTo, day > validTo { return false }
        return true
    }
}
