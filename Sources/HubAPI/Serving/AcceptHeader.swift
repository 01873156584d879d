/// What a client would rather have, as `Accept` and `Accept-Language` say it:
/// names with weights from 0, not wanted, to 1 (RFC 9110, section 12.4.2).
struct AcceptHeader: Sendable, Hashable {
    private struct Choice: Hashable {
        /// In lower case, without parameters.
        var name: String
        var weight: Double
    }

    private let choices: [Choice]

    /// From the values of one header, which may come several times.
    init(_ values: [String]) {
        choices = values.flatMap { $0.lowercased().split(separator: ",") }.map { element in
            let parts = element.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmingSpaces() }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
            return Choice(name: parts.first ?? "", weight: weight ?? 1)
        }
    }

    /// Whether a form is asked for by its name, and more than another one. A
    /// wildcard asks for neither: the usual form is what it gets.
    func prefers(_ name: String, over other: String) -> Bool {
        guard let weight = weight(of: name), weight > 0 else { return false }
        return weight > self.weight(of: other) ?? 0
    }

    /// Whether a language is asked for, in any of its regions and scripts.
    func takes(language: String) -> Bool {
        choices.contains { choice in
            choice.weight > 0 && (choice.name == language || choice.name.hasPrefix(language + "-"))
        }
    }

    private func weight(of name: String) -> Double? {
        choices.filter { $0.name == name }.map(\.weight).max()
    }
}
