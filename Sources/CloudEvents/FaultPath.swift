/// How a name that somebody sent is shown in the path of a fault.
enum FaultPath {
    private static let longestName = 64

    /// A step of a JSON Pointer (RFC 6901), slash included.
    static func step(_ key: String) -> String {
        "/" + shown(key).replacing("~", with: "~0").replacing("/", with: "~1")
    }

    /// A step into a list.
    static func step(_ index: Int) -> String { "/\(index)" }

    /// The path of a context attribute.
    static func attribute(_ name: String) -> String { "attribute:" + shown(name) }

    /// The path of a header.
    static func header(_ name: String) -> String { "header:" + shown(name) }

    /// A name as it may stand in an answer and in a log: at most 64 characters,
    /// control and format characters replaced, which could forge a line of a
    /// log or turn the direction of writing.
    private static func shown(_ name: String) -> String {
        let isPlain = name.utf8.count <= longestName && name.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        if isPlain { return name }
        var shown = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            guard shown.count < longestName else {
                shown.append("…")
                break
            }
            shown.append(isHarmless(scalar) ? scalar : "\u{FFFD}")
        }
        return String(shown)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
