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
            because: "rule \(id) (\(en)) does not apply to this event",
            becauseZh: "规则\(id)（\(zh)）不适用于本事件",
        )
    }

    /// An expression of the rule could not be evaluated.
    func stepFailing(_ error: CESQLError) -> ExplanationStep {
        ExplanationStep(
            rule: id,
            sentence: sentence,
            matched: false,
            because: "rule \(id) (\(en)) cannot be judged for this event: \(error.message); the secretariat assigns it",
            becauseZh: "规则\(id)（\(zh)）无法对本事件作出判断：\(error.messageZh)，由联席会议办公室派件",
        )
    }

    /// A recipient that the event does not need is left out.
    func stepLeavingOut(_ recipient: RuleRecipient, cause: Absence) -> ExplanationStep {
        let (en, zh) = recipient.selector.description
        return ExplanationStep(
            rule: id,
            sentence: sentence,
            matched: false,
            because: "\(en) is left out (\(recipient.role.en)): \(cause.en)",
            becauseZh: "\(zh)（\(recipient.role.zh)）未列入：\(cause.zh)",
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
    static func applying(
        id: String, zh: String, en: String, sentences: [PlanSentence]
    ) -> (en: String, zh: String) {
        let quotedEn = sentences.map { "\($0.id) \"\($0.en)\"" }.joined(separator: ", ")
        let quotedZh = sentences.map { "\($0.id)“\($0.zh)”" }.joined(separator: "、")
        guard !sentences.isEmpty else { return ("rule \(id) (\(en)) applies", "适用规则\(id)（\(zh)）") }
        return (
            "rule \(id) (\(en)) applies, by the plan's sentence \(quotedEn)", "适用规则\(id)（\(zh)），方案依据\(quotedZh)"
        )
    }
}
