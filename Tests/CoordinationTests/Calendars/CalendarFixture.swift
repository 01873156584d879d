import ChineseIdentifiers
import CloudEvents
import Coordination
import Foundation

/// The county's own calendar, and short ways to write days and instants.
enum CalendarFixture {
    /// `deploy/mengjin/calendar.yaml`, as it is shipped.
    static let county: WorkCalendar = {
        let text = file("calendar.yaml")
        switch WorkCalendar.load(files: [("calendar.yaml", text)]) {
        case .success(let calendar): return calendar
        case .failure(let faults): fatalError("\(faults)")
        }
    }()

    /// A file of the county that is shipped.
    static func file(_ name: String) -> String {
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let url = root.appendingPathComponent("deploy/mengjin").appendingPathComponent(name)
        return try! String(contentsOf: url, encoding: .utf8)
    }

    /// `2020-09-30`.
    static func day(_ text: String) -> CivilDate {
        CivilDate(text)!
    }

    /// `2020-09-30 10:15` in Beijing.
    static func at(_ text: String) -> Timestamp {
        let parts = text.split(separator: " ")
        let clock = parts[1].split(separator: ":").map { Int64($0)! }
        return Timestamp(startOf: day(String(parts[0]))).advanced(bySeconds: clock[0] * 3600 + clock[1] * 60)
    }

    /// The last day of a period that starts at ten in the morning.
    static func lastDay(_ period: String, from start: String) -> CivilDate {
        county.deadline(Period.parse(period)!, from: at("\(start) 10:00")).due.dayThatEnds
    }
}

/// A generator that gives the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
