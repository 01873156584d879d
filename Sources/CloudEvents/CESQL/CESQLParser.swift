/// Turns the text of an expression into a program for the stack machine of
/// `CESQLProgram`, in one pass: recursive descent over nesting, loops over
/// chains of operators, so that only the nesting, which is bounded, takes
/// stack.
struct CESQLParser {
    private var lexer: CESQLLexer
    private var token: CESQLLexer.Token = .end
    private var instructions: [CESQLProgram.Instruction] = []
    private var names: Set<String> = []
    private var depth = 0
    private let depthLimit: Int

    /// The type of what was just compiled. An attribute has a type only when
    /// an event is there; for a missing one the specification assumes Boolean.
    private typealias Kind = CESQLValue.Kind

    init(text: String, depthLimit: Int) {
        lexer = CESQLLexer(text: text)
        self.depthLimit = depthLimit
    }

    mutating func parse() throws(CESQLParseError) -> (CESQLProgram, names: Set<String>) {
        try advance()
        let kind = try expression()
        guard token == .end else {
            throw lexer.fault(
                "an operator or the end of the expression is expected here",
                "此处应为运算符或表达式结尾",
            )
        }
        return (CESQLProgram(instructions: instructions, kind: kind), names)
    }

    private mutating func advance() throws(CESQLParseError) {
        token = try lexer.next()
    }

    private mutating func expect(_ expected: CESQLLexer.Token, _ sign: String) throws(CESQLParseError) {
        guard token == expected else { throw lexer.fault("\(sign) is expected here", "此处应为\(sign)") }
        try advance()
    }

    // MARK: Chains of binary operators, loosest first

    private mutating func nestedExpression() throws(CESQLParseError) -> Kind {
        depth += 1
        defer { depth -= 1 }
        try checkDepth()
        return try expression()
    }

    private mutating func expression() throws(CESQLParseError) -> Kind {
        var kind = try comparison()
        while true {
            switch token {
            case .and: try shortCircuit(on: false)
            case .or: try shortCircuit(on: true)
            case .xor:
                try advance()
                _ = try comparison()
                instructions.append(.exclusiveOr)
            default: return kind
            }
            kind = .boolean
        }
    }

    private mutating func shortCircuit(on value: Bool) throws(CESQLParseError) {
        try advance()
        let jump = instructions.count
        instructions.append(.skip(when: value, to: 0))
        _ = try comparison()
        instructions.append(.toBoolean)
        instructions[jump] = .skip(when: value, to: instructions.count)
    }

    private mutating func comparison() throws(CESQLParseError) -> Kind {
        var kind = try sum()
        while let operation = CESQLProgram.Comparison(token) {
            try advance()
            _ = try sum()
            instructions.append(.compare(operation))
            kind = .boolean
        }
        return kind
    }

    private mutating func sum() throws(CESQLParseError) -> Kind {
        var kind = try product()
        while let operation = CESQLProgram.Arithmetic(token), !operation.isMultiplicative {
            try advance()
            _ = try product()
            instructions.append(.calculate(operation))
            kind = .integer
        }
        return kind
    }

    private mutating func product() throws(CESQLParseError) -> Kind {
        var kind = try predicate()
        while let operation = CESQLProgram.Arithmetic(token), operation.isMultiplicative {
            try advance()
            _ = try predicate()
            instructions.append(.calculate(operation))
            kind = .integer
        }
        return kind
    }

    // MARK: LIKE and IN

    private mutating func predicate() throws(CESQLParseError) -> Kind {
        var kind = try unary()
        while true {
            let isNegated = token == .not
            switch token {
            case .not, .like, .membership: break
            default: return kind
            }
            if isNegated { try advance() }
            switch token {
            case .like: try like(isNegated: isNegated)
            case .membership: try membership(isNegated: isNegated)
            default: throw lexer.fault("LIKE or IN is expected after NOT here", "此处NOT之后应为LIKE或IN")
            }
            kind = .boolean
        }
    }

    private mutating func like(isNegated: Bool) throws(CESQLParseError) {
        try advance()
        guard case .string(let pattern) = token else {
            throw lexer.fault("the pattern of LIKE is a text in quotation marks", "LIKE的模式应为引号内的文本")
        }
        instructions.append(.like(CESQLPattern(pattern), isNegated: isNegated))
        try advance()
    }

