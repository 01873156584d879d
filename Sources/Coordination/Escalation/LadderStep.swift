/// One step of a ladder: who hears when about a milestone that is near or late.
package struct LadderStep: Sendable, Hashable {
    /// Whether the hub acts by itself. Reminders do; from 督办 upward it only
    /// writes, and a person signs.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// 催办: goes by itself.
        case reminder
        /// 拟稿: a document that a person signs and sends, or does not.
        case draft
        /// 建议: a proposal, seen by those alone who may act on it.
        case proposal
    }

    /// When the step falls due, seen from the milestone.
    package enum Moment: Sendable, Hashable {
        /// A share of the counted time, in percent.
        case share(Int)
        /// A period before the due instant.
        case before(Period)
        /// At the due instant.
        case due
        /// A period after the due instant.
        case after(Period)
        /// On this day of the month, the first one after the step before it.
        case monthly(Int)
    }

    /// −1 ahead of the due instant, 1 at it, 2 to 5 after it.
    package let number: Int16
    package let kind: Kind
    package let moment: Moment
    /// Who hears; of a draft and a proposal, who gets it to sign or to act on.
    /// Never empty.
    package let to: [LadderAddressee]
    /// Whom the hub has called by telephone, whatever the step's kind; empty
    /// where nobody is called.
    package let calls: [LadderAddressee]
    /// What happens, in Chinese.
    package let zh: String
    /// The same in English.
    package let en: String

    package init(
        number: Int16, kind: Kind, moment: Moment, to: [LadderAddressee], calls: [LadderAddressee] = [], zh: String,
        en: String,
    ) {
        self.number = number
        self.kind = kind
        self.moment = moment
        self.to = to
        self.calls = calls
        self.zh = zh
        self.en = en
    }

    /// The highest number a step may have.
    package static let highest: Int16 = 5

    /// What is put on record when the step fires.
    package var outcome: LadderOutcome {
        switch kind {
        case .reminder: .reminded
        case .draft: .drafted
        case .proposal: .proposed
        }
    }
}

/// What became of a step; each step of a milestone has one outcome at most.
package enum LadderOutcome: String, Sendable, Hashable, CaseIterable {
    /// The reminder went out.
    case reminded
    /// A draft awaits a signature.
    case drafted
    /// A proposal was put forward.
    case proposed
    /// A higher step was due at the same time and went in its place.
    case collapsed
}
