import ChineseIdentifiers
import CloudEvents

/// One event seen by one unit in one role.
struct ProjectionView {
    let matrix: ProjectionMatrix
    let contract: EventContract
    let unit: Unit
    let context: ProjectionContext
    let directory: Directory
    let role: Role
    private let row: ProjectionRow?
    private let day: CivilDate
    private let keepsLastFour: Bool
    /// Whether the children of the event attend several schools, so that a
    /// school cannot be shown which are its own.
    private let severalSchools: Bool

    init(
        matrix: ProjectionMatrix, contract: EventContract, unit: Unit, role: Role, context: ProjectionContext,
        directory: Directory, sealed: [SealedClass: JSONObject],
    ) {
        self.matrix = matrix
        self.contract = contract
        self.unit = unit
        self.context = context
        self.directory = directory
        self.role = role
        day = context.time.beijingDate
        let classes = [unit.id.rawValue, ProjectionMatrix.unitClass(unit)]
        keepsLastFour = !classes.contains { matrix.withoutLastFour.contains($0) }
        severalSchools = (sealed[.router]?["childSchoolIds"]?.arrayValue?.count ?? 0) > 1
        let isTownOfChild = Self.isTown(unit, ofChildIn: sealed, contract: contract, directory: directory)
        row = matrix.row(of: unit, role: role, isTownOfChild: isTownOfChild)
    }

    /// What the unit sees of one sealed part, approvals aside.
    func visible(_ fields: JSONObject, of part: SealedClass) -> JSONObject {
        if context.isPublisher { return fields }
        switch part {
        case .router: return JSONObject()
        case .officials: return matrix.officials.contains(unit.id) ? fields : JSONObject()
        case .reporter:
            let mayAnswer = row?.sights["R"]?.sight(role) == .ifAnswering
            return mayAnswer && context.mustAnswer ? fields : JSONObject()
        case .personal, .sensitive:
            var result = JSONObject()
            for (name, value) in fields {
                if let shown = shown(value, path: name) { result[name] = shown }
            }
            return result
        }
    }

    // MARK: Fields

    /// A field, or nil when nothing of it is seen. An object is seen part by
    /// part unless the matrix names it as a whole.
    private func shown(_ value: JSONValue, path: String) -> JSONValue? {
        if let field = matrix.fields[path] {
            let shown = shown(value, path: path, field)
            guard field.mask == .studentNumber, let text = shown?.stringValue else { return shown }
            return narrowed(text, of: value, path: path)
        }
        switch value {
        case .object(let object):
            return parts(object, path: path).map(JSONValue.object)
        case .array(let elements):
            let visible = elements.compactMap { element -> JSONValue? in
                guard let object = element.objectValue, isOwn(object, path: path) else { return nil }
                return parts(object, path: path).map(JSONValue.object)
            }
            return visible.isEmpty ? nil : .array(visible)
        default: return nil
        }
    }

    private func parts(_ object: JSONObject, path: String) -> JSONObject? {
        var result = JSONObject()
        for (name, value) in object {
            if let shown = shown(value, path: "\(path).\(name)") { result[name] = shown }
        }
        return result.isEmpty ? nil : result
    }

    private func shown(
        _ value: JSONValue, path: String, _ field: (column: String, mask: FieldMask)
    ) -> JSONValue? {
        switch row?.sights[field.column]?.sight(role) ?? .absent {
        case .absent, .ifAnswering: nil
        case .fullUnlessChild: contract.caseKind == .child ? nil : value
        case .full: field.mask == .attention ? neutral(value) : value
        case .masked(let view):
            masked(value, matrix.mask(of: path, column: field.column, view: view))
        }
    }

