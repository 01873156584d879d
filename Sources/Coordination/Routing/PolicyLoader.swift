import ChineseIdentifiers
import CloudEvents

/// A policy on its way from files to a checked value.
struct PolicyLoader {
    let catalogue: ContractCatalogue
    let directory: Directory
    let ladders: Set<String>
    let types: Set<EventType>

    var reader = ConfigurationReader()
    var version = ""
    var effectiveFrom: CivilDate?
    var settings = PolicySettings()
    var chains: Set<String> = []
    var clauses: [PlanClause] = []
    var sentences: [PlanSentence] = []
    var bases: [String: LegalBasis] = [:]
    /// The expressions with a name of their own.
    var conditions: [String: CESQLExpression] = [:]
    /// The names of conditions that could not be read.
    var unreadableConditions: Set<String> = []
    /// Types whose contract is not installed and that may start a clock only.
    var announcedTypes: Set<EventType> = []
    var recordedTypes: Set<EventType> = []
    var rules: [Rule] = []
    var ruleNodes: [ConfigurationNode] = []
    /// The places of rules whose own condition could not be read.
    var rulesOfUnknownReach: Set<Int> = []
    /// The field behind an attribute, over all contracts.
    var fields: [String: String] = [:]

    init(catalogue: ContractCatalogue, directory: Directory, ladders: Set<String>) {
        self.catalogue = catalogue
        self.directory = directory
        self.ladders = ladders
        types = Set(catalogue.types)
        for type in catalogue.types {
            for field in catalogue.contract(type)?.conditionFields ?? [] { fields[field.attribute] = field.name }
        }
    }

    /// What was read, with the indexes routing needs. Precondition: no faults.
    func policy(calendar: WorkCalendar, projection: String) -> Policy {
        var rulesByType: [EventType: [Int]] = [:]
        for (index, rule) in rules.enumerated() {
            for type in rule.types { rulesByType[type, default: []].append(index) }
        }
        var planRoles: [String: [UnitID: PlanRole]] = [:]
        var responsible: [String: (units: [UnitID], towns: Bool)] = [:]
        for clause in Set(rules.compactMap(\.clause)) {
            var listed: (units: [UnitID], towns: Bool) = ([], false)
            for unit in directory.units {
                let role = directory.planRole(unit.id, clause: clause)
                if role != .none { planRoles[clause, default: [:]][unit.id] = role }
                // A sub-unit is addressed through its bureau, a successor
                // stands in its predecessor's place.
                guard role == .responsible, unit.kind != .subUnit, unit.successorOf.isEmpty else { continue }
                if unit.kind == .town { listed.towns = true } else { listed.units.append(unit.id) }
            }
            responsible[clause] = listed
        }
        return Policy(
            version: version,
            effectiveFrom: effectiveFrom,
            sentences: sentences,
            clauses: clauses,
            rules: rules,
            directory: directory,
            calendar: calendar,
            settings: settings,
            projection: projection,
            rulesByType: rulesByType,
            recordedTypes: recordedTypes,
            fields: fields,
            planRoles: planRoles,
            responsible: responsible,
            towns: directory.units(kind: .town).map(\.id),
        )
    }
}
