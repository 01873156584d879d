package import Coordination

/// A unit as one of those who share what the hub has only so much of.
package struct SharingUnit: Hashable, Sendable {
    package var county: CountyID
    package var unit: UnitID

    package init(county: CountyID, unit: UnitID) {
        self.county = county
        self.unit = unit
    }
}

extension Principal {
    /// The unit that shares when this sender asks.
    package var sharing: SharingUnit { SharingUnit(county: county, unit: unit) }
}
