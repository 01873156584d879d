import ChineseIdentifiers
import CloudEvents
import Coordination
import HubClient

/// Reports of one county, made from the contracts' samples: what tells a case
/// is another one each, with check characters that hold, of nobody.
struct SyntheticReports: Sendable {
    /// A unit that reports, with the sample it starts from.
    struct Publisher: Sendable {
        var unit: String
        var source: String
        var sample: JSONObject
    }

    let seed: UInt64
    let county: String
    /// Children are 7 to 15 years old on this day.
    let firstDay: CivilDate
    /// The codes of towns that have accounts.
    let towns: [String]
    /// By the stream's name.
    let publishers: [String: [Publisher]]

    /// A report with its publisher.
    struct Report: Sendable {
        var publisher: String
        var event: JSONValue
    }

    /// The reports of an hour, always the same ones.
    ///
    /// - Parameter perDay: events of a working day in this county.
    func reports(of stream: LoadShape.Stream, day: CivilDate, hour: Int, isWorkingDay: Bool, perDay: Double) -> [Report]
    {
        guard let share = stream.hours[hour], let publishers = publishers[stream.name], !publishers.isEmpty else {
            return []
        }
        var random = SeededRandom(seed, [county, stream.name, "\(day)", "\(hour)"])
        let expected = perDay * stream.share * share * (isWorkingDay ? 1 : stream.restDays)
        return (0..<random.count(around: expected)).map { number in
            let publisher = publishers[Int.random(in: 0..<publishers.count, using: &random)]
            let minute = Int.random(in: 0..<60, using: &random)
            let time = Timestamp(startOf: day).advanced(bySeconds: Int64(hour * 3600 + minute * 60))
            var event = publisher.sample
            let date = "\(day)".replacing("-", with: "")
            event["id"] = .string("sim-\(seed)-\(date)-\(hour)-\(stream.name)-\(number)")
            event["source"] = .string(publisher.source)
            event["time"] = .string(time.rfc3339())
            event["subject"] = nil
            event["data"] = .object(data(event["data"]?.objectValue ?? [:], of: publisher, day: day, random: &random))
            return Report(publisher: publisher.unit, event: .object(event))
        }
    }

    private func data(
        _ sample: JSONObject, of publisher: Publisher, day: CivilDate, random: inout SeededRandom,
    ) -> JSONObject {
        var data = sample
        for name in Self.dropped { data[name] = nil }
        let town = towns.isEmpty ? nil : towns[Int.random(in: 0..<towns.count, using: &random)]
        for name in ["residenceRegion", "hukouRegion", "workRegionCode", "venueRegionCode"] where data[name] != nil {
            if let town { data[name] = .string(town) }
        }
        if publisher.unit.hasPrefix("school:"), data["schoolId"] != nil {
            data["schoolId"] = .string(String(publisher.unit.dropFirst("school:".count)))
        }
        if data["absentOn"] != nil { data["absentOn"] = .string("\(day)") }
        if let child = data["child"]?.objectValue {
            let number = Int.random(in: 0..<LoadShape.pupils, using: &random)
            data["child"] = .object(self.child(number, like: child))
        }
        if data["employerName"] != nil {
            let number = Int.random(in: 0..<LoadShape.employers, using: &random)
            data["employerName"] = .string("演示加工厂\(number)号")
            data["uscc"] = nil
            data["children"] = nil
            data["childrenCount"] = 1
        }
        if data["venueName"] != nil {
            let number = Int.random(in: 0..<LoadShape.venues, using: &random)
            data["venueName"] = .string("演示网吧\(number)号")
            data["permitNo"] = .string("豫网文许410322-\(9_000 + number)号")
            data["uscc"] = nil
            data["children"] = nil
        }
        return data
    }

    /// A child of the county, the same for the same number.
    private func child(_ number: Int, like sample: JSONObject) -> JSONObject {
        let days = 8 * 365
        let birth = firstDay.adding(days: -7 * 365 - number % days)
        let (year, month, day) = birth.components
        let date = year * 10_000 + month * 100 + day
        // Below 900: above that begin the numbers of those who came of age elsewhere.
        let serial = number / days % 900
        let digits = Self.region + String(date) + Self.padded(serial, 3)
        let idNumber = digits + (CitizenID.checkCharacter(for: digits).map(String.init) ?? "")
        var child = sample
        for name in ["homeAddress", "hukouAddress"] { child[name] = nil }
        if child["idNumber"] != nil { child["idNumber"] = .string(idNumber) }
        if child["studentNumber"] != nil { child["studentNumber"] = .string("G" + idNumber) }
        if child["birthDate"] != nil { child["birthDate"] = .string("\(birth)") }
        if child["sex"] != nil { child["sex"] = .string(serial % 2 == 0 ? "female" : "male") }
        return child
    }

    /// Free text says nothing here, and what hangs on other members goes.
    private static let dropped = [
        "note", "calledBefore", "reporter", "hazardFlags", "residenceVillage", "grade", "className", "stage",
    ]
    private static let region = "410322"

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension SyntheticReports {
    /// Reads the samples of every stream, for every unit that reports it.
    ///
    /// - Parameter units: those that hold tokens.
    static func prepare(
        seed: UInt64, county: String, units: [String], cast: Cast, firstDay: CivilDate,
    ) async throws -> SyntheticReports {
        var publishers: [String: [Publisher]] = [:]
        for stream in LoadShape.streams {
            for unit in units where stream.isReported(by: unit) {
                let client = try cast.client(of: unit)
                let me = try await client.me()
                guard me["mayPublish"]?.arrayValue?.contains(.string(stream.type)) ?? false,
                    let source = me["sources"]?.arrayValue?.first?.stringValue,
                    case .object(let sample) = try await client.contractSample(stream.type)
                else { continue }
                publishers[stream.name, default: []].append(Publisher(unit: unit, source: source, sample: sample))
            }
        }
        guard !publishers.isEmpty else {
            throw CommandFailure(
                .refused, code: "nobody-reports", "no unit of '\(county)' with a token may publish what is simulated",
                "该县没有可报送模拟事件的单位")
        }
        return SyntheticReports(
            seed: seed, county: county, firstDay: firstDay,
            towns: units.filter { $0.hasPrefix("town:") }.map { String($0.dropFirst("town:".count)) },
            publishers: publishers)
    }
}
