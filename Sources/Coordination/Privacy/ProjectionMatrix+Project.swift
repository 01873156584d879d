import ChineseIdentifiers
package import CloudEvents

extension ProjectionMatrix {
    /// What a unit may see of the sealed parts of an event.
    ///
    /// A pure function: whoever calls it puts the access on record before
    /// giving the result away. What only the router reads is never in it.
    package func project(
        sealed: [SealedClass: JSONObject],
        contract: EventContract,
        unit: Unit,
        role: Role,
        context: ProjectionContext,
        directory: Directory,
    ) -> ProjectionResult {
        let view = ProjectionView(
            matrix: self, contract: contract, unit: unit, role: role, context: context, directory: directory,
            sealed: sealed,
        )
        var result = ProjectionResult(data: JSONObject(), approvalRequired: [])
        for part in [SealedClass.personal, .sensitive, .reporter, .officials] {
            guard let fields = sealed[part] else { continue }
            let visible = view.visible(fields, of: part)
            guard !visible.isEmpty else { continue }
            if needsApproval(part, role: role, context: context) && !context.approved.contains(part) {
                result.approvalRequired.insert(part)
            } else {
                result.data.merge(visible)
            }
        }
        return result
    }

    /// Whether opening a class needs an approval. What a unit itself sent about
    /// a person needs none, unless the class is sensitive for everybody.
    package func needsApproval(_ part: SealedClass, role: Role, context: ProjectionContext) -> Bool {
        guard let roles = approvals[part] else { return true }
        if context.isPublisher && roles.count < Role.allCases.count { return false }
        return roles.contains(role)
    }

    /// How a field (`child.name`, `causeCode`) appears to a unit, not regarding
    /// what depends on the single event. For documentation.
    package func visibility(
        of path: String, in part: SealedClass, to unit: Unit, role: Role, contract: EventContract
    ) -> FieldVisibility {
        if part == .router { return .absent }
        if part == .officials { return officials.contains(unit.id) ? .full : .absent }
        let row = row(of: unit, role: role, isTownOfChild: contract.caseKind == .child)
        if part == .reporter {
            return row?.sights["R"]?.sight(role) == .ifAnswering && role == .handling ? .full : .absent
        }
        guard let field = fields[path], let sight = row?.sights[field.column]?.sight(role) else { return .absent }
        switch sight {
        case .full: return .full
        case .fullUnlessChild: return contract.caseKind == .child ? .absent : .full
        case .masked(let view): return mask(of: path, column: field.column, view: view) == .drop ? .absent : .masked
        case .absent, .ifAnswering: return .absent
        }
    }

    // MARK: Look-ups

    /// The row of a unit: its own, its bureau's for a sub-unit, or that of its
    /// class.
    func row(of unit: Unit, role: Role, isTownOfChild: Bool) -> ProjectionRow? {
        switch role {
        case .lead: return rows[leadRow]
        case .supervising: return rows[supervisingRow]
        case .handling, .assisting, .informed: break
        }
        if unit.kind == .town { return rows[isTownOfChild ? "town" : Self.townOfPlace] }
        if let row = rows[unit.id.rawValue] { return row }
        if unit.kind == .subUnit, let parent = unit.parent { return rows[parent.rawValue] }
        return rows[Self.unitClass(unit)]
    }

    /// What a column shows of a field under ◐.
    func mask(of path: String, column: String, view: String?) -> FieldMask {
        guard let column = columns[column] else { return .drop }
        guard let view else { return column.masks[path] ?? .drop }
        return column.views[view]?[path] ?? .drop
    }

    /// The class in the unit's id: `school` of `school:2141990001`.
    static func unitClass(_ unit: Unit) -> String {
        String(unit.id.rawValue.prefix { $0 != ":" })
    }

    /// The row of a town that is concerned only as the place of work or venue.
    static let townOfPlace = "town-of-place"
}

extension JSONObject {
    /// Adds the members of another; objects and lists of objects that stand in
    /// both are joined part by part.
    mutating func merge(_ other: JSONObject) {
        for (key, value) in other {
            guard let known = self[key] else {
                self[key] = value
                continue
            }
            self[key] = known.merged(with: value)
        }
    }
}

extension JSONValue {
    func merged(with other: JSONValue) -> JSONValue {
        switch (self, other) {
        case (.object(var left), .object(let right)):
            left.merge(right)
            return .object(left)
        case (.array(let left), .array(let right)) where left.count == right.count:
            return .array(zip(left, right).map { $0.merged(with: $1) })
        default: return other
        }
    }
}
