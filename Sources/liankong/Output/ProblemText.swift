import CloudEvents
import HubAPI
import HubClient

/// A refusal of the hub as people read it.
enum ProblemText {
    /// What happened, what to do about it, and all that the hub says besides.
    static func lines(_ problem: HubProblem) -> [String] {
        var lines = ["\(problem.status) \(problem.code): \(title(problem))"]
        lines += problem.faults.map { fault in
            // What concerns the text as a whole has no path.
            "  \(fault.path.isEmpty ? "" : "\(fault.path): ")\(fault.message) / \(fault.messageZh)"
        }
        let needs = texts(problem, "needs")
        if !needs.isEmpty { lines.append("  needs 所需权限: \(needs.joined(separator: " or 或 "))") }
        if let state = problem.json["state"]?.stringValue { lines.append("  state 状态: \(Words.state(state))") }
        if problem.json["allowed"] != nil {
            let allowed = texts(problem, "allowed").map(Words.command)
            lines.append("  allowed 可进行: \(allowed.isEmpty ? "none 无" : allowed.joined(separator: ", "))")
        }
        let advice = advice(problem)
        if !advice.isEmpty { lines.append("  \(advice)") }
        return lines
    }

    /// The hub answers in one language; what this program knows of the code
    /// gives both. A code of a later hub is told as it came.
    private static func kind(_ problem: HubProblem) -> ProblemKind? {
        let kind = ProblemCatalogue.kind(problem.code)
        return kind.code == problem.code ? kind : nil
    }

    private static func title(_ problem: HubProblem) -> String {
        kind(problem).map { "\($0.title) / \($0.titleZh)" } ?? problem.title
    }

    private static func advice(_ problem: HubProblem) -> String {
        kind(problem).map { "\($0.advice) / \($0.adviceZh)" } ?? problem.detail
    }

    private static func texts(_ problem: HubProblem, _ name: String) -> [String] {
        (problem.json[name]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
