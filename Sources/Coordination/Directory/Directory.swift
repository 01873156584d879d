package import ChineseIdentifiers

/// The county's directory: units, officers and codes, each with the days for
/// which it holds. A value; a new one is loaded when the files change.
package struct Directory: Sendable {
    package let county: CountyProfile
    /// In the order of the files.
    package let units: [Unit]
    /// In the order of the files.
    package let officers: [Officer]

    private let unitIndex: [UnitID: Int]
    private let officerIndex: [OfficerID: Int]
    private let townByRegion: [String: UnitID]
    private let villageByRegion: [String: UnitID]
    private let schoolByCode: [String: UnitID]
    private let childIndex: [UnitID: [Int]]
    private let officersByUnit: [UnitID: [Int]]
    private let successorIndex: [UnitID: [UnitID]]
    private let countyPrefixes: [[UInt8]]

    /// Precondition: ids are distinct and references resolve, as the loader
    /// checks.
    init(county: CountyProfile, units: [Unit], officers: [Officer]) {
        self.county = county
        self.units = units
        self.officers = officers
        unitIndex = Dictionary(units.enumerated().map { ($1.id, $0) }) { first, _ in first }
        officerIndex = Dictionary(officers.enumerated().map { ($1.id, $0) }) { first, _ in first }
        childIndex = Dictionary(grouping: units.indices.filter { units[$0].parent != nil }) { units[$0].parent! }
        officersByUnit = Dictionary(grouping: officers.indices) { officers[$0].unit }
        successorIndex = units.reduce(into: [:]) { index, unit in
            for predecessor in unit.successorOf { index[predecessor, default: []].append(unit.id) }
        }
        countyPrefixes = county.codes.map { Array($0.code.utf8) }
        townByRegion = Self.regionIndex(of: .town, in: units, county: county)
        villageByRegion = Self.regionIndex(of: .village, in: units, county: county)
        schoolByCode = Dictionary(
            units.filter { $0.kind == .school }.map { (String($0.id.rawValue.dropFirst("school:".count)), $0.id) },
        ) { first, _ in first }
    }

    /// A unit by its id, whether or not it still exists.
    package func unit(_ id: UnitID) -> Unit? {
        unitIndex[id].map { units[$0] }
    }

    /// A unit that exists on a day.
    package func unit(_ id: UnitID, on day: CivilDate) -> Unit? {
        guard let unit = unit(id), unit.isValid(on: day) else { return nil }
        return unit
    }

    /// Whether a unit exists on a day; cheaper than fetching it.
    package func hasUnit(_ id: String, on day: CivilDate) -> Bool {
        guard let index = unitIndex[UnitID(id)] else { return false }
        return units[index].isValid(on: day)
    }

    /// What a unit is called on a day.
    package func name(_ id: UnitID, on day: CivilDate) -> UnitName? {
        unitIndex[id].map { units[$0].name(on: day) }
    }

    /// The units of a kind, in the order of the files.
    package func units(kind: UnitKind) -> [Unit] {
        units.filter { $0.kind == kind }
    }

    /// The units whose parent this is.
    package func children(of id: UnitID) -> [Unit] {
        childIndex[id, default: []].map { units[$0] }
    }

    /// The unit that does today what this one did: itself while it exists, else
    /// its successor, however many steps away; nil when nobody followed.
    package func successor(of id: UnitID, on day: CivilDate) -> UnitID? {
        var visited: Set<UnitID> = []
        var open = [id]
        while let next = open.popLast() {
            guard visited.insert(next).inserted else { continue }
            if let unit = unit(next), unit.isValid(on: day) { return next }
            open += successorIndex[next, default: []]
        }
        return nil
    }

    // MARK: Officers

    /// An officer by id, whether or not still in office.
    package func officer(_ id: OfficerID) -> Officer? {
        officerIndex[id].map { officers[$0] }
    }

    /// The officers of a unit who are in office on a day, in the order of the
    /// files.
    package func officers(of unit: UnitID, on day: CivilDate) -> [Officer] {
        officersByUnit[unit, default: []].map { officers[$0] }.filter { $0.isValid(on: day) }
    }

    // MARK: Regions

    /// The town of a region: nine digits name it, twelve digits name a village
    /// or community of it, under whichever code the county had. Nil for a place
    /// that is no town of the county's, and for six digits.
    package func town(region: String) -> UnitID? {
        let bytes = region.utf8
        if bytes.count == 9 { return townByRegion[region] }
        guard bytes.count == 12 else { return nil }
        return townByRegion[String(Substring(bytes.prefix(9)))]
    }

    /// The village or residents' committee of twelve digits.
    package func village(region: String) -> UnitID? {
        villageByRegion[region]
    }

    /// Whether a region code of six, nine or twelve digits lies in the county,
    /// under whichever code it had.
    package func isInCounty(region: String) -> Bool {
        countyPrefixes.contains { region.utf8.starts(with: $0) }
    }

    /// A school by its ten digits, whether or not it still exists.
    package func school(_ code: String) -> UnitID? {
        schoolByCode[code]
    }

    /// The town in which a school or village lies.
    package func town(of id: UnitID) -> UnitID? {
        unit(id)?.regionCode.flatMap { town(region: $0) }
    }

    /// Every region code under every code the county has had: towns and
    /// villages kept theirs but for the first six digits.
    private static func regionIndex(
        of kind: UnitKind, in units: [Unit], county: CountyProfile,
    ) -> [String: UnitID] {
        var index: [String: UnitID] = [:]
        for unit in units where unit.kind == kind {
            guard let region = unit.regionCode else { continue }
            for code in county.codes { index[code.code + region.dropFirst(6)] = unit.id }
        }
        return index
    }
}
