import CloudEvents
import Glibc

/// One case of CESQL, in this process: text that is an expression means what
/// its tree means; text that may be anything is read or refused, and what was
/// read has a value for every event, soon.
struct CESQLTrial {
    private static let event: [String: CESQLValue] = [
        "id": .string("A-1"), "source": .string("/410322/units/psb"), "type": .string("abc"),
        "subject": .string("true"),
        "number": .integer(-7), "flag": .boolean(true), "time": .string("2020-10-28T17:30:00+08:00"),
    ]

    /// A second, far more than any expression of the allowed length needs.
    private static let patience = Duration.seconds(1)

    /// A tree and its text.
    static func expression(_ generator: inout CaseGenerator) -> (tree: CESQLTree, text: String) {
        let tree = CESQLTree.make(depth: 1 + generator.below(5), &generator)
        return (tree, tree.written(&generator))
    }

    /// An expression that was made means what its tree means.
    static func compare(_ tree: CESQLTree, _ text: String) throws -> String {
        guard text.unicodeScalars.count <= CESQLLimits().length else { return "too long" }
        let expression: CESQLExpression
        do {
            expression = try CESQLExpression(text)
        } catch {
            throw Finding("not-read", "\(error)")
        }
        let result = expression.evaluate { event[$0] }
        do {
            let expected = try CESQLWalker(event: event).value(of: tree)
            guard result.error == nil, CESQLWalker.same(result.value, expected) else {
                throw Finding("value-differs", "\(result), not \(expected)")
            }
            return "a value"
        } catch let failure as CESQLWalker.Failure {
            guard result.error?.kind == failure.kind else {
                throw Finding("error-differs", "\(result), not an error of kind \(failure.kind)")
            }
            return "\(failure.kind) error"
        }
    }

    /// Any text.
    static func survive(_ text: String) throws -> String {
        let began = cpuTime
        let outcome: String
        do {
            let expression = try CESQLExpression(text)
            let first = expression.evaluate { event[$0] }
            let second = expression.evaluate { event[$0] }
            guard first == second else { throw Finding("value-differs", "\(first), then \(second)") }
            _ = expression.evaluate { _ in nil }
            outcome = "any text: read"
        } catch let error as CESQLParseError {
            guard error.position >= 1, !error.message.isEmpty, !error.messageZh.isEmpty else {
                throw Finding("no-place", "\(error)")
            }
            outcome = "any text: refused"
        }
        let took = cpuTime - began
        guard took < patience else { throw Finding("too-slow", "\(took) of computing") }
        return outcome
    }

    /// How long this thread has computed: others on the machine do not count.
    private static var cpuTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// A text that may be anything: an expression with changes, or one made to hurt.
    static func anyText(_ generator: inout CaseGenerator) -> String {
        let count = generator.pick([1, 60, 64, 65, 200, 1300, 4000, 100_000])
        switch generator.below(12) {
        case 0: return String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count)
        case 1: return String(repeating: "NOT ", count: count) + "true"
        case 2: return String(repeating: "- ", count: count) + "1"
        case 3:
            return "1"
                + String(
                    repeating: generator.pick([" + 1", " AND 1", " = 1", " XOR true", " NOT IN (1)"]), count: count)
        case 4: return "1 IN (" + Array(repeating: "2", count: count).joined(separator: ",") + ")"
        case 5:
            return "CONCAT(" + Array(repeating: "source", count: min(count, 500)).joined(separator: ",") + ") LIKE '"
                + String(repeating: generator.pick(["%a", "%_", "_", "%%"]), count: min(count, 400)) + "b'"
        case 6: return String(repeating: "LENGTH(", count: count) + "id" + String(repeating: ")", count: count)
        default:
            let bytes = generator.damaged(Array(expression(&generator).text.utf8))
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
