import ChineseIdentifiers
import CloudEvents

// Explanations are read by people who may not know anything about the child:
// they name rules, sentences, laws and units, never a value and never a
// condition, which would tell the value.
extension Rule {
    /// The rule applied; with the laws in force on the day of the event.
    func stepApplying(on day: CivilDate) -> ExplanationStep {
        var because = applying.en
        var becauseZh = applying.zh
        let laws = bases.filter { $0.isInForce(on: day) }
        if !laws.isEmpty {
            because += "; legal basis: " + laws.map(\.en).joined(separator: "; ")
            becauseZh += "；依据" + laws.map(\.zh).joined(separator: "、")
        }
        return ExplanationStep(rule: id, sentence: sentence, matched: true, because: because, becauseZh: becauseZh)
    }

    /// The rule is for this type and not for this event.
    var stepNotApplying: ExplanationStep {
        ExplanationStep(
            rule: id,
            sentence: sentence,
            matched: false,
            because: "the rule on \(en) does not apply to this event",
            becauseZh: "规则“\(zh)”不适用于本事件",
        )
    }

    /// An expression of the rule could not be evaluated.
    func stepFailing(_ error: CESQLError) -> ExplanationStep {
        ExplanationStep(
            rule: id,
            sentence: sentence,
            matched: false,
            because: "the rule on \(en) cannot be judged for this event: \(error.message); the secretariat assigns it",
            becauseZh: "规则“\(zh)”无法对本事件作出判断：\(error.messageZh)，由联席会议办公室派件",
        )
    }

    /// A recipient that the event does not need is left out; `name` says which.
    func stepLeavingOut(_ name: (en: String, zh: String), as role: Role, cause: Absence) -> ExplanationStep {
        ExplanationStep(
            rule: id,
            sentence: sentence,
            matched: false,
            because: "left out (\(role.en)): \(name.en); \(cause.en)",
            becauseZh: "\(name.zh)（\(role.zh)）未列入：\(cause.zh)",
        )
    }

    /// A recipient that the event needs is not known.
    func stepAwaiting(_ role: Role, cause: Absence) -> ExplanationStep {
        ExplanationStep(
            rule: id,
            sentence: sentence,
            matched: true,
            because: "the secretariat assigns the \(role.en) unit: \(cause.en)",
            becauseZh: "\(role.zh)单位由联席会议办公室派件：\(cause.zh)",
        )
    }

    /// What the step of an applying rule says whatever the event; made once.
    ///
    /// Sentences of the first one's clause are quoted; those of other clauses,
    /// which the rule serves too, are named.
    static func applying(zh: String, en: String, sentences: [PlanSentence]) -> (en: String, zh: String) {
        var text = (en: "the rule on \(en) applies", zh: "适用规则“\(zh)”")
        guard let clause = sentences.first?.clause else { return text }
        let quoted = sentences.filter { $0.clause == clause }
        text.en += ", by the plan's sentence " + quoted.map { "\($0.id) \"\($0.en)\"" }.joined(separator: ", ")
        text.zh += "，方案依据" + quoted.map { "\($0.id)“\($0.zh)”" }.joined(separator: "、")
        let others = sentences.filter { $0.clause != clause }.map(\.id)
        if !others.isEmpty {
            text.en += "; it also serves " + others.joined(separator: ", ")
            text.zh += "，并落实" + others.joined(separator: "、")
        }
        return text
    }
}
