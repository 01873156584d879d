import ChineseIdentifiers
import CloudEvents

/// A value for the router that the personal part tells as well, so that nobody
/// has to write it twice. Where it is written, it must fit.
enum Derivation: String, CaseIterable {
    case residenceRegion
    case hukouRegion
    case residenceVillage
    case residenceOutsideCounty
    case isDisabled
    case youngestAgeBand

    /// What it follows from, as a path for messages.
    var source: String {
        switch self {
        case .residenceRegion, .residenceVillage, .residenceOutsideCounty: "child.homeAddress.regionCode"
        case .hukouRegion: "child.hukouAddress.regionCode"
        case .isDisabled: "disability, keyGroups"
        case .youngestAgeBand: "children.birthDate"
        }
    }

    /// The address of a child that tells it; nil for what is not about a place.
    var address: String? {
        switch self {
        case .residenceRegion, .residenceVillage, .residenceOutsideCounty: "homeAddress"
        case .hukouRegion: "hukouAddress"
        case .isDisabled, .youngestAgeBand: nil
        }
    }
}

/// The ages that the law on child labour tells apart.
private enum AgeBand {
    static let under14 = "under-14"
    static let from14 = "14-15"
}

extension ContractJudge {
    /// Gives the router what follows from the personal part and was not
    /// written, marks it as filled in, and compares what was written.
    mutating func derive(from parts: ContractParts, seen: inout UInt64) {
        for index in contract.layout.derived {
            let field = contract.layout.fields[index]
            guard let derivation = field.derivation, let value = derived(derivation, from: parts) else { continue }
            if seen & 1 << UInt64(index) == 0 {
                result.routable[field.name] = value
                seen |= 1 << UInt64(index)
            } else if let written = result.routable[field.name], isContradiction(derivation, written, value) {
                note(.differs(derivation), at: [.key(field.name)], asWarning: true)
                // A child in danger is not left alone for a slip of the pen.
                if value == .text(AgeBand.under14) { result.routable[field.name] = value }
            }
        }
    }

    private func derived(_ derivation: Derivation, from parts: ContractParts) -> RoutableValue? {
        switch derivation {
        case .residenceRegion: return first { $0.homeRegion.flatMap(town) }.map { .text($0) }
        case .hukouRegion: return first { $0.hukouRegion.flatMap(town) }.map { .text($0) }
        case .residenceVillage:
            return first { $0.homeRegion.flatMap { $0.utf8.count == 12 ? $0 : nil } }.map { .text($0) }
        case .residenceOutsideCounty:
            return first { $0.homeRegion }.map { .flag(!directory.isInCounty(region: $0)) }
        case .isDisabled:
            let groups = parts["keyGroups"]?.arrayValue ?? []
            return parts["disability"] != nil || groups.contains("disabled") ? .flag(true) : nil
        case .youngestAgeBand:
            // By the day of hiring, else of the report.
            let hired = parts["startedOn"]?.stringValue.flatMap { CivilDate($0) } ?? day
            switch children.compactMap({ $0.age(on: hired) }).min() {
            case .some(..<14): return .text(AgeBand.under14)
            case .some(14...15): return .text(AgeBand.from14)
            default: return nil
            }
        }
    }

    /// What the first child tells of whom it is known.
    private func first(_ fact: (ChildFacts) -> String?) -> String? {
        for child in children {
            if let known = fact(child) { return known }
        }
        return nil
    }

    /// Nine digits, or six outside the county. Six digits of the county itself
    /// say nothing.
    private func town(_ region: String) -> String? {
        if !directory.isInCounty(region: region) { return String(region.prefix(6)) }
        return region.utf8.count >= 9 ? String(region.prefix(9)) : nil
    }

    /// Whether a written value and a derived one cannot both be right. With
    /// several children each may have an address of its own.
    private func isContradiction(_ derivation: Derivation, _ written: RoutableValue, _ derived: RoutableValue) -> Bool {
        switch (written, derived) {
        case (.text(let left), .text(let right)) where derivation.address != nil:
            guard children.count == 1 else { return false }
            if let town = directory.town(region: left) { return directory.town(region: right) != town }
            return !left.hasPrefix(right) && !right.hasPrefix(left)
        case (.flag, .flag) where derivation.address != nil && children.count > 1: return false
        // What is not known of age contradicts nothing, but must not hide it.
        default: return written != derived
        }
    }
}
