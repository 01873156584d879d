package import CloudEvents
package import Coordination
import Store

/// What a sweep did, or would do.
package struct SweepResult: Sendable, Hashable {
    package var asOf: Timestamp
    /// Steps that fired, drafts and proposals among them.
    package var stepsFired = 0
    /// Lower steps that were due as well and are only on record.
    package var collapsed = 0
    /// Events the hub derived.
    package var spawned = 0
    /// Drafts and proposals that wait for a person.
    package var drafts = 0
    /// Steps that fired, by the unit that is late.
    package var byUnit: [UnitID: Int] = [:]

    package init(asOf: Timestamp) {
        self.asOf = asOf
    }

    /// Takes a decision into the counts.
    mutating func count(_ decision: JudgedTimer) {
        guard let firing = decision.decision.firing, let unit = decision.duty?.unit else { return }
        stepsFired += 1
        collapsed += firing.skipped.count
        if firing.command.isForSecretariat { drafts += 1 }
        byUnit[unit, default: 0] += 1
    }

    /// The result as the API answers it.
    package var jsonValue: JSONValue {
        var units = JSONObject()
        for (unit, count) in byUnit.sorted(by: { $0.key < $1.key }) { units[unit.rawValue] = .integer(Int64(count)) }
        return [
            "asOf": .string(asOf.rfc3339()), "stepsFired": .integer(Int64(stepsFired)),
            "collapsed": .integer(Int64(collapsed)), "spawned": .integer(Int64(spawned)),
            "drafts": .integer(Int64(drafts)), "byUnit": .object(units),
        ]
    }
}
