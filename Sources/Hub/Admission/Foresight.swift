import Coordination
import Store

/// What the events of a dry run would have brought about so far, so that those
/// after them in the same batch are judged as if they had been stored.
struct Foresight {
    /// What an event is about, as far as another may be about the same.
    enum Matter: Hashable {
        /// A case that is open.
        case known(CaseID)
        /// One that the first event with this natural key would open.
        case new(kind: String, key: [UInt8])

        /// Nil for an event whose case nothing can join.
        init?(_ caseID: CaseID?, of row: AdmissionRow) {
            if let caseID {
                self = .known(caseID)
            } else if let kind = row.caseKind, let key = row.caseKey {
                self = .new(kind: kind, key: key)
            } else {
                return nil
            }
        }
    }

    /// A unit has one open duty from a rule in a case.
    private struct DutyName: Hashable {
        var matter: Matter
        var unit: UnitID
        var rule: String
    }

    private var types: [Matter: Set<EventType>] = [:]
    private var duties: [DutyName: Receipt.Recipient] = [:]

    /// Whether an event of a type came before in a matter.
    func holds(_ type: EventType, in matter: Matter?) -> Bool {
        matter.flatMap { types[$0] }?.contains(type) ?? false
    }

    /// Adds an event by its receipt, and lets its recipients join the duties
    /// that earlier events would have made.
    mutating func add(_ receipt: inout Receipt, of row: AdmissionRow, in matter: Matter?) {
        guard let matter else { return }
        types[matter, default: []].insert(row.type)
        for (index, recipient) in receipt.recipients.enumerated() where row.recipients[index].planned.duty != nil {
            let name = DutyName(matter: matter, unit: recipient.unit, rule: recipient.rule)
            if let earlier = duties[name], !recipient.joined {
                receipt.recipients[index].joined = true
                receipt.recipients[index].signBy = earlier.signBy
                receipt.recipients[index].settleBy = earlier.settleBy
                receipt.recipients[index].milestones = earlier.milestones
                receipt.recipients[index].provisional = earlier.provisional
            } else {
                duties[name] = recipient
            }
        }
    }
}
