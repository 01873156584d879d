/// Durations as the hub writes them.
enum HubDuration {
    /// `PT30S`; parts of a second count as a whole one, and less than nothing
    /// is nothing.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return "PT\(max(0, attoseconds > 0 ? seconds + 1 : seconds))S"
    }

    /// The duration of `PT30S`, `PT1M30S`, `PT12H`; nil for other forms.
    static func duration(_ text: String) -> Duration? {
        guard text.hasPrefix("PT"), text.count > 2 else { return nil }
        var total: Int64 = 0
        var digits = ""
        for character in text.dropFirst(2) {
            if ("0"..."9").contains(character) {
                digits.append(character)
                continue
            }
            guard digits.count <= 9, let number = Int64(digits) else { return nil }
            switch character {
            case "H": total += number * 3600
            case "M": total += number * 60
            case "S": total += number
            default: return nil
            }
            digits = ""
        }
        return digits.isEmpty ? .seconds(total) : nil
    }
}
