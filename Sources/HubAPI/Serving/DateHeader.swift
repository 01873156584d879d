import Foundation
import Synchronization

/// The `Date` header's text, made once a second.
final class DateHeader: Sendable {
    private let current = Mutex((second: Int64(0), text: ""))

    /// The present time as RFC 9110 writes it.
    var text: String {
        let second = Int64(Date().timeIntervalSince1970)
        return current.withLock { current in
            if current.second != second { current = (second, Self.written(second)) }
            return current.text
        }
    }

    /// Such as `Thu, 22 Oct 2020 01:12:00 GMT`.
    static func written(_ second: Int64) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.weekday, .day, .month, .year, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: TimeInterval(second)))
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int?) -> String {
            let text = String(number ?? 0)
            return text.count < 2 ? "0" + text : text
        }
        return "\(days[(parts.weekday ?? 1) - 1]), \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) "
            + "\(parts.year ?? 1970) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
    }
}
