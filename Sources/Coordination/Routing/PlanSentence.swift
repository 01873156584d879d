/// An obliging sentence of the plan, the reason a rule exists.
package struct PlanSentence: Sendable, Hashable {
    /// Such as `III.1.3-04b`.
    package var id: String
    /// The clause it stands in, such as `III.1.3`.
    package var clause: String
    /// The words of the plan.
    package var zh: String
    /// Their meaning in English.
    package var en: String
}

/// A clause of the plan.
package struct PlanClause: Sendable, Hashable {
    /// Such as `III.1.3`.
    package var id: String
    package var zh: String
    package var en: String
}