    /// A student number of the form `G` and a citizen ID would tell the ID that
    /// another column masks or hides. The two columns contradict each other
    /// then, and the narrower one holds.
    private func narrowed(_ shownNumber: String, of value: JSONValue, path: String) -> JSONValue? {
        guard case .success(let student) = StudentNumber.parse(value.stringValue ?? "", today: nil),
            student.kind == .withID
        else { return .string(shownNumber) }
        let id = String(student.text.dropFirst())
        let idPath = path.split(separator: ".").dropLast().joined(separator: ".") + ".idNumber"
        guard let field = matrix.fields[idPath],
            let shownID = shown(.string(id), path: idPath, field)?.stringValue
        else { return nil }
        // Masked by its own column it shows no more than kind and region.
        return .string(shownNumber == student.text ? "G" + shownID : shownNumber)
    }

    /// Of several children a town sees its own, and a school none where they
    /// attend several.
    private func isOwn(_ child: JSONObject, path: String) -> Bool {
        guard path == "children" else { return true }
        switch unit.kind {
        case .school: return !severalSchools
        case .town:
            let regions = Self.regions(ofChild: child)
            return regions.isEmpty || regions.contains { directory.town(region: $0) == unit.id }
        default: return true
        }
    }

    // MARK: Masks

    private func masked(_ value: JSONValue, _ mask: FieldMask) -> JSONValue? {
        switch mask {
        case .drop: return nil
        case .keep: return value
        case .yes: return true
        case .attention: return value.arrayValue?.isEmpty == false ? [.string(ProjectionMatrix.neutralKeyGroup)] : nil
        case .town: return region(of: value).flatMap { directory.town(region: $0) }.flatMap(placeName)
        case .village:
            return region(of: value).flatMap { directory.village(region: $0) ?? directory.town(region: $0) }
                .flatMap(placeName)
        case .age:
            guard let born = value.stringValue.flatMap({ CivilDate($0) }) else { return nil }
            return Mask.age(born: born, on: day).map(JSONValue.string)
        case .name, .phone, .idNumber, .studentNumber, .disabilityCard:
            return value.stringValue.map { .string(masked($0, mask)) }
        }
    }

    private func masked(_ text: String, _ mask: FieldMask) -> String {
        switch mask {
        case .phone: Mask.phone(text)
        case .idNumber: Mask.citizenID(text, keepsLastFour: keepsLastFour)
        case .studentNumber: Mask.studentNumber(text)
        case .disabilityCard: Mask.disabilityCard(text)
        default: Mask.name(text)
        }
    }

    /// The groups whose reason is nobody's business leave under a neutral word.
    private func neutral(_ value: JSONValue) -> JSONValue {
        guard let groups = value.arrayValue else { return value }
        var result: [JSONValue] = []
        for group in groups {
            let isNeutral = matrix.neutralKeyGroups.contains(group.stringValue ?? "")
            let shown: JSONValue = isNeutral ? .string(ProjectionMatrix.neutralKeyGroup) : group
            if !result.contains(shown) { result.append(shown) }
        }
        return .array(result)
    }

    private func region(of address: JSONValue) -> String? {
        address["regionCode"]?.stringValue
    }

    private func placeName(_ unit: UnitID) -> JSONValue? {
        directory.name(unit, on: day).map { .string($0.zhShort) }
    }

    // MARK: The child's town

    /// Whether a town is that of a child's residence or household register.
    /// Where the event names no place of the child, the town of an event about
    /// a child is its town.
    private static func isTown(
        _ unit: Unit, ofChildIn sealed: [SealedClass: JSONObject], contract: EventContract, directory: Directory
    ) -> Bool {
        guard unit.kind == .town else { return false }
        var regions: [String] = []
        for name in ["residenceRegion", "hukouRegion", "residenceVillage"] {
            if let text = sealed[.router]?[name]?.stringValue { regions.append(text) }
        }
        let personal = sealed[.personal]
        if let child = personal?["child"]?.objectValue { regions += Self.regions(ofChild: child) }
        for child in personal?["children"]?.arrayValue ?? [] {
            if let child = child.objectValue { regions += Self.regions(ofChild: child) }
        }
        guard !regions.isEmpty else { return contract.caseKind == .child }
        return regions.contains { directory.town(region: $0) == unit.id }
    }

    private static func regions(ofChild child: JSONObject) -> [String] {
        ["homeAddress", "hukouAddress"].compactMap { child[$0]?["regionCode"]?.stringValue }
    }
}
