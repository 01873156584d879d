extension DirectoryLoader {
    /// The clause of the plan that names the members of the joint meeting.
    private static let jointMeetingClause = "IV.1"

    private static let memberKeys: Set<String> = ["unit", "validFrom", "validTo"]

    /// A list of units, each a name or `{unit, validFrom, validTo}`.
    mutating func readJointMeeting(_ node: ConfigurationNode) {
        for element in reader.elements(node) {
            readRelation(.jointMeeting, clause: Self.jointMeetingClause, element)
        }
    }

    /// `clause: {lead: [..], responsible: [..], obliged: [..]}`.
    mutating func readClauses(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let clause = reader.text(key) else { continue }
            let record = reader.record(value, keys: ["lead", "responsible", "obliged"])
            for relation in [MembershipRelation.lead, .responsible, .obliged] {
                for element in reader.elements(record[relation.rawValue]) {
                    readRelation(relation, clause: clause, element)
                }
            }
        }
    }

    private mutating func readRelation(
        _ relation: MembershipRelation, clause: String, _ node: ConfigurationNode,
    ) {
        var subject = node
        var membership = Membership(relation: relation, clause: clause, validFrom: nil, validTo: nil)
        if node.text == nil {
            let record = reader.record(node, keys: Self.memberKeys)
            let validity = reader.validity(record)
            membership.validFrom = validity.from
            membership.validTo = validity.to
            guard let unit = record["unit"] else { return reader.missing(node, "unit") }
            subject = unit
        }
        guard let name = reader.text(subject) else { return }
        let found = members(of: name)
        if found.isEmpty {
            reader.fault(
                subject, "unknown-unit", "'\(name)' is neither a unit nor one of towns, schools, villages, inspectors",
                "“\(name)”既不是单位，也不是towns、schools、villages、inspectors之一",
            )
        }
        for index in found { units[index].memberships.append(membership) }
    }

    /// A unit by id, or all units of a class.
    private func members(of name: String) -> [Int] {
        switch name {
        case "towns": units.indices.filter { units[$0].kind == .town }
        case "schools": units.indices.filter { units[$0].kind == .school }
        case "villages": units.indices.filter { units[$0].kind == .village }
        case "inspectors": units.indices.filter { units[$0].id.rawValue.hasPrefix("inspector:") }
        default: unitIndex[UnitID(name)].map { [$0] } ?? []
        }
    }

    // MARK: References

    /// What can be judged only once everything has been read.
    mutating func checkReferences() {
        for (officer, node) in officers where unitIndex[officer.unit] == nil {
            unknownUnit(officer.unit, at: node)
        }
        for (unit, node) in zip(units, unitNodes) {
            for other in [unit.parent, unit.custodian].compactMap(\.self) + unit.successorOf
            where unitIndex[other] == nil {
                unknownUnit(other, at: node)
            }
            if unit.kind == .subUnit, unit.parent == nil { reader.missing(node, "parent") }
            if unit.successorOf.contains(where: { follows($0, unit.id) }) {
                reader.fault(
                    node, "succession-cycle", "'\(unit.id.rawValue)' would be a successor of itself",
                    "“\(unit.id.rawValue)”成了自己的承接单位",
                )
            }
            checkPlace(of: unit, at: node)
        }
    }

    private mutating func unknownUnit(_ id: UnitID, at node: ConfigurationNode) {
        reader.fault(
            node, "unknown-unit", "'\(id.rawValue)', named here, is not in the directory",
            "此处所指的“\(id.rawValue)”不在单位目录中",
        )
    }

    /// Whether `later` is among the predecessors of `unit`, however far back.
    private func follows(_ unit: UnitID, _ later: UnitID) -> Bool {
        var visited: Set<UnitID> = []
        var open = [unit]
        while let next = open.popLast() {
            if next == later { return true }
            guard visited.insert(next).inserted, let index = unitIndex[next] else { continue }
            open += units[index].successorOf
        }
        return false
    }

    private mutating func checkPlace(of unit: Unit, at node: ConfigurationNode) {
        guard [.town, .village, .school].contains(unit.kind), let region = unit.regionCode, let county else { return }
        if !county.codes.contains(where: { region.hasPrefix($0.code) }) {
            reader.fault(
                node, "bad-region", "the region code does not begin with a code of the county",
                "区划代码不以本县代码开头",
            )
        } else if unit.kind == .school, region.utf8.count < 9 {
            reader.fault(node, "bad-region", "a school's region names its town in nine digits", "学校的区划代码应为所在镇的九位代码")
        }
    }
}
