/// Durations as ISO 8601 writes them, without years and months, which have no
/// fixed length.
enum ISODuration {
    /// The whole seconds of `PT30S`, `PT1M30S`, `PT2H`, `P1D`; nil for other forms.
    static func seconds(_ text: String) -> Int64? {
        var rest = text[...]
        guard rest.first == "P" else { return nil }
        rest.removeFirst()
        var total: Int64 = 0
        var inTime = false
        var seen = false
        var digits = ""
        for character in rest {
            switch character {
            case "T" where !inTime && digits.isEmpty:
                inTime = true
            case "0"..."9":
                digits.append(character)
            default:
                guard let value = Int64(digits), digits.count <= 9 else { return nil }
                switch (inTime, character) {
                case (false, "W"): total += value * 604_800
                case (false, "D"): total += value * 86_400
                case (true, "H"): total += value * 3_600
                case (true, "M"): total += value * 60
                case (true, "S"): total += value
                default: return nil
                }
                seen = true
                digits = ""
            }
        }
        return digits.isEmpty && seen ? total : nil
    }

    /// A whole number of seconds, such as `PT3600S`.
    static func text(seconds: Int64) -> String { "PT\(seconds)S" }
}
