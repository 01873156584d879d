/// What went wrong while an expression was evaluated.
///
/// It names attributes and functions of the expression, never the value of an
/// attribute: errors end in logs, values may be personal.
public struct CESQLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error types of CESQL 1.0, section 3.3, named as in its conformance
    /// suite.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The expression does not follow the grammar.
        case parse
        /// Division by zero, or a result that 32 bits cannot hold.
        case math
        /// A value that cannot be turned into the type asked for.
        case cast
        /// An attribute that the event does not have.
        case missingAttribute
        /// A function, or a number of arguments, that does not exist.
        case missingFunction
        /// A built-in function that refuses its arguments.
        case functionEvaluation
        /// Anything else.
        case generic
    }

    /// The type of the error.
    public var kind: Kind
    /// What is wrong, in English: lower case, no period.
    public var message: String
    /// The same in Chinese.
    public var messageZh: String

    /// An error of a kind.
    public init(kind: Kind, message: String, messageZh: String) {
        self.kind = kind
        self.message = message
        self.messageZh = messageZh
    }

    /// Kind and English message, on one line.
    public var description: String { "\(kind.rawValue): \(message)" }
}

/// Why a text is not an expression, and where.
public struct CESQLParseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place, in characters from the beginning, counted from 1; one past
    /// the last character where something is missing at the end.
    public var position: Int
    /// What is wrong and what to do, in English: lower case, no period.
    public var message: String
    /// The same in Chinese.
    public var messageZh: String

    /// Always `parse`.
    public var kind: CESQLError.Kind { .parse }

    /// An error at a place.
    public init(position: Int, message: String, messageZh: String) {
        self.position = position
        self.message = message
        self.messageZh = messageZh
    }

    /// Kind, place and English message, on one line.
    public var description: String { "parse: at character \(position): \(message)" }
}

/// What an evaluation gives back: always a value, and the error if there was
/// one.
public struct CESQLResult: Sendable, Hashable {
    /// The value; after an error the one the specification prescribes, mostly
    /// the zero value of the expression's type.
    public var value: CESQLValue
    /// The first error, nil if all went well.
    public var error: CESQLError?

    /// A value, with or without an error.
    public init(value: CESQLValue, error: CESQLError? = nil) {
        self.value = value
        self.error = error
    }

    /// Whether an event with this result passes a filter: the value is the
    /// Boolean `true` and there was no error (CESQL 1.0, section 1.2).
    public var passes: Bool { error == nil && value == .boolean(true) }
}

extension CESQLError {
    static let divisionByZero = CESQLError(kind: .math, message: "division by zero", messageZh: "除数为零")

    static let overflow = CESQLError(
        kind: .math,
        message: "the result does not fit into 32 bits",
        messageZh: "结果超出32位整数范围",
    )

    static func missingAttribute(_ name: String) -> CESQLError {
        CESQLError(
            kind: .missingAttribute,
            message: "the event has no attribute \(name)",
            messageZh: "事件没有属性\(name)",
        )
    }

    static func missingFunction(_ name: String, arguments: Int) -> CESQLError {
        CESQLError(
            kind: .missingFunction,
            message: "there is no function \(name) that takes \(arguments) arguments",
            messageZh: "没有接受\(arguments)个参数的函数\(name)",
        )
    }

    static func cast(to kind: CESQLValue.Kind) -> CESQLError {
        let (name, nameZh) =
            switch kind {
            case .string: ("text", "文本")
            case .integer: ("a 32-bit integer", "32位整数")
            case .boolean: ("true or false", "真或假")
            }
        return CESQLError(
            kind: .cast,
            message: "a value cannot be read as \(name)",
            messageZh: "有值不能作为\(nameZh)读取",
        )
    }

    static func refusedArgument(of function: String, reason: String, reasonZh: String) -> CESQLError {
        CESQLError(kind: .functionEvaluation, message: "\(function): \(reason)", messageZh: "\(function)：\(reasonZh)")
    }
}
