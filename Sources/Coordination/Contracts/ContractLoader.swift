/// What has been read of the contracts so far.
///
/// The order is code lists, then the field dictionary, then families: each may
/// name what the one before has defined, whatever file it stands in.
struct ContractLoader {
    static let topKeys: Set<String> = [
        "lists", "fields", "family", "zh", "en", "case", "naturalKey", "optional", "outcomes", "dayKind", "types",
    ]

    var reader = ConfigurationReader()
    var lists: [String: CodeList] = [:]
    var sources: [String: FieldSource] = [:]
    var contracts: [EventType: EventContract] = [:]
    var publisherPlaces: [(rule: PublisherRule, file: String, line: Int)] = []

    // MARK: Code lists

    mutating func readLists(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let name = reader.text(key) else { continue }
            let record = reader.record(value, keys: ["zh", "en", "families", "codes"])
            if lists[name] != nil {
                reader.fault(key, "duplicate-id", "the list '\(name)' stands twice", "代码表“\(name)”出现了两次")
            }
            checkFamilies(record)
            guard let zh = reader.text(record, "zh", required: true),
                let en = reader.text(record, "en", required: true)
            else { continue }
            lists[name] = CodeList(
                name: name, zh: zh, en: en, codes: readCodes(record), families: reader.texts(record, "families"),
            )
        }
    }

    /// A family has one list of outcomes.
    private mutating func checkFamilies(_ record: ConfigurationRecord) {
        for node in reader.elements(record["families"]) {
            guard let family = node.text, let other = lists.values.first(where: { $0.families.contains(family) })
            else { continue }
            reader.fault(
                node, "duplicate-family", "the outcomes of '\(family)' stand in the list '\(other.name)' already",
                "“\(family)”的办理结果已列入代码表“\(other.name)”",
            )
        }
    }

    /// `code: [中文, English]`, or `code: {zh, en, validFrom, validTo}`.
    private mutating func readCodes(_ record: ConfigurationRecord) -> [Code] {
        guard let codes = record["codes"] else {
            reader.missing(record.node, "codes")
            return []
        }
        return reader.entries(codes).compactMap { key, value in
            guard let code = reader.text(key) else { return nil }
            guard code.isKebabCase else {
                reader.fault(
                    key, "bad-code", "a code is lower-case letters, digits and dashes", "代码只含小写字母、数字和连字符",
                )
                return nil
            }
            guard let pair = value.elements else { return readDatedCode(code, value) }
            guard pair.count == 2, let zh = reader.text(pair[0]), let en = reader.text(pair[1]) else {
                reader.fault(
                    value, "bad-words", "a code has its word in Chinese and in English: [中文, English]",
                    "每个代码应有中文和英文两个名称：[中文, English]",
                )
                return nil
            }
            return Code(code: code, zh: zh, en: en)
        }
    }

    private mutating func readDatedCode(_ code: String, _ node: ConfigurationNode) -> Code? {
        let record = reader.record(node, keys: ["zh", "en", "validFrom", "validTo"])
        let validity = reader.validity(record)
        guard let zh = reader.text(record, "zh", required: true), let en = reader.text(record, "en", required: true)
        else { return nil }
        return Code(code: code, zh: zh, en: en, validFrom: validity.from, validTo: validity.to)
    }
}

extension String {
    /// Lower-case ASCII letters, digits and dashes, not empty.
    var isKebabCase: Bool {
        !isEmpty
            && utf8.allSatisfy {
                ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
                    || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: "-")
            }
    }

    /// `employerKind` as `employer-kind`.
    var kebabCased: String {
        var result = ""
        for character in self {
            if character.isUppercase { result.append("-") }
            result += character.lowercased()
        }
        return result
    }
}
