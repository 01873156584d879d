import HubAPI
import TestSupport
import Testing
import Yams

/// `deploy/alerts.yaml` asks for metrics there are, and says what to do.
struct AlertTests {
    private struct File: Decodable {
        struct Group: Decodable {
            var name: String
            var rules: [Rule]
        }

        struct Rule: Decodable {
            var alert: String
            var expr: String
            var labels: [String: String]
            var annotations: [String: String]
        }

        var groups: [Group]
    }

    private static func rules() throws -> [File.Rule] {
        try YAMLDecoder().decode(File.self, from: try Repository.text("deploy/alerts.yaml")).groups.flatMap(\.rules)
    }

    /// What Prometheus and its node exporter tell.
    private static let foreign: Set<String> = ["up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"]

    @Test func theyAskForMetricsThatThereAre() throws {
        let rules = try Self.rules()
        #expect(rules.count > 20)
        for rule in rules {
            let names = Self.metrics(in: rule.expr)
            #expect(!names.isEmpty, "\(rule.alert)")
            for name in names where !Self.foreign.contains(name) {
                let suffix = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }
                let histogram = suffix.flatMap { MetricCatalogue.metric(String(name.dropLast($0.count))) }
                #expect(MetricCatalogue.metric(name) != nil || histogram?.kind == .histogram, "\(rule.alert): \(name)")
            }
        }
    }

    @Test func theyAskForLabelsThatTheMetricHas() throws {
        for rule in try Self.rules() {
            for match in rule.expr.matches(of: /(hub_[a-z_]+)\{([^}]*)\}/) {
                let name = String(match.1).replacing(/_(bucket|sum|count)$/, with: "")
                let labels = match.2.matches(of: /([a-z_]+)\s*[=!]/).map { String($0.1) }
                let known = (MetricCatalogue.metric(name)?.labels ?? []) + ["job", "instance"]
                #expect(Set(labels).isSubset(of: known), "\(rule.alert): \(match.0)")
            }
        }
    }

    @Test func theySayWhatToDoInBothLanguages() throws {
        let anchors = try OperationDocument().anchors
        let rules = try Self.rules()
        #expect(Set(rules.map(\.alert)).count == rules.count)
        for rule in rules {
            #expect(["critical", "warning"].contains(rule.labels["severity"] ?? ""), "\(rule.alert)")
            for name in ["summary", "description"] {
                #expect(rule.annotations[name]?.hasChinese == false, "\(rule.alert): \(name)")
                #expect(rule.annotations[name + "Zh"]?.hasChinese == true, "\(rule.alert): \(name)Zh")
            }
            let runbook = rule.annotations["runbook"] ?? ""
            #expect(runbook.hasPrefix("deploy/operation.md#"), "\(rule.alert)")
            #expect(anchors.contains(String(runbook.drop { $0 != "#" }.dropFirst())), "\(rule.alert): \(runbook)")
        }
    }

    /// The endpoints and codes that expressions name are those of the API.
    @Test func theyNameEndpointsAndCodesThatThereAre() throws {
        let text = try Self.rules().map(\.expr).joined(separator: "\n")
        let codes = text.matches(of: /code="([a-z-]+)"/).map { String($0.1) }
        #expect(codes.count > 1 && codes.allSatisfy { ProblemCatalogue.kind($0).code == $0 })
        #expect(text.matches(of: /endpoint="([^"]+)"/).allSatisfy { $0.1 == "POST /v1/events" })
    }

    private static let words: Set<String> = [
        "absent", "abs", "and", "by", "changes", "count", "delta", "histogram_quantile", "increase", "max", "min", "on",
        "rate", "sum", "time", "unless",
    ]

    /// The names of an expression, without functions, labels and what is quoted.
    private static func metrics(in expression: String) -> [String] {
        let bare = expression.replacing(/\{[^}]*\}/, with: "").replacing(/\[[^\]]*\]/, with: "")
            .replacing(/\b(by|on) ?\([^)]*\)/, with: "")
        return bare.matches(of: /[a-z_][a-z_0-9]*/).map { String($0.0) }.filter { !words.contains($0) }
    }
}