    private mutating func membership(isNegated: Bool) throws(CESQLParseError) {
        try advance()
        try expect(.leftParenthesis, "(")
        var jumps: [Int] = []
        repeat {
            if !jumps.isEmpty { try advance() }
            _ = try nestedExpression()
            jumps.append(instructions.count)
            instructions.append(.member(isNegated: isNegated, end: 0))
        } while token == .comma
        try expect(.rightParenthesis, ")")
        instructions.append(.noMember(isNegated: isNegated))
        for jump in jumps {
            instructions[jump] = .member(isNegated: isNegated, end: instructions.count)
        }
    }

    // MARK: Unary operators and what they apply to

    private mutating func unary() throws(CESQLParseError) -> Kind {
        switch token {
        case .not:
            try advance()
            try operand()
            instructions.append(.not)
            return .boolean
        case .minus, .plus:
            return try signed()
        default:
            return try primary()
        }
    }

    private mutating func operand() throws(CESQLParseError) {
        depth += 1
        defer { depth -= 1 }
        try checkDepth()
        _ = try unary()
    }

    /// A sign directly before digits belongs to the number, which matters for
    /// the smallest one; any other minus negates what follows.
    private mutating func signed() throws(CESQLParseError) -> Kind {
        let sign = lexer
        let isMinus = token == .minus
        try advance()
        if token == .digits, lexer.range.lowerBound == sign.range.upperBound {
            return try integer(sign: isMinus ? "-" : "+")
        }
        guard isMinus else {
            throw sign.fault("digits are expected directly after +", "+之后应紧跟数字")
        }
        try operand()
        instructions.append(.negate)
        return .integer
    }

    private mutating func integer(sign: String) throws(CESQLParseError) -> Kind {
        guard let number = Int32(sign + lexer.tokenText) else {
            throw lexer.fault(
                "a number lies between -2147483648 and 2147483647",
                "数字应在-2147483648与2147483647之间",
            )
        }
        instructions.append(.push(.integer(number)))
        try advance()
        return .integer
    }

    private mutating func primary() throws(CESQLParseError) -> Kind {
        switch token {
        case .boolean(let value):
            instructions.append(.push(.boolean(value)))
            try advance()
            return .boolean
        case .string(let value):
            instructions.append(.push(.string(value)))
            try advance()
            return .string
        case .digits:
            return try integer(sign: "")
        case .leftParenthesis:
            try advance()
            let kind = try nestedExpression()
            try expect(.rightParenthesis, ")")
            return kind
        case .exists:
            try advance()
            instructions.append(.exists(try attributeName()))
            return .boolean
        case .word:
            return try attributeOrFunction()
        default:
            throw lexer.fault(
                "a value, an attribute or a function is expected here",
                "此处应为值、属性或函数",
            )
        }
    }

    private mutating func attributeName() throws(CESQLParseError) -> String {
        let text = lexer.tokenText
        guard token == .word, !text.utf8.contains(UInt8(ascii: "_")) else {
            throw lexer.fault("the name of an attribute is expected here", "此处应为属性名")
        }
        let name = text.lowercased()
        names.insert(name)
        try advance()
        return name
    }

    private mutating func attributeOrFunction() throws(CESQLParseError) -> Kind {
        let place = lexer
        try advance()
        guard token == .leftParenthesis else {
            (lexer, token) = (place, .word)
            instructions.append(.load(try attributeName()))
            return .boolean
        }
        let name = place.tokenText.uppercased()
        guard let first = name.utf8.first, first != UInt8(ascii: "_"), !name.utf8.contains(where: CESQLLexer.isDigit)
        else {
            throw place.fault("the name of a function has only letters and _", "函数名只含字母和下划线")
        }
        return try call(name)
    }

    private mutating func call(_ name: String) throws(CESQLParseError) -> Kind {
        try advance()
        let start = instructions.count
        var count = 0
        if token != .rightParenthesis {
            repeat {
                if count > 0 { try advance() }
                _ = try nestedExpression()
                count += 1
            } while token == .comma
        }
        try expect(.rightParenthesis, ")")
        guard let function = CESQLFunction(name: name, arguments: count) else {
            // Nobody can use what its arguments give.
            instructions.removeSubrange(start...)
            instructions.append(.fail(.missingFunction(name, arguments: count)))
            return .boolean
        }
        instructions.append(.call(function, arguments: count))
        return function.result
    }

    private func checkDepth() throws(CESQLParseError) {
        guard depth <= depthLimit else {
            throw lexer.fault(
                "an expression has at most \(depthLimit) levels inside each other",
                "表达式最多嵌套\(depthLimit)层",
            )
        }
    }
}
