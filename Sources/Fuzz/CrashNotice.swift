import Foundation
import Synchronization

/// Says which case was under way when this process crashes: what is tried in it
/// must not.
enum CrashNotice {
    private static let number = Atomic<Int>(0)
    private static let area = Atomic<Int>(0)

    /// Notes the case that begins.
    static func isTrying(_ area: FuzzArea, number: Int) {
        _ = isWatching
        self.number.store(number, ordering: .relaxed)
        self.area.store(FuzzArea.allCases.firstIndex(of: area) ?? 0, ordering: .relaxed)
    }

    private static let isWatching: Bool = {
        for sign in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS] {
            signal(sign) { sign in
                // Only what may be called in a signal handler: no allocation.
                CrashNotice.write("liankong-fuzz: CRASH in area ")
                CrashNotice.write(CrashNotice.area.load(ordering: .relaxed))
                CrashNotice.write(" (0 publish, 1 framing, 2 json, 3 cesql), case ")
                CrashNotice.write(CrashNotice.number.load(ordering: .relaxed))
                CrashNotice.write("\n")
                signal(sign, SIG_DFL)
                raise(sign)
            }
        }
        return true
    }()

    private static func write(_ text: StaticString) {
        _ = Foundation.write(2, text.utf8Start, text.utf8CodeUnitCount)
    }

    private static func write(_ number: Int) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            var digit = UInt8(48 + number / divisor % 10)
            _ = Foundation.write(2, &digit, 1)
            divisor /= 10
        }
    }
}
