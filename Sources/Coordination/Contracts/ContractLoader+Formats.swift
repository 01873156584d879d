extension ContractLoader {
    /// The format a field has in one family; nil with a fault when the text is
    /// no format or names a list that does not exist.
    mutating func format(
        of source: FieldSource, family: String, isSealed: Bool, outcomes: CodeList?,
    ) -> FieldFormat? {
        let text = source.formatText
        if text == "object" {
            return layout(source, family: family, isSealed: isSealed, outcomes: outcomes).map { .object($0) }
        }
        if let simple = Self.simpleFormats[text] { return simple }
        if let limit = limit(text, prefix: "text<=") { return .text(limit) }
        if let limit = limit(text, prefix: "unit-or-text<=") { return .unitOrText(limit) }
        if text.hasPrefix("int "), let range = range(text.dropFirst(4)) { return .integer(range) }
        if text == "code" || text.hasPrefix("code:") { return codeFormat(of: source, outcomes: outcomes) }
        reader.fault(source.node, "unknown-format", "'\(text)' is no format", "没有“\(text)”这一格式")
        return nil
    }

    /// Whole numbers are counts, days, metres: none is negative, and all fit an
    /// attribute of 32 bits.
    private static let simpleFormats: [String: FieldFormat] = [
        "date": .date, "past-date": .pastDate, "datetime": .dateTime, "month": .month, "period": .period,
        "int": .integer(0...999_999_999), "number": .number, "bool": .bool, "yuan": .yuan,
        "region-town": .region(.town), "region-town-or-county": .region(.townOrCounty),
        "region-county": .region(.county), "region-village": .region(.village), "region-any": .region(.any),
        "unit": .unit, "school": .school, "any-school": .anySchool, "ref": .reference, "position": .position,
        "id-number": .idNumber, "citizen-id": .citizenID, "student-number": .studentNumber,
        "disability-card": .disabilityCard, "uscc": .uscc, "registration-number": .registrationNumber,
        "counts": .counts,
    ]

    private func limit(_ text: String, prefix: String) -> Int? {
        guard text.hasPrefix(prefix), let limit = Int(text.dropFirst(prefix.count)), limit > 0 else { return nil }
        return limit
    }

    private func range(_ text: Substring) -> ClosedRange<Int64>? {
        let bounds = text.split(separator: "..", omittingEmptySubsequences: false).map { Int64($0) }
        guard bounds.count == 2, let low = bounds[0], let high = bounds[1], low <= high, high <= 999_999_999 else {
            return nil
        }
        return low...high
    }

    /// `code` uses the list of the field's own name, `code:outcome` the list of
    /// the family.
    private mutating func codeFormat(of source: FieldSource, outcomes: CodeList?) -> FieldFormat? {
        let text = source.formatText
        let name = text == "code" ? source.name.kebabCased : String(text.dropFirst("code:".count))
        guard let list = name == CodeList.outcomes ? outcomes : lists[name] else {
            reader.fault(
                source.node, "unknown-list", "there is no code list '\(name)' for this field here",
                "本字段所用的代码表“\(name)”不存在",
            )
            return nil
        }
        return .code(list)
    }

    // MARK: Layouts

    /// The layout of an object field.
    private mutating func layout(
        _ source: FieldSource, family: String, isSealed: Bool, outcomes: CodeList?,
    ) -> ObjectLayout? {
        let fields = source.parts.compactMap {
            definition(of: $0, family: family, isSealed: isSealed, outcomes: outcomes)
        }
        let groups = source.required.map { group in group.map { (name: $0, node: source.node) } }
        return makeLayout(fields, required: groups, at: source.node)
    }

    /// The field as one family has it.
    mutating func definition(
        of source: FieldSource, family: String, isSealed: Bool, outcomes: CodeList?,
    ) -> FieldDefinition? {
        let format = format(of: source, family: family, isSealed: isSealed, outcomes: outcomes)
        guard let format else { return nil }
        let fieldClass = source.classIn[family] ?? source.fieldClass
        // Of a type that is sealed as a whole nothing is open: what would be is
        // kept with the sensitive part.
        let place = fieldClass.sealedClass ?? (isSealed ? .sensitive : nil)
        checkOpenness(of: source, format: format, place: place, family: family)
        return FieldDefinition(
            source, format: format, fieldClass: fieldClass, place: place,
            isPromoted: source.isPromoted && place == nil,
        )
    }

    /// Up to so many characters a text is a name, a number or an address.
    private static let shortText = 200
    /// CloudEvents 1.0.2: attribute names should not be longer.
    private static let maximumAttributeName = 20

    /// What every recipient sees is told apart from what people may write
    /// anything into, and an attribute is one plain value.
    private mutating func checkOpenness(
        of source: FieldSource, format: FieldFormat, place: SealedClass?, family: String,
    ) {
        if place == nil, case .text(let limit) = format, limit > Self.shortText, source.scan == .nothing {
            reader.fault(
                source.node, "open-free-text",
                "in the family '\(family)' every recipient reads this long text; seal it or do not exempt it from the scan",
                "在“\(family)”类事件中所有接收单位都能看到此长文本，应加密，或不得免除扫描",
            )
        }
        guard source.isPromoted else { return }
        var isPlain = !source.isList && source.attribute.utf8.count <= Self.maximumAttributeName
        if case .object = format { isPlain = false }
        if case .counts = format { isPlain = false }
        if case .number = format { isPlain = false }
        if !isPlain {
            reader.fault(
                source.node, "bad-attribute",
                "an attribute is one text, whole number or flag with a name of at most 20 characters",
                "属性只能是单个文字、整数或是否值，名称最多20个字符",
            )
        }
    }

    mutating func makeLayout(
        _ fields: [FieldDefinition], required: [[(name: String, node: ConfigurationNode)]],
        at node: ConfigurationNode,
    ) -> ObjectLayout? {
        guard fields.count <= ObjectLayout.maximumFields else {
            reader.fault(
                node, "too-many-fields", "an object has at most \(ObjectLayout.maximumFields) fields",
                "一个对象最多有\(ObjectLayout.maximumFields)个字段",
            )
            return nil
        }
        var requirements: [Requirement] = []
        for group in required {
            let indices = group.compactMap { name, place -> Int? in
                if let index = fields.firstIndex(where: { $0.name == name }) { return index }
                reader.fault(
                    place, "unknown-field", "'\(name)' is not among the fields here", "此处没有字段“\(name)”",
                )
                return nil
            }
            let mask = indices.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
            if !indices.isEmpty { requirements.append(Requirement(alternatives: indices, mask: mask)) }
        }
        return ObjectLayout(fields: fields, requirements: requirements)
    }
}
