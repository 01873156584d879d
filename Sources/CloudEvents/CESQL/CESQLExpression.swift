/// An expression of the CloudEvents SQL expression language, version 1.0
/// (https://github.com/cloudevents/spec/blob/main/cesql/spec.md), ready to be
/// evaluated against many events.
///
/// Where the specification leaves room:
/// - Evaluation stops at the first error ("fail fast"): an operator or function
///   over a failed operand has the zero value of its own type. A function that
///   fails itself has the value its definition names.
/// - Attribute names are lower case by the CloudEvents specification; upper
///   case in an expression is folded, as the public implementations do.
/// - `NOT` binds tighter than `LIKE` and `IN` (section 3.6): write
///   `x NOT LIKE 'a%'` or `NOT (x LIKE 'a%')`.
/// - `AND`, `OR` and `XOR` have one precedence and go from left to right.
/// - A character is a Unicode code point.
public struct CESQLExpression: Sendable {
    /// The expression as it was written.
    public let text: String
    /// The attributes it names, lower case, `EXISTS` included.
    public let attributeNames: Set<String>

    private let program: CESQLProgram

    /// Reads an expression.
    ///
    /// Throws `CESQLParseError` for text that does not follow the grammar, is
    /// longer than the limits allow, or nested deeper. A function that does not
    /// exist is not a fault of the grammar: it fails when it is evaluated.
    public init(_ text: String) throws(CESQLParseError) {
        try self.init(text, limits: CESQLLimits())
    }

    /// Reads an expression under limits of the caller's own.
    public init(_ text: String, limits: CESQLLimits) throws(CESQLParseError) {
        // The UTF-8 length is known without counting, so that a huge text is
        // refused without a walk through it.
        let size = text.utf8.count
        if size > 4 * limits.length || (size > limits.length && text.unicodeScalars.count > limits.length) {
            throw CESQLParseError(
                position: limits.length + 1,
                message: "an expression has at most \(limits.length) characters",
                messageZh: "表达式最多\(limits.length)个字符",
            )
        }
        var parser = CESQLParser(text: text, depthLimit: limits.depth)
        let (program, names) = try parser.parse()
        self.text = text
        self.program = program
        self.attributeNames = names
    }

    /// The value of the expression for an event.
    ///
    /// - Parameter attribute: the value of a context attribute by its name,
    ///   required ones and `specversion` included; nil where the event has
    ///   none. Values that are not text, 32-bit integers or Booleans are given
    ///   as their canonical text.
    public func evaluate(_ attribute: (String) -> CESQLValue?) -> CESQLResult {
        program.run(attribute)
    }
}

/// How large an expression may be.
public struct CESQLLimits: Sendable, Hashable {
    /// The most characters (code points). Default: 4,096.
    public var length: Int = 4096
    /// The most levels of parentheses, functions, sets and unary operators
    /// inside each other. Default: 64.
    public var depth: Int = 64

    /// The default limits.
    public init() {}
}
