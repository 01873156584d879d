package import Hub
import Synchronization

/// An amount that units share, such as bytes.
package final class FairBudget: Sendable {
    private let share: Mutex<FairShare<SharingUnit?>>

    /// Shares out `limit`.
    package init(limit: Int) {
        share = Mutex(FairShare(limit: limit))
    }

    /// How much is held now.
    package var held: Int { share.withLock { $0.held } }

    /// Takes an amount for a unit.
    ///
    /// - Throws: `too-much-at-once` or `overloaded` when it may not have it.
    package func take(_ amount: Int, for unit: SharingUnit?) throws {
        if let refusal = HubError(share.withLock { $0.take(amount, for: unit) }) { throw refusal }
    }

    /// Whether a unit might take an amount now.
    ///
    /// - Parameter floor: who holds less than this may have it anyway: what
    ///   others have added beyond the limit must not keep it from going on.
    package func has(_ amount: Int, for unit: SharingUnit?, floor: Int) -> Bool {
        share.withLock { $0.holding(of: unit) < floor || $0.verdict(amount, for: unit) == .granted }
    }

    /// Adds an amount that is there already, however much is left.
    package func add(_ amount: Int, for unit: SharingUnit?) {
        share.withLock { $0.add(amount, for: unit) }
    }

    /// Gives back some of what a unit took.
    package func giveBack(_ amount: Int, of unit: SharingUnit?) {
        share.withLock { $0.giveBack(amount, of: unit) }
    }
}
