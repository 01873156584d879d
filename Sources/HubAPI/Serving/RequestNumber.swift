import Synchronization

/// Numbers of requests: unique among hub processes without asking anybody.
enum RequestNumber {
    private static let process = String(UInt64.random(in: 0 ... .max), radix: 36)
    private static let counter = Atomic<UInt64>(0)

    static func next() -> String {
        let number = counter.add(1, ordering: .relaxed).newValue
        return process + "-" + String(number, radix: 36)
    }
}
