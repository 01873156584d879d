package import CloudEvents

/// When a period ends, and how that came about.
package struct Deadline: Sendable, Hashable {
    /// The first instant that is late: overdue ⇔ now ≥ due. For periods counted
    /// in days it is 00:00 in Beijing after the last day.
    package let due: Timestamp
    /// Whether it may move when a calendar that is still to come is published.
    package let provisional: Bool
    /// How it was counted, in English: the days left out, the days made up for,
    /// the first and the last.
    package let explanation: String
    /// The same in Chinese: “3个工作日，9月27日调休上班（…）”.
    package let explanationZh: String

    package init(due: Timestamp, provisional: Bool, explanation: String, explanationZh: String) {
        self.due = due
        self.provisional = provisional
        self.explanation = explanation
        self.explanationZh = explanationZh
    }
}
