package import ChineseIdentifiers
import CloudEvents
package import Coordination
package import Store

/// Everything that is in force in a county, parsed from one version of its
/// files: what judges, routes and clocks its events.
package struct CountyRuntime: Sendable {
    package let record: CountyRecord
    /// The version of the files this was parsed from.
    package let version: Int32
    package let directory: Directory
    package let catalogue: ContractCatalogue
    package let policy: Policy
    package let ladders: LadderBook
    package let calendar: WorkCalendar
    package let projection: ProjectionMatrix
    /// Every code the county has had, with its days.
    package let codes: [CountyCodeRecord]

    /// A county by one version of its files.
    init(record: CountyRecord, version: Int32, parsed: CountyFiles.Parsed, codes: [CountyCodeRecord]) {
        self.record = record
        self.version = version
        directory = parsed.directory
        catalogue = parsed.catalogue
        policy = parsed.policy
        ladders = parsed.ladders
        calendar = parsed.calendar
        projection = parsed.projection
        self.codes = codes
    }

    package var id: CountyID { record.id }

    /// The code that names the county on a day; the earliest where none does.
    package func code(on day: CivilDate) -> String {
        codes.first { $0.isValid(on: day) }?.code ?? codes.first?.code ?? ""
    }

    /// The prefixes of the sources a unit may use: the county's codes, each
    /// with the unit. All codes serve at any time, because nothing may split
    /// on the day a code changes.
    package func sources(of unit: UnitID) -> [String] {
        codes.map { "/\($0.code)/units/\(unit.rawValue)" }
    }

    /// Whether a source is a prefix of the unit, alone or with one segment
    /// behind it that names a system. More would not be a source of the unit
    /// for whoever resolves it: `…/units/a/../b` is that of another one.
    package func allows(source: String, of unit: UnitID) -> Bool {
        sources(of: unit).contains { prefix in
            guard source.hasPrefix(prefix) else { return false }
            let rest = source.dropFirst(prefix.count)
            return rest.isEmpty || (rest.first == "/" && Self.isSystem(rest.dropFirst()))
        }
    }

    private static func isSystem(_ segment: Substring) -> Bool {
        let plain = TextHygiene.percentDecoded(String(segment))
        return !plain.isEmpty && plain != "." && plain != ".."
            && !plain.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0 == "?" || $0 == "#" }
    }

    /// The units that see all duties of the county: where the joint meeting's
    /// secretariat sits.
    package func isSecretariat(_ unit: UnitID) -> Bool {
        directory.unit(unit)?.kind == .secretariat
    }
}

extension CountyCodeRecord {
    /// Whether the code names its county on a day.
    package func isValid(on day: CivilDate) -> Bool {
        let from = validFrom.flatMap { CivilDate($0) }
        let to = validTo.flatMap { CivilDate($0) }
        return (from.map { $0 <= day } ?? true) && (to.map { day < $0 } ?? true)
    }
}
