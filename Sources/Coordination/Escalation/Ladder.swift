/// Who hears, and when, about the milestones of a duty: 催办升级规则.
///
/// Administrative only: it tells someone higher about the same duty. A new duty
/// for another unit is the policy's.
package struct Ladder: Sendable, Hashable {
    /// Such as `A`. Never shown on a screen.
    package let id: String
    /// What kind of matter it is for, in Chinese.
    package let zh: String
    /// The same in English.
    package let en: String
    /// In the order in which they fall due; never empty, numbers ascending.
    package let steps: [LadderStep]

    /// Precondition: steps as the loader checks them.
    package init(id: String, zh: String, en: String, steps: [LadderStep]) {
        self.id = id
        self.zh = zh
        self.en = en
        self.steps = steps
    }

    /// The step of a number; nil where the ladder has none.
    package func step(_ number: Int16) -> LadderStep? {
        steps.first { $0.number == number }
    }
}
