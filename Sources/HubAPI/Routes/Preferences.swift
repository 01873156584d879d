/// What a request prefers (RFC 7240), as far as this API knows it.
struct Preferences {
    /// Whether faults that can be passed over are to be: `handling=lenient`.
    let areLenient: Bool

    /// From headers by lower-case name. Of a preference that stands twice the
    /// first counts.
    init(_ headers: [(name: String, value: String)]) {
        let handling = headers.filter { $0.name == "prefer" }
            .flatMap { Self.parts(of: $0.value, at: ",") }
            .compactMap { Self.parts(of: $0, at: ";").first.map(Self.pair) }
            .first { $0.name == "handling" }
        areLenient = handling?.value == "lenient"
    }

    /// `handling = "lenient"` as name and value in lower case.
    private static func pair(_ text: Substring) -> (name: String, value: String) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces().lowercased() }
        var value = sides.count > 1 ? sides[1] : ""
        if value.count > 1, value.first == "\"", value.last == "\"" {
            value = String(value.dropFirst().dropLast())
        }
        return (sides[0], value)
    }

    /// The parts of a text, but for signs between quotation marks.
    private static func parts(of text: some StringProtocol, at sign: Character) -> [Substring] {
        var isQuoted = false
        return String(text).split(omittingEmptySubsequences: true) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == sign && !isQuoted
        }
    }
}
