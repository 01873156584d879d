import HubAPI
import TestSupport
import Testing

/// The catalogue of metrics, the table that people read, and what the program
/// tells are the same.
struct MetricDocumentTests {
    @Test func theTableIsTheCatalogue() throws {
        let rows = try OperationDocument().table("metric", "kind", "unit", "labels", "meaning")
        let listed = MetricCatalogue.all.map { metric in
            let labels = metric.labels.isEmpty ? "–" : metric.labels.joined(separator: ", ")
            return [metric.name, metric.kind.rawValue, metric.unit, labels, metric.help]
        }
        let difference = rows.map { Array($0.prefix(5)) }.difference(from: listed)
        #expect(difference.insertions.isEmpty, "deploy/operation.md has them, the catalogue has not, or elsewhere")
        #expect(difference.removals.isEmpty, "the catalogue has them, deploy/operation.md has not, or elsewhere")
        for row in rows { #expect(row.count == 6 && row[5].hasChinese, "\(row)") }
    }

    @Test func namesFollowTheRules() {
        #expect(Set(MetricCatalogue.all.map(\.name)).count == MetricCatalogue.all.count)
        for metric in MetricCatalogue.all {
            #expect(metric.name.hasPrefix("hub_") || metric.name.hasPrefix("process_"))
            #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter), "\(metric.name)")
            if metric.unit == "seconds", metric.kind != .counter { #expect(metric.name.hasSuffix("_seconds")) }
            if metric.unit == "bytes" { #expect(metric.name.hasSuffix("_bytes")) }
            #expect(metric.help.hasSuffix(".") && metric.help.allSatisfy { $0.isASCII })
        }
    }

    @Test func whatTheSourcesTellIsListedAndTheOtherWayRound() throws {
        let names = Set(
            try Sources.all().filter { $0.path.hasPrefix("HubAPI/") && !$0.path.hasSuffix("MetricCatalogue.swift") }
                .flatMap { $0.text.matches(of: /(?:add|gauge)\(\s*"((?:hub|process)_[a-z_]+)"/).map { String($0.1) } })
        let listed = Set(MetricCatalogue.all.map(\.name))
        #expect(names.subtracting(listed) == [])
        // Counters that are told whether or not they were added to.
        let counted = try Sources.all().flatMap {
            $0.text.matches(of: /counters\["(hub_[a-z_]+)"/).map { String($0.1) }
        }
        #expect(listed.subtracting(names).subtracting(counted) == [])
    }
}
