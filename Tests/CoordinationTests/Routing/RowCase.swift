import CloudEvents
import Testing

@testable import Coordination

/// One event and what the routing matrix says becomes of it.
struct RowCase: Sendable, CustomTestStringConvertible {
    /// What is special about the event.
    var title: String
    var type: EventType
    var routable: [String: RoutableValue]
    var publisher: UnitID = "jm-office"
    /// As ``RoutingDecision/lines`` writes it.
    var expected: [String]

    init(
        _ title: String, _ type: EventType, _ routable: [String: RoutableValue], by publisher: UnitID = "jm-office",
        _ expected: [String],
    ) {
        self.title = title
        self.type = type
        self.routable = routable
        self.publisher = publisher
        self.expected = expected
    }

    var testDescription: String { "\(type.rawValue): \(title)" }

    /// Routes the event on the day of the plan and compares line by line.
    func check(_ location: SourceLocation = #_sourceLocation) throws {
        let decision = try Mengjin.county().route(type, routable, by: publisher)
        #expect(decision.lines == expected, sourceLocation: location)
    }
}

extension [String: RoutableValue] {
    func with(_ more: [String: RoutableValue]) -> [String: RoutableValue] {
        merging(more) { $1 }
    }
}
