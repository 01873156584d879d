/// How values are spread: counts of those up to each bound.
package struct Histogram: Sendable {
    /// Upper bounds, ascending, each counted in.
    package let bounds: [Double]
    /// How many lie in each span, the last one above all bounds.
    package private(set) var buckets: [Int]
    package private(set) var sum = 0.0
    package private(set) var count = 0

    package init(bounds: [Double]) {
        self.bounds = bounds
        buckets = [Int](repeating: 0, count: bounds.count + 1)
    }

    package mutating func add(_ value: Double) {
        buckets[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
        count += 1
    }
}

extension Duration {
    /// As a number of seconds.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
