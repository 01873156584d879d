package import ChineseIdentifiers

/// Something that holds for a span of days: a unit, a name, a code.
///
/// Both ends belong to the span, as in a statute: what is valid to 17 March is
/// valid on that day. Nil is open.
package protocol EffectiveDated {
    /// The first day; nil when it has always held.
    var validFrom: CivilDate? { get }
    /// The last day; nil while it holds.
    var validTo: CivilDate? { get }
}

extension EffectiveDated {
    /// Whether it holds on a day.
    package func isValid(on day: CivilDate) -> Bool {
        if let validFrom, day < validFrom { return false }
        if let validTo, day > validTo { return false }
        return true
    }

    /// Whether the two share a day.
    func overlaps(_ other: some EffectiveDated) -> Bool {
        if let validTo, let start = other.validFrom, validTo < start { return false }
        if let validFrom, let end = other.validTo, end < validFrom { return false }
        return true
    }
}
