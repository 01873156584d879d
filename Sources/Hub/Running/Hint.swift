import Coordination

/// Which logs another process has written to, as NOTIFY carries it:
/// `process county:unit,unit;county:unit`, with `*` for the county as its
/// secretariat reads it; a lone `*` means everybody.
struct Hint: Hashable {
    /// Tells own hints from others'.
    var process: String
    /// Nil for everybody.
    var keys: Set<Wakeups.Key>?

    /// What NOTIFY takes, less a margin for the process's name.
    private static let limit = 7_900

    init(process: String, keys: Set<Wakeups.Key>?) {
        self.process = process
        self.keys = keys
    }

    /// Reads what ``text`` wrote; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        process = String(parts[0])
        guard parts[1] != "*" else { return }
        var keys: Set<Wakeups.Key> = []
        for county in parts[1].split(separator: ";") {
            // Unit ids hold colons too.
            guard let colon = county.firstIndex(of: ":"), let number = Int16(county[..<colon]) else { return nil }
            for unit in county[county.index(after: colon)...].split(separator: ",") {
                keys.insert(
                    Wakeups.Key(
                        county: CountyID(rawValue: number), unit: unit == "*" ? nil : UnitID(String(unit))))
            }
        }
        self.keys = keys
    }

    /// The hint as it is sent; more keys than fit become everybody.
    var text: String {
        guard let keys else { return process + " *" }
        let counties = Dictionary(grouping: keys, by: \.county).map { county, keys in
            "\(county.rawValue):" + keys.map { $0.unit?.rawValue ?? "*" }.joined(separator: ",")
        }
        let text = counties.joined(separator: ";")
        return process + " " + (text.utf8.count > Self.limit ? "*" : text)
    }
}
