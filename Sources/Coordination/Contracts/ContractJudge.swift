import ChineseIdentifiers
import CloudEvents

/// One pass over the data of one event: validates, normalises and sorts.
///
/// It stands on the way of every event. All that does not depend on the event
/// (layouts, indices, places) was looked up when the contracts were loaded;
/// paths and messages are made only for what is wrong.
struct ContractJudge {
    let contract: EventContract
    let time: Timestamp
    let lenient: Bool
    let directory: Directory
    /// The day of the event in Beijing.
    let day: CivilDate

    var result = ContractResult()
    /// The children the event is about, in the order sent.
    var children: [ChildFacts] = []
    /// The names of the persons the event is about, in the order sent.
    var names: [String] = []
    /// Open text, to be searched for those names.
    var openTexts: [OpenText] = []
    private(set) var path: [PathStep] = []

    /// A step from an object or a list to a member.
    enum PathStep {
        case key(String)
        case index(Int)
    }

    init(contract: EventContract, time: Timestamp, lenient: Bool, directory: Directory) {
        self.contract = contract
        self.time = time
        self.lenient = lenient
        self.directory = directory
        day = time.beijingDate
    }

    mutating func judge(_ data: JSONValue?, dayKind: (CivilDate) -> DayKind) {
        let object: JSONObject
        switch data {
        case nil: object = JSONObject()
        case .object(let sent): object = sent
        default: return fault(.wrongType(.object, isNull: data == .null))
        }
        var parts = ContractParts()
        var seen = members(of: object, contract.layout, into: &parts)
        derive(from: parts, seen: &seen)
        require(contract.layout, seen)
        searchOpenTexts()
        guard result.faults.isEmpty else { return }
        if contract.takesDayKind { setDayKind(parts, dayKind) }
        result.naturalKey = naturalKey(parts)
        result.open = parts[nil]
        result.sealed = parts.sealed
    }

    // MARK: Members

    /// Judges the members of an object; gives back which fields were filled in,
    /// a bit each.
    private mutating func members(
        of object: JSONObject, _ layout: ObjectLayout, into parts: inout ContractParts,
    ) -> UInt64 {
        var seen: UInt64 = 0
        for (name, value) in object.members {
            guard let index = layout.index[name] else {
                unknown(name)
                continue
            }
            let field = layout.fields[index]
            path.append(.key(name))
            member(value, field, siblings: object, into: &parts)
            // An empty list is there and says nothing.
            if value != .array([]) { seen |= 1 << UInt64(index) }
            path.removeLast()
        }
        return seen
    }

    private mutating func member(
        _ value: JSONValue, _ field: FieldDefinition, siblings: JSONObject, into parts: inout ContractParts,
    ) {
        if case .object(let layout) = field.format {
            if field.isList {
                objects(value, field, layout, into: &parts)
            } else if let inner = object(value, field, layout) {
                for place in ContractParts.places where place == field.place || !inner[place].isEmpty {
                    parts.set(.object(inner[place]), for: field.name, in: place)
                }
            }
            return
        }
        guard let admitted = field.isList ? list(value, field, siblings) : checked(value, field, siblings) else {
            return
        }
        parts.set(admitted, for: field.name, in: field.place)
        if path.count == 1 { offer(admitted, field) }
    }

    private mutating func object(
        _ value: JSONValue, _ field: FieldDefinition, _ layout: ObjectLayout,
    ) -> ContractParts? {
        guard case .object(let object) = value else {
            fault(.wrongType(.object, isNull: value == .null))
            return nil
        }
        var parts = ContractParts()
        let seen = members(of: object, layout, into: &parts)
        require(layout, seen)
        if field.isChild { note(child: parts) }
        return parts
    }

    /// Each part of the elements goes to its own place, and every place keeps
    /// the shape of the list, so that they can be put together again.
    private mutating func objects(
        _ value: JSONValue, _ field: FieldDefinition, _ layout: ObjectLayout, into parts: inout ContractParts,
    ) {
        guard let elements = elements(value, field) else { return }
        var rows: [ContractParts] = []
        rows.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            path.append(.index(index))
            rows.append(object(element, field, layout) ?? ContractParts())
            path.removeLast()
        }
        for place in ContractParts.places
        where place == field.place || (field.isSplit && rows.contains { !$0[place].isEmpty }) {
            parts.set(.array(rows.map { .object($0[place]) }), for: field.name, in: place)
        }
    }

    private mutating func list(_ value: JSONValue, _ field: FieldDefinition, _ siblings: JSONObject) -> JSONValue? {
        guard let elements = elements(value, field) else { return nil }
        var admitted: [JSONValue] = []
        admitted.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            path.append(.index(index))
            if let one = checked(element, field, siblings) { admitted.append(one) }
            path.removeLast()
        }
        return .array(admitted)
    }

    private mutating func elements(_ value: JSONValue, _ field: FieldDefinition) -> [JSONValue]? {
        guard case .array(let elements) = value else {
            fault(.wrongType(.list, isNull: value == .null))
            return nil
        }
        if elements.count > field.items.upperBound {
            fault(.tooManyItems(field.items.upperBound))
            return nil
        }
        if !elements.isEmpty, elements.count < field.items.lowerBound {
            fault(.tooFewItems(field.items.lowerBound))
        }
        return elements
    }

    private mutating func checked(
        _ value: JSONValue, _ field: FieldDefinition, _ siblings: JSONObject,
    ) -> JSONValue? {
        do throws(ValueFault) {
            return try admitted(value, field, siblings)
        } catch {
            fault(error)
            return nil
        }
    }

    private mutating func require(_ layout: ObjectLayout, _ seen: UInt64) {
        for requirement in layout.requirements where requirement.mask & seen == 0 {
            let fields = requirement.alternatives.map { layout.fields[$0] }
            path.append(.key(fields[0].name))
            fault(.required(fields))
            path.removeLast()
        }
    }

    // MARK: Router and attributes

    /// Gives a value of the top level to the router and the attributes, as far
    /// as its field is marked for them.
    private mutating func offer(_ value: JSONValue, _ field: FieldDefinition) {
        if field.isRoutable, let routable = RoutableValue(value) { result.routable[field.name] = routable }
        if let attribute = field.attribute, let promoted = AttributeValue(promoting: value) {
            result.promoted.append((attribute, promoted))
        }
    }

    private mutating func setDayKind(_ parts: ContractParts, _ dayKind: (CivilDate) -> DayKind) {
        let inspectedAt = parts["inspectedAt"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        let kind = dayKind(inspectedAt?.beijingDate ?? day).rawValue
        result.routable[EventContract.dayKindField] = .text(kind)
        if !contract.isSealed {
            result.promoted.append((EventContract.dayKindField.lowercased(), .string(kind)))
        }
    }
}

extension RoutableValue {
    /// The value as the router reads it; nil for what no rule could ask for.
    init?(_ value: JSONValue) {
        switch value {
        case .string(let text): self = .text(text)
        case .bool(let flag): self = .flag(flag)
        case .integer(let number): self = .integer(number)
        case .array(let elements): self = .list(elements.compactMap(\.stringValue))
        case .null, .number, .object: return nil
        }
    }
}

extension AttributeValue {
    /// The value as an attribute; nil for what is no text, flag or number of
    /// 32 bits, which the loader lets nobody promote.
    init?(promoting value: JSONValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .bool(let flag): self = .boolean(flag)
        case .integer(let number):
            guard let number = Int32(exactly: number) else { return nil }
            self = .integer(number)
        case .null, .number, .array, .object: return nil
        }
    }
}
