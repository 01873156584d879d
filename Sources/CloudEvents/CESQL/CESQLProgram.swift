/// A compiled expression: instructions for a machine with a stack of values.
///
/// A flat program keeps long chains of operators from taking call stack, and
/// short-circuit evaluation is a jump. Every error ends the run, because
/// everything around a failed operand fails with it; what remains is the value
/// that goes with the error.
struct CESQLProgram: Sendable {
    enum Instruction: Sendable {
        case push(CESQLValue)
        case load(String)
        case exists(String)
        case not
        case negate
        case calculate(Arithmetic)
        case compare(Comparison)
        case exclusiveOr
        /// Makes the top Boolean; goes to `to` with it when it is `when`, and
        /// otherwise drops it for the right operand.
        case skip(when: Bool, to: Int)
        case toBoolean
        case like(CESQLPattern, isNegated: Bool)
        /// Compares the top with the value below it, the left of IN; goes to
        /// `end` with the result when they are equal, drops the top otherwise.
        case member(isNegated: Bool, end: Int)
        case noMember(isNegated: Bool)
        case call(CESQLFunction, arguments: Int)
        case fail(CESQLError)
    }

    enum Arithmetic: Sendable {
        case add, subtract, multiply, divide, remainder
    }

    enum Comparison: Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    }

    let instructions: [Instruction]
    /// The type of the whole expression.
    let kind: CESQLValue.Kind

    func run(_ attribute: (String) -> CESQLValue?) -> CESQLResult {
        var stack: [CESQLValue] = []
        stack.reserveCapacity(8)
        var next = 0
        while next < instructions.count {
            let instruction = instructions[next]
            next += 1
            if let failure = step(instruction, &stack, &next, attribute) {
                // Only the outermost operation keeps the value of its own;
                // around any other one the result is a zero value.
                let isOutermost = next == instructions.count
                return CESQLResult(value: isOutermost ? failure.value ?? kind.zero : kind.zero, error: failure.error)
            }
        }
        return CESQLResult(value: stack[0])
    }

    /// An error and, for functions that name one, the value to go with it.
    struct Failure {
        var error: CESQLError
        var value: CESQLValue?
    }

    // MARK: Steps

    private func step(
        _ instruction: Instruction,
        _ stack: inout [CESQLValue],
        _ next: inout Int,
        _ attribute: (String) -> CESQLValue?,
    ) -> Failure? {
        switch instruction {
        case .push(let value):
            stack.append(value)
        case .load(let name):
            guard let value = attribute(name) else { return Failure(error: .missingAttribute(name)) }
            stack.append(value)
        case .exists(let name):
            stack.append(.boolean(attribute(name) != nil))
        case .not:
            guard let flag = stack.removeLast().asBoolean else { return Failure(error: .cast(to: .boolean)) }
            stack.append(.boolean(!flag))
        case .negate:
            return Self.negate(&stack)
        case .calculate(let operation):
            return Self.calculate(operation, &stack)
        case .compare(let operation):
            return Self.compare(operation, &stack)
        case .exclusiveOr:
            let right = stack.removeLast()
            guard let left = stack.removeLast().asBoolean, let right = right.asBoolean else {
                return Failure(error: .cast(to: .boolean))
            }
            stack.append(.boolean(left != right))
        case .skip(let value, let target):
            guard let flag = stack.removeLast().asBoolean else { return Failure(error: .cast(to: .boolean)) }
            if flag == value {
                stack.append(.boolean(flag))
                next = target
            }
        case .toBoolean:
            guard let flag = stack.removeLast().asBoolean else { return Failure(error: .cast(to: .boolean)) }
            stack.append(.boolean(flag))
        case .like(let pattern, let isNegated):
            stack.append(.boolean(pattern.matches(stack.removeLast().asString) != isNegated))
        case .member(let isNegated, let end):
            let element = stack.removeLast()
            let left = stack[stack.count - 1]
            guard let element = element.cast(to: left.kind) else { return Failure(error: .cast(to: left.kind)) }
            if element.isSame(as: left) {
                stack[stack.count - 1] = .boolean(!isNegated)
                next = end
            }
        case .noMember(let isNegated):
            stack[stack.count - 1] = .boolean(isNegated)
        case .call(let function, let count):
            let arguments = stack.suffix(count)
            let result = function.call(arguments)
            stack.removeLast(count)
            switch result {
            case .success(let value): stack.append(value)
            case .failure(let failure): return failure
            }
        case .fail(let error):
            return Failure(error: error, value: .boolean(false))
        }
        return nil
    }

    private static func negate(_ stack: inout [CESQLValue]) -> Failure? {
        guard let number = stack.removeLast().asInteger else { return Failure(error: .cast(to: .integer)) }
        let (result, overflow) = Int32(0).subtractingReportingOverflow(number)
        guard !overflow else { return Failure(error: .overflow) }
        stack.append(.integer(result))
        return nil
    }

    private static func calculate(_ operation: Arithmetic, _ stack: inout [CESQLValue]) -> Failure? {
        let right = stack.removeLast()
        guard let left = stack.removeLast().asInteger, let right = right.asInteger else {
            return Failure(error: .cast(to: .integer))
        }
        let (result, overflow): (Int32, Bool)
        switch operation {
        case .add: (result, overflow) = left.addingReportingOverflow(right)
        case .subtract: (result, overflow) = left.subtractingReportingOverflow(right)
        case .multiply: (result, overflow) = left.multipliedReportingOverflow(by: right)
        case .divide, .remainder:
            guard right != 0 else { return Failure(error: .divisionByZero) }
            if operation == .divide {
                (result, overflow) = left.dividedReportingOverflow(by: right)
            } else {
                // The remainder of the smallest number by -1 is 0, although
                // the quotient overflows.
                (result, overflow) = (left.remainderReportingOverflow(dividingBy: right).partialValue, false)
            }
        }
        guard !overflow else { return Failure(error: .overflow) }
        stack.append(.integer(result))
        return nil
    }

    private static func compare(_ operation: Comparison, _ stack: inout [CESQLValue]) -> Failure? {
        let right = stack.removeLast()
        let left = stack.removeLast()
        if operation == .equal || operation == .notEqual {
            // The right operand decides the type (section 3.7).
            guard let left = left.cast(to: right.kind) else { return Failure(error: .cast(to: right.kind)) }
            stack.append(.boolean(left.isSame(as: right) == (operation == .equal)))
            return nil
        }
        guard let left = left.asInteger, let right = right.asInteger else {
            return Failure(error: .cast(to: .integer))
        }
        switch operation {
        case .less: stack.append(.boolean(left < right))
        case .lessOrEqual: stack.append(.boolean(left <= right))
        case .greater: stack.append(.boolean(left > right))
        default: stack.append(.boolean(left >= right))
        }
        return nil
    }
}

extension CESQLProgram.Arithmetic {
    init?(_ token: CESQLLexer.Token) {
        switch token {
        case .plus: self = .add
        case .minus: self = .subtract
        case .times: self = .multiply
        case .divide: self = .divide
        case .remainder: self = .remainder
        default: return nil
        }
    }

    var isMultiplicative: Bool { self != .add && self != .subtract }
}

extension CESQLProgram.Comparison {
    init?(_ token: CESQLLexer.Token) {
        switch token {
        case .equal: self = .equal
        case .notEqual: self = .notEqual
        case .less: self = .less
        case .lessOrEqual: self = .lessOrEqual
        case .greater: self = .greater
        case .greaterOrEqual: self = .greaterOrEqual
        default: return nil
        }
    }
}
