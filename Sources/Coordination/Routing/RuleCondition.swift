import CloudEvents

/// When a rule, or a part of one, applies: a CESQL expression over the values
/// the router may read.
///
/// An attribute is the field's name in lower case; a list reads as text with a
/// comma before, between and after its elements (`,forced,injured,`), so that
/// `hazardflags LIKE '%,forced,%'` asks whether it holds an element. What the
/// event does not say is absent: ask with `EXISTS` first.
struct RuleCondition: Sendable {
    /// Its place among the conditions of the rule; the same condition has the
    /// same place, so that it is evaluated once for an event.
    let index: Int
    let expression: CESQLExpression
}

/// An expression that could not be evaluated for an event: the whole rule then
/// gives way to the secretariat.
struct ConditionFailure: Error {
    var error: CESQLError
}

/// The conditions of one rule, answered for one event, each at most once.
struct ConditionAnswers {
    /// More conditions than bits would need another store; the loader refuses
    /// such a rule.
    static let limit = 64

    let input: RoutingInput
    /// The field behind an attribute.
    let fields: [String: String]
    private var known: UInt64 = 0
    private var holding: UInt64 = 0

    init(input: RoutingInput, fields: [String: String]) {
        self.input = input
        self.fields = fields
    }

    /// Whether a condition holds; no condition always does.
    mutating func holds(_ condition: RuleCondition?) throws(ConditionFailure) -> Bool {
        guard let condition else { return true }
        let bit = UInt64(1) << UInt64(condition.index)
        if known & bit != 0 { return holding & bit != 0 }
        let result = condition.expression.evaluate { input.conditionValue($0, fields: fields) }
        if let error = result.error { throw ConditionFailure(error: error) }
        known |= bit
        guard result.value == .boolean(true) else { return false }
        holding |= bit
        return true
    }
}
