import CloudEvents
import Testing

/// One expression, the attributes of the event it meets, and what comes out.
struct CESQLCase: Sendable, CustomTestStringConvertible {
    var expression: String
    var value: CESQLValue
    var error: CESQLError.Kind?
    var attributes: [String: CESQLValue]

    init(
        _ expression: String,
        _ value: CESQLValue,
        error: CESQLError.Kind? = nil,
        _ attributes: [String: CESQLValue] = [:],
    ) {
        self.expression = expression
        self.value = value
        self.error = error
        self.attributes = attributes
    }

    var testDescription: String { expression }

    /// Evaluates it over an event that has the required attributes, and
    /// compares value and error.
    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        var event: [String: CESQLValue] = ["specversion": "1.0", "id": "1", "source": "/a", "type": "cn.test"]
        event.merge(attributes) { $1 }
        let result = try CESQLExpression(expression).evaluate { event[$0] }
        #expect(result.value == value, sourceLocation: sourceLocation)
        #expect(result.error?.kind == error, sourceLocation: sourceLocation)
    }
}

extension CESQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int32) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
}
