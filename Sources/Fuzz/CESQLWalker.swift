import CloudEvents

/// What an expression means, by walking its tree as the specification is read:
/// slow, plain, and written without a look at the program that is tried.
struct CESQLWalker {
    let event: [String: CESQLValue]

    /// The first error of a walk, as the kind the specification names.
    struct Failure: Error {
        var kind: CESQLError.Kind
    }

    func value(of tree: CESQLTree) throws(Failure) -> CESQLValue {
        switch tree {
        case .text(let text): return .string(text)
        case .number(let number): return .integer(number)
        case .truth(let flag): return .boolean(flag)
        case .attribute(let name):
            guard let value = event[name] else { throw Failure(kind: .missingAttribute) }
            return value
        case .exists(let name): return .boolean(event[name] != nil)
        case .not(let tree): return .boolean(try !truth(try value(of: tree)))
        case .minus(let tree): return .integer(try fitting(-Int64(try number(try value(of: tree)))))
        case .binary(let sign, let left, let right): return try binary(sign, left, right)
        case .like(let tree, let pattern, let isNegated):
            let text = Array(Self.text(try value(of: tree)).unicodeScalars)
            return .boolean(Self.matches(text[...], Self.pattern(pattern)[...]) != isNegated)
        case .among(let tree, let members, let isNegated):
            let left = try value(of: tree)
            for member in members {
                if Self.same(try cast(try value(of: member), like: left), left) { return .boolean(!isNegated) }
            }
            return .boolean(isNegated)
        case .call(let name, let arguments): return try call(name, arguments)
        }
    }

    private func binary(_ sign: String, _ left: CESQLTree, _ right: CESQLTree) throws(Failure) -> CESQLValue {
        switch sign {
        case "AND": return .boolean(try truth(try value(of: left)) ? try truth(try value(of: right)) : false)
        case "OR": return .boolean(try truth(try value(of: left)) ? true : try truth(try value(of: right)))
        default: break
        }
        let (left, right) = (try value(of: left), try value(of: right))
        switch sign {
        case "XOR": return .boolean(try truth(left) != truth(right))
        case "=": return .boolean(Self.same(try cast(left, like: right), right))
        case "!=", "<>": return .boolean(!Self.same(try cast(left, like: right), right))
        default: break
        }
        let (one, two) = (Int64(try number(left)), Int64(try number(right)))
        switch sign {
        case "<": return .boolean(one < two)
        case "<=": return .boolean(one <= two)
        case ">": return .boolean(one > two)
        case ">=": return .boolean(one >= two)
        case "+": return .integer(try fitting(one + two))
        case "-": return .integer(try fitting(one - two))
        case "*": return .integer(try fitting(one * two))
        default:
            guard two != 0 else { throw Failure(kind: .math) }
            return .integer(try fitting(sign == "/" ? one / two : one % two))
        }
    }

    private func call(_ name: String, _ trees: [CESQLTree]) throws(Failure) -> CESQLValue {
        // No argument of a function that does not exist can be looked at.
        guard !(name == "NOSUCH" || (name == "LEFT" && trees.count == 1)) else { throw Failure(kind: .missingFunction) }
        var values: [CESQLValue] = []
        for tree in trees { values.append(try value(of: tree)) }
        let texts = values.map { Self.text($0) }
        switch name {
        case "LENGTH": return .integer(Int32(texts[0].unicodeScalars.count))
        case "CONCAT": return .string(texts.joined())
        case "CONCAT_WS": return .string(texts.dropFirst().joined(separator: texts[0]))
        case "LOWER": return .string(texts[0].lowercased())
        case "UPPER": return .string(texts[0].uppercased())
        case "TRIM":
            var scalars = Array(texts[0].unicodeScalars)
            while scalars.first?.properties.isWhitespace ?? false { scalars.removeFirst() }
            while scalars.last?.properties.isWhitespace ?? false { scalars.removeLast() }
            return .string(Self.string(scalars))
        case "LEFT", "RIGHT":
            let scalars = Array(texts[0].unicodeScalars)
            let count = Int(try number(values[1]))
            guard count >= 0 else { throw Failure(kind: .functionEvaluation) }
            return .string(Self.string(name == "LEFT" ? Array(scalars.prefix(count)) : Array(scalars.suffix(count))))
        case "SUBSTRING": return try substring(Array(texts[0].unicodeScalars), values)
        case "ABS": return .integer(try fitting(abs(Int64(try number(values[0])))))
        case "INT": return .integer(try number(values[0]))
        case "BOOL": return .boolean(try truth(values[0]))
        case "STRING": return .string(texts[0])
        case "IS_INT": return .boolean((try? number(values[0])) != nil)
        default: return .boolean((try? truth(values[0])) != nil)
        }
    }

