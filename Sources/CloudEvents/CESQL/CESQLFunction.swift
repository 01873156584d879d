/// The built-in functions of CESQL 1.0, section 3.5, and the explicit casts.
enum CESQLFunction: Sendable {
    case length, concat, concatWithSeparator, lower, upper, trim, left, right
    case substring, substringWithLength
    case absolute
    case integer, boolean, string, isInteger, isBoolean

    /// A function by its name in upper case and its number of arguments; nil
    /// where there is none.
    init?(name: String, arguments: Int) {
        switch (name, arguments) {
        case ("LENGTH", 1): self = .length
        case ("CONCAT", _): self = .concat
        case ("CONCAT_WS", 1...): self = .concatWithSeparator
        case ("LOWER", 1): self = .lower
        case ("UPPER", 1): self = .upper
        case ("TRIM", 1): self = .trim
        case ("LEFT", 2): self = .left
        case ("RIGHT", 2): self = .right
        case ("SUBSTRING", 2): self = .substring
        case ("SUBSTRING", 3): self = .substringWithLength
        case ("ABS", 1): self = .absolute
        case ("INT", 1): self = .integer
        case ("BOOL", 1): self = .boolean
        case ("STRING", 1): self = .string
        case ("IS_INT", 1): self = .isInteger
        case ("IS_BOOL", 1): self = .isBoolean
        default: return nil
        }
    }

    /// The type of its value.
    var result: CESQLValue.Kind {
        switch self {
        case .length, .absolute, .integer: .integer
        case .boolean, .isInteger, .isBoolean: .boolean
        default: .string
        }
    }

    /// A value, or a failure.
    enum CallResult {
        case success(CESQLValue)
        case failure(CESQLProgram.Failure)
    }

    /// Applies it. Precondition: as many arguments as it was made for.
    func call(_ arguments: ArraySlice<CESQLValue>) -> CallResult {
        let first = arguments.first
        switch self {
        case .length: return .success(.integer(Int32(clamping: Self.text(first).unicodeScalars.count)))
        case .concat: return .success(.string(arguments.map(\.asString).joined()))
        case .concatWithSeparator:
            return .success(.string(arguments.dropFirst().map(\.asString).joined(separator: Self.text(first))))
        case .lower: return .success(.string(Self.text(first).lowercased()))
        case .upper: return .success(.string(Self.text(first).uppercased()))
        case .trim: return .success(.string(Self.trimmed(Self.text(first))))
        case .left, .right: return part(Self.text(first), arguments.last)
        case .substring, .substringWithLength: return substring(Self.text(first), Array(arguments.dropFirst()))
        case .absolute: return absolute(first)
        case .integer, .boolean, .string: return cast(first)
        case .isInteger: return .success(.boolean(first?.asInteger != nil))
        case .isBoolean: return .success(.boolean(first?.asBoolean != nil))
        }
    }

    // MARK: Numbers and casts

    private func cast(_ value: CESQLValue?) -> CallResult {
        guard let value = value?.cast(to: result) else { return fail(.cast(to: result), result.zero) }
        return .success(value)
    }

    private func absolute(_ value: CESQLValue?) -> CallResult {
        guard let number = value?.asInteger else { return fail(.cast(to: .integer), .integer(0)) }
        guard number != .min else { return fail(.overflow, .integer(.max)) }
        return .success(.integer(abs(number)))
    }

    // MARK: Parts of text

    private func part(_ text: String, _ argument: CESQLValue?) -> CallResult {
        guard let count = argument?.asInteger else { return fail(.cast(to: .integer), .string("")) }
        guard count >= 0 else {
            let error = CESQLError.refusedArgument(
                of: self == .left ? "LEFT" : "RIGHT",
                reason: "the number of characters is negative",
                reasonZh: "字符数不能为负",
            )
            return fail(error, .string(text))
        }
        let scalars = text.unicodeScalars
        let slice = self == .left ? scalars.prefix(Int(count)) : scalars.suffix(Int(count))
        return .success(.string(String(slice)))
    }

    private func substring(_ text: String, _ arguments: [CESQLValue]) -> CallResult {
        let numbers = arguments.compactMap(\.asInteger)
        guard numbers.count == arguments.count, let position = numbers.first.map(Int.init) else {
            return fail(.cast(to: .integer), .string(""))
        }
        let scalars = text.unicodeScalars
        let count = scalars.count
        let length = numbers.count > 1 ? Int(numbers[1]) : count
        guard abs(position) <= count, length >= 0 else {
            let error = CESQLError.refusedArgument(
                of: "SUBSTRING",
                reason: "the position lies outside the text or the length is negative",
                reasonZh: "位置超出文本或长度为负",
            )
            return fail(error, .string(""))
        }
        guard position != 0 else { return .success(.string("")) }
        let start = position > 0 ? position - 1 : count + position
        return .success(.string(String(scalars.dropFirst(start).prefix(length))))
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    private static func text(_ value: CESQLValue?) -> String { value?.asString ?? "" }

    private func fail(_ error: CESQLError, _ value: CESQLValue) -> CallResult {
        .failure(CESQLProgram.Failure(error: error, value: value))
    }
}
