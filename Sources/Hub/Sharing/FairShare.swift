/// Shares out what there is only so much of: places in a mailbox, bytes of
/// bodies, queries at once.
///
/// Who asks may hold as much as is still free. One alone gets half, two get a
/// third each, and there is always something left for one who holds nothing:
/// nobody is shut out by another, and no figure has to be chosen for each.
package struct FairShare<Holder: Hashable & Sendable>: Sendable {
    /// What becomes of a request.
    package enum Verdict: Sendable, Hashable {
        case granted
        /// There is enough, but not for this holder, who has much of it already.
        case shareTaken
        /// There is not enough.
        case full
    }

    package let limit: Int
    package private(set) var held = 0
    private var holdings: [Holder: Int] = [:]

    /// Shares out `limit`.
    package init(limit: Int) {
        precondition(limit > 0, "there is something to share")
        self.limit = limit
    }

    /// What a holder has now.
    package func holding(of holder: Holder) -> Int { holdings[holder] ?? 0 }

    /// What would become of a request now. What is larger than any share is
    /// granted to who comes when nobody holds anything.
    package func verdict(_ amount: Int, for holder: Holder) -> Verdict {
        let free = limit - held
        if held > 0 || amount > limit {
            guard amount <= free else { return .full }
            guard holding(of: holder) + amount <= free else { return .shareTaken }
        }
        return .granted
    }

    /// Takes an amount for a holder, if it may have it.
    package mutating func take(_ amount: Int, for holder: Holder) -> Verdict {
        let verdict = verdict(amount, for: holder)
        if verdict == .granted { add(amount, for: holder) }
        return verdict
    }

    /// Adds what a holder has already, however much is left.
    package mutating func add(_ amount: Int, for holder: Holder) {
        held += amount
        holdings[holder, default: 0] += amount
    }

    /// Gives back some of what a holder took.
    package mutating func giveBack(_ amount: Int, of holder: Holder) {
        guard amount > 0, let own = holdings[holder] else { return }
        held -= min(amount, own)
        holdings[holder] = own > amount ? own - amount : nil
    }
}
