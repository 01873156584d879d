import ChineseIdentifiers

/// Why nobody could be addressed.
enum Absence: Sendable, Hashable {
    /// The event does not say.
    case unknown
    /// What it names lies outside the county.
    case outsideCounty
    /// What it names is not in the directory, or not valid on the day.
    case notOnFile
    /// The rule itself leaves it to a person.
    case leftToPerson
    /// No handling unit of the rule fits the event.
    case nobodyNamed

    var en: String {
        switch self {
        case .unknown: "the event does not say which"
        case .outsideCounty: "it lies outside the county"
        case .notOnFile: "it is not in the directory or not valid on this day"
        case .leftToPerson: "the rule leaves it to a person"
        case .nobodyNamed: "the rule names nobody for such an event"
        }
    }

    var zh: String {
        switch self {
        case .unknown: "事件未写明"
        case .outsideCounty: "在本县以外"
        case .notOnFile: "名录中没有或当日无效"
        case .leftToPerson: "规则规定由人工指定"
        case .nobodyNamed: "规则未对此种情形指定单位"
        }
    }
}

extension EventRouting {
    /// Whom a selector stands for in this event.
    enum Resolution {
        case found([UnitID])
        case absent(Absence)
    }

    func resolve(_ selector: UnitSelector, rule: Rule) -> Resolution {
        switch selector {
        case .unit(let unit): return found(unit)
        case .publisher: return found(input.publisher)
        case .lead: return rule.lead.map(found) ?? .absent(.unknown)
        case .awaitingDispatch: return .absent(.leftToPerson)
        case .school:
            guard let code = input.text("schoolId") else { return .absent(.unknown) }
            return policy.directory.school(code).map(found) ?? .absent(.notOnFile)
        case .schoolsOfChildren: return schoolsOfChildren()
        case .eachTown:
            let towns = policy.towns.filter { policy.directory.hasUnit($0.rawValue, on: planner.dispatchDay) }
            return towns.isEmpty ? .absent(.notOnFile) : .found(towns)
        case .town(let places): return town(of: places)
        }
    }

    /// The unit itself, or who took over from it, if valid on the day of
    /// dispatch.
    func valid(_ unit: UnitID) -> UnitID? {
        if policy.directory.hasUnit(unit.rawValue, on: planner.dispatchDay) { return unit }
        return policy.directory.successor(of: unit, on: planner.dispatchDay)
    }

    /// Whom a selector stands for, in words; a single unit by its name.
    func words(_ selector: UnitSelector) -> (en: String, zh: String) {
        guard case .unit(let unit) = selector, let name = policy.directory.name(unit, on: planner.dispatchDay) else {
            return selector.description
        }
        return (name.en, name.zhShort)
    }

    private func found(_ unit: UnitID) -> Resolution {
        valid(unit).map { .found([$0]) } ?? .absent(.notOnFile)
    }

    private func schoolsOfChildren() -> Resolution {
        guard case .list(let codes)? = input.routable["childSchoolIds"], !codes.isEmpty else {
            return .absent(.unknown)
        }
        var units: [UnitID] = []
        for code in codes {
            if let school = policy.directory.school(code), let unit = valid(school), !units.contains(unit) {
                units.append(unit)
            }
        }
        return units.isEmpty ? .absent(.notOnFile) : .found(units)
    }

    /// The first of the places that lies in the county decides; one that lies
    /// there and has no town on file is not replaced by the next.
    private func town(of places: [UnitSelector.Place]) -> Resolution {
        var cause = Absence.unknown
        for place in places {
            switch whereabouts(place) {
            case .inside(let region):
                return policy.directory.town(region: region).map(found) ?? .absent(.notOnFile)
            case .outside: cause = .outsideCounty
            case .unknown: continue
            }
        }
        return .absent(cause)
    }

    private enum Whereabouts {
        case inside(String), outside, unknown
    }

    /// A six-digit code of the county says that the town is not known.
    private func whereabouts(_ place: UnitSelector.Place) -> Whereabouts {
        let region: String?
        if place == .school {
            region = input.text(place.field)
                .flatMap { policy.directory.school($0) }
                .flatMap { policy.directory.unit($0, on: planner.dispatchDay)?.regionCode }
        } else {
            region = input.text(place.field)
        }
        guard let region else {
            let away = place == .residence && input.routable["residenceOutsideCounty"] == .flag(true)
            return away ? .outside : .unknown
        }
        guard policy.directory.isInCounty(region: region) else { return .outside }
        return region.utf8.count > 6 ? .inside(region) : .unknown
    }

    /// Whether the county's units have the power to act at the rule's place.
    func isCompetent(_ rule: Rule) -> Bool {
        guard let place = rule.within else { return true }
        if case .outside = whereabouts(place) { return false }
        return true
    }

    // MARK: Milestones and ladders

    /// Of several templates with one name, the first that applies.
    func chosen(_ templates: [MilestoneTemplate], _ answers: inout ConditionAnswers) throws(ConditionFailure)
        -> [MilestoneTemplate]
    {
        var result: [MilestoneTemplate] = []
        for template in templates {
            guard !result.contains(where: { $0.name == template.name }), try answers.holds(template.condition) else {
                continue
            }
            result.append(template)
        }
        return result
    }

    func ladder(of rule: Rule, _ answers: inout ConditionAnswers) throws(ConditionFailure) -> String? {
        for choice in rule.ladders where try answers.holds(choice.condition) {
            return choice.ladder
        }
        return nil
    }

    /// What a recipient owes: its own milestones and the row's `sign`.
    func milestones(
        of recipient: RuleRecipient, rule: Rule, row: [MilestoneTemplate], _ answers: inout ConditionAnswers
    ) throws(ConditionFailure) -> [MilestoneTemplate] {
        var own = try chosen(recipient.milestones, &answers)
        switch recipient.role {
        case .handling:
            if own.isEmpty { return row }
        case .assisting: break
        case .informed:
            guard recipient.signsReceipt else { return [] }
        case .supervising, .lead:
            return own.isEmpty ? policy.settings.supervising : own
        }
        if !own.contains(where: { $0.name == MilestoneName.sign }) {
            if let sign = row.first(where: { $0.name == MilestoneName.sign }) {
                own.insert(sign, at: 0)
            } else if recipient.role == .informed {
                own = policy.settings.supervising + own
            }
        }
        return own
    }
}