    private func substring(_ scalars: [Unicode.Scalar], _ values: [CESQLValue]) throws(Failure) -> CESQLValue {
        let position = Int(try number(values[1]))
        let length = values.count > 2 ? Int(try number(values[2])) : scalars.count
        guard abs(position) <= scalars.count, length >= 0 else { throw Failure(kind: .functionEvaluation) }
        guard position != 0 else { return .string("") }
        let start = position > 0 ? position - 1 : scalars.count + position
        return .string(Self.string(Array(scalars[start...].prefix(length))))
    }

    // MARK: - Casts

    private func cast(_ value: CESQLValue, like other: CESQLValue) throws(Failure) -> CESQLValue {
        switch other {
        case .string: .string(Self.text(value))
        case .integer: .integer(try number(value))
        case .boolean: .boolean(try truth(value))
        }
    }

    private func truth(_ value: CESQLValue) throws(Failure) -> Bool {
        switch value {
        case .boolean(let flag): return flag
        case .integer(let number): return number != 0
        case .string(let text):
            switch text.lowercased() {
            case "true": return true
            case "false": return false
            default: throw Failure(kind: .cast)
            }
        }
    }

    private func number(_ value: CESQLValue) throws(Failure) -> Int32 {
        switch value {
        case .integer(let number): return number
        case .boolean(let flag): return flag ? 1 : 0
        case .string(let text):
            guard let number = Int32(text) else { throw Failure(kind: .cast) }
            return number
        }
    }

    private func fitting(_ number: Int64) throws(Failure) -> Int32 {
        guard let result = Int32(exactly: number) else { throw Failure(kind: .math) }
        return result
    }

    private static func text(_ value: CESQLValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        }
    }

    static func same(_ left: CESQLValue, _ right: CESQLValue) -> Bool {
        if case .string(let one) = left, case .string(let two) = right { return Array(one.utf8) == Array(two.utf8) }
        return left == right
    }

    private static func string(_ scalars: [Unicode.Scalar]) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    // MARK: - LIKE

    private enum Sign {
        case any, one
        case scalar(Unicode.Scalar)
    }

    private static func pattern(_ text: String) -> [Sign] {
        var signs: [Sign] = []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\", let next = rest.first, next == "%" || next == "_" {
                signs.append(.scalar(next))
                rest.removeFirst()
            } else {
                signs.append(scalar == "%" ? .any : scalar == "_" ? .one : .scalar(scalar))
            }
        }
        return signs
    }

    private static func matches(_ text: ArraySlice<Unicode.Scalar>, _ signs: ArraySlice<Sign>) -> Bool {
        guard let sign = signs.first else { return text.isEmpty }
        switch sign {
        case .any:
            return (text.startIndex...text.endIndex).contains { matches(text[$0...], signs.dropFirst()) }
        case .one: return !text.isEmpty && matches(text.dropFirst(), signs.dropFirst())
        case .scalar(let wanted): return text.first == wanted && matches(text.dropFirst(), signs.dropFirst())
        }
    }
}
