import ChineseIdentifiers

/// Paths as answers show them. What a sender called a field, or wrote into an
/// address, may itself be the number of a person; no answer repeats that.
enum DiscreetPath {
    /// A path up to the first segment that holds such a number.
    static func shown(_ path: String) -> String {
        guard holdsNumber(path) else { return path }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let clean = segments.prefix { !holdsNumber($0) }
        guard clean.isEmpty else { return clean.joined(separator: "/") }
        // `attribute:` and `query:` stay.
        return path.prefix { $0 != ":" } + ":"
    }

    private static func holdsNumber(_ text: some StringProtocol) -> Bool {
        !PersonalPatternScanner.kinds(in: String(text)).isEmpty
    }
}
