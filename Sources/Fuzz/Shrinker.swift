/// Makes an input that shows a finding smaller: takes away ever smaller pieces
/// as long as the same property still does not hold (delta debugging, with a
/// bound on the tries).
struct Shrinker {
    /// How many inputs are tried.
    var tries = 300

    /// The smallest input found for which `shows` holds.
    mutating func smallest<Element>(_ input: [Element], shows: ([Element]) -> Bool) -> [Element] {
        var best = input
        var size = max(1, best.count / 2)
        while size >= 1, tries > 0 {
            var start = 0
            while start < best.count, tries > 0 {
                let smaller = Array(best[..<start] + best[min(start + size, best.count)...])
                tries -= 1
                if !smaller.isEmpty, shows(smaller) {
                    best = smaller
                } else {
                    start += size
                }
            }
            size /= 2
        }
        return best
    }
}
