package import CloudEvents
import Coordination
package import Store

/// Which deliveries a consumer wants: by type, and by an expression over the
/// event as the unit receives it.
package struct ConsumerFilter: Sendable {
    private let types: Set<String>?
    private let expression: CESQLExpression?

    /// What came of one delivery.
    package enum Outcome: Sendable, Hashable {
        case passes
        case leftOut
        /// The expression errs on it; it does not match, and is counted.
        case erred
    }

    /// The filter of a consumer.
    ///
    /// An expression that this program cannot read any more, which another had
    /// accepted, matches nothing and errs on everything.
    package init(_ settings: ConsumerRecord.Settings) {
        types = settings.types.map(Set.init)
        expression = settings.filter.map { text in
            (try? CESQLExpression(text)) ?? Self.unreadable
        }
    }

    private static let unreadable: CESQLExpression = {
        guard let expression = try? CESQLExpression("UNREADABLE()") else {
            preconditionFailure("a call of a function that does not exist can be read")
        }
        return expression
    }()

    /// Judges a delivery.
    ///
    /// - Parameter attribute: an attribute of the delivered event by its name.
    package func judge(type: String, attribute: (String) -> CESQLValue?) -> Outcome {
        if let types, !types.contains(type) { return .leftOut }
        guard let expression else { return .passes }
        let result = expression.evaluate(attribute)
        if result.error != nil { return .erred }
        return result.value == .boolean(true) ? .passes : .leftOut
    }

    /// Whether there is anything it does not let through.
    package var leavesOut: Bool { types != nil || expression != nil }

    /// Whether an expression has to be evaluated.
    package var readsAttributes: Bool { expression != nil }
}
