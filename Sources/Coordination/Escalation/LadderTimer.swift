package import CloudEvents

/// The next step of a milestone's ladder and the instant at which it falls due.
package struct LadderTimer: Sendable, Hashable {
    package let step: Int16
    package let due: Timestamp

    package init(step: Int16, due: Timestamp) {
        self.step = step
        self.due = due
    }
}
