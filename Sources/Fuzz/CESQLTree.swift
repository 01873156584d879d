/// An expression of CESQL as a tree, made here and written as text, so that it
/// is known what the text means without asking the program that is tried.
indirect enum CESQLTree {
    case text(String)
    case number(Int32)
    case truth(Bool)
    case attribute(String)
    case exists(String)
    case not(CESQLTree)
    case minus(CESQLTree)
    case binary(String, CESQLTree, CESQLTree)
    case like(CESQLTree, String, isNegated: Bool)
    case among(CESQLTree, [CESQLTree], isNegated: Bool)
    case call(String, [CESQLTree])

    /// How tightly the outermost operator binds; section 3.4 of the language.
    private var strength: Int {
        switch self {
        case .text, .number, .truth, .attribute, .exists, .call: 7
        case .not, .minus: 6
        case .like, .among: 5
        case .binary(let sign, _, _):
            switch sign {
            case "*", "/", "%": 4
            case "+", "-": 3
            case "AND", "OR", "XOR": 1
            default: 2
            }
        }
    }

    // MARK: - Writing

    /// The text, with parentheses where they are needed and now and then where not.
    func written(_ generator: inout CaseGenerator) -> String {
        switch self {
        case .text(let text):
            let quote = generator.pick(["'", "\""])
            // A backslash stands for itself but before a quotation mark, so that
            // no text can end in a single one.
            let escaped = text.replacing(quote, with: "\\" + quote)
            return quote + escaped + quote
        case .number(let number): return String(number)
        case .truth(let flag): return cased(flag ? "TRUE" : "FALSE", &generator)
        case .attribute(let name): return generator.oneIn(5) ? name.uppercased() : name
        case .exists(let name): return cased("EXISTS", &generator) + " " + name
        case .not(let tree): return cased("NOT", &generator) + " " + tree.inside(6, &generator)
        case .minus(let tree):
            // Directly before digits the sign would be the number's.
            return "- " + tree.inside(6, &generator)
        case .binary(let sign, let left, let right):
            let own = strength
            return left.inside(own, &generator) + " " + cased(sign, &generator) + " "
                + right.inside(own + 1, &generator)
        case .like(let tree, let pattern, let isNegated):
            return tree.inside(5, &generator) + (isNegated ? " NOT" : "") + " LIKE "
                + CESQLTree.text(pattern).written(&generator)
        case .among(let tree, let members, let isNegated):
            let list = members.map { $0.written(&generator) }.joined(separator: ", ")
            return tree.inside(5, &generator) + (isNegated ? " NOT" : "") + " IN (" + list + ")"
        case .call(let name, let arguments):
            return cased(name, &generator) + "(" + arguments.map { $0.written(&generator) }.joined(separator: ", ")
                + ")"
        }
    }

    private func inside(_ needed: Int, _ generator: inout CaseGenerator) -> String {
        let text = written(&generator)
        return strength < needed || generator.oneIn(8) ? "(" + text + ")" : text
    }

    private func cased(_ word: String, _ generator: inout CaseGenerator) -> String {
        switch generator.below(4) {
        case 0: word.lowercased()
        case 1: word.prefix(1) + word.dropFirst().lowercased()
        default: word
        }
    }

    // MARK: - Making

    static let attributes = ["id", "source", "type", "subject", "number", "flag", "missing", "time"]
    private static let texts = [
        "", "a", "abc", "ABC", "true", "FALSE", "12", "-7", "+3", "1.5", "2147483648", "-2147483648", " 1", "中文",
        "e\u{301}",
        "\u{E9}", "a%b", "a_b", "it's", "\"", "\\\\", "\\%", "𠮷", "\u{1F468}\u{200D}\u{1F469}",
    ]
    private static let patterns = [
        "", "%", "_", "%%", "a%", "%c", "a_c", "\\%", "\\_", "%b%", "_%_", "a\\%b", "%中%", "\\\\", "%a%b%c%",
    ]
    private static let functions = [
        ("LENGTH", 1), ("CONCAT", 2), ("CONCAT", 0), ("CONCAT_WS", 3), ("LOWER", 1), ("UPPER", 1), ("TRIM", 1),
        ("LEFT", 2),
        ("RIGHT", 2), ("SUBSTRING", 2), ("SUBSTRING", 3), ("ABS", 1), ("INT", 1), ("BOOL", 1), ("STRING", 1),
        ("IS_INT", 1),
        ("IS_BOOL", 1), ("NOSUCH", 1), ("LEFT", 1),
    ]
    private static let signs = ["+", "-", "*", "/", "%", "=", "!=", "<>", "<", "<=", ">", ">=", "AND", "OR", "XOR"]

    /// A tree at most so deep.
    static func make(depth: Int, _ generator: inout CaseGenerator) -> CESQLTree {
        if depth == 0 || generator.oneIn(5) {
            switch generator.below(6) {
            case 0: return .text(generator.pick(texts))
            case 1: return .number(generator.pick([0, 1, -1, 7, .max, .min, 46_341, -3]))
            case 2: return .truth(generator.oneIn(2))
            case 3: return .exists(generator.pick(attributes))
            default: return .attribute(generator.pick(attributes))
            }
        }
        switch generator.below(9) {
        case 0: return .not(make(depth: depth - 1, &generator))
        case 1: return .minus(make(depth: depth - 1, &generator))
        case 2:
            return .like(make(depth: depth - 1, &generator), generator.pick(patterns), isNegated: generator.oneIn(3))
        case 3:
            let members = (0...generator.below(3)).map { _ in make(depth: depth - 1, &generator) }
            return .among(make(depth: depth - 1, &generator), members, isNegated: generator.oneIn(3))
        case 4, 5:
            let (name, count) = generator.pick(functions)
            return .call(name, (0..<count).map { _ in make(depth: depth - 1, &generator) })
        default:
            return .binary(
                generator.pick(signs), make(depth: depth - 1, &generator), make(depth: depth - 1, &generator))
        }
    }
}
