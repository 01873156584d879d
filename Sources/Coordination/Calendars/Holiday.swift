package import ChineseIdentifiers

/// One paragraph of a year's notice: a festival with the rest days joined to
/// it, or rest days alone. The make-up working days it names are a set of the
/// calendar's own.
package struct Holiday: Sendable, Hashable {
    /// Such as 国庆节、中秋节.
    package let zh: String
    /// Such as National Day and Mid-Autumn Festival.
    package let en: String
    /// All its days off: the festival's and those joined to them.
    package let rest: ClosedRange<CivilDate>
    /// The festival's own days, within `rest`; empty where a notice adds rest
    /// days alone. Two festivals of one paragraph need not be next to each
    /// other.
    package let festival: [ClosedRange<CivilDate>]

    package init(zh: String, en: String, rest: ClosedRange<CivilDate>, festival: [ClosedRange<CivilDate>]) {
        self.zh = zh
        self.en = en
        self.rest = rest
        self.festival = festival
    }

    /// Whether a day is the festival's own.
    package func isFestival(_ day: CivilDate) -> Bool {
        festival.contains { $0.contains(day) }
    }
}
