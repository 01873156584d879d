import ChineseIdentifiers

extension DirectoryLoader {
    private static let unitKeys: Set<String> = [
        "kind", "parent", "name", "names", "uscc", "region", "legalCapacity", "successorOf", "custodian", "contacts",
        "validFrom", "validTo",
    ]

    /// The kinds that an id tells by its prefix, with the digits that follow.
    private static let prefixes: [(prefix: String, kind: UnitKind, digits: Int?)] = [
        ("town:", .town, 9), ("village:", .village, 12), ("school:", .school, 10), ("ext:", .external, nil),
        ("inspector:", .personRole, nil),
    ]

    mutating func readUnits(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let id = reader.text(key) else { continue }
            let record = reader.record(value, keys: Self.unitKeys)
            let kind = readKind(id, key: key, record)
            let names = readNames(record)
            let region = readRegion(id, kind: kind, record)
            let contacts = readContacts(record, of: UnitID(id))
            let validity = reader.validity(record)
            guard checkUnitID(id, at: key), let kind, !names.isEmpty else { continue }
            unitIndex[UnitID(id)] = units.count
            unitNodes.append(key)
            units.append(
                Unit(
                    id: UnitID(id), kind: kind, parent: parent(of: id, kind: kind, record), names: names,
                    uscc: readUSCC(record), regionCode: region,
                    legalCapacity: Set(reader.texts(record, "legalCapacity")),
                    successorOf: reader.texts(record, "successorOf").map { UnitID($0) }, memberships: [],
                    contacts: contacts, custodian: reader.text(record, "custodian").map { UnitID($0) },
                    validFrom: validity.from, validTo: validity.to,
                ),
            )
        }
    }

    private mutating func checkUnitID(_ id: String, at node: ConfigurationNode) -> Bool {
        let isPlain = id.utf8.allSatisfy {
            ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
                || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ":")
        }
        if !isPlain || id.utf8.count > 60 {
            reader.fault(
                node, "bad-unit-id", "a unit's id is lower-case letters, digits, dashes and colons",
                "单位编号只含小写字母、数字、连字符和冒号",
            )
            return false
        }
        if unitIndex[UnitID(id)] != nil {
            reader.fault(node, "duplicate-id", "'\(id)' stands twice", "“\(id)”出现了两次")
            return false
        }
        return true
    }

    private mutating func readKind(_ id: String, key: ConfigurationNode, _ record: ConfigurationRecord) -> UnitKind? {
        guard let known = Self.prefixes.first(where: { id.hasPrefix($0.prefix) }) else {
            return reader.choice(record, "kind")
        }
        if let digits = known.digits, !id.dropFirst(known.prefix.count).isDigits(count: digits) {
            reader.fault(
                key, "bad-unit-id", "'\(known.prefix)' is followed by \(digits) digits",
                "“\(known.prefix)”之后应为\(digits)位数字",
            )
        }
        if let kind = record["kind"], kind.text != known.kind.rawValue {
            reader.fault(
                kind, "kind-differs", "the id says that this unit is of kind '\(known.kind.rawValue)'",
                "编号表明本单位的类别是“\(known.kind.rawValue)”",
            )
        }
        return known.kind
    }

    /// A village belongs to the town whose code begins its own.
    private mutating func parent(of id: String, kind: UnitKind, _ record: ConfigurationRecord) -> UnitID? {
        if let parent = reader.text(record, "parent") { return UnitID(parent) }
        return kind == .village ? UnitID("town:" + id.dropFirst("village:".count).prefix(9)) : nil
    }

    private mutating func readRegion(_ id: String, kind: UnitKind?, _ record: ConfigurationRecord) -> String? {
        if kind == .town || kind == .village { return String(id.drop { $0 != ":" }.dropFirst()) }
        guard let node = record["region"] else {
            if kind == .school { reader.missing(record.node, "region") }
            return nil
        }
        guard let region = reader.text(node), [6, 9, 12].contains(where: { region.isDigits(count: $0) }) else {
            reader.fault(node, "bad-region", "a region code has 6, 9 or 12 digits", "区划代码为6位、9位或12位数字")
            return nil
        }
        return region
    }

    private mutating func readUSCC(_ record: ConfigurationRecord) -> String? {
        guard let text = reader.text(record, "uscc"), let node = record["uscc"] else { return nil }
        switch UnifiedSocialCreditCode.parse(text, today: nil) {
        case .success(let code): return code.text
        case .failure(let fault):
            reader.fault(node, fault.code, fault.message, fault.messageZh)
            return nil
        }
    }

    // MARK: Names

    /// `name` is one name for ever, `names` a list of names with their days.
    private mutating func readNames(_ record: ConfigurationRecord) -> [UnitName] {
        var nodes = record["name"].map { [$0] } ?? []
        if record["names"] != nil {
            if let name = record["name"] {
                reader.fault(name, "name-twice", "give either 'name' or 'names'", "“name”和“names”只能用一个")
            }
            nodes = reader.elements(record["names"])
        }
        if nodes.isEmpty { reader.missing(record.node, "name") }
        let names = nodes.compactMap { node in readName(node).map { (name: $0, node: node) } }
        checkSuccession(names.map(\.node), names.map(\.name))
        return names.flatMap { expanded($0.name) }
    }

    private mutating func readName(_ node: ConfigurationNode) -> UnitName? {
        let record = reader.record(node, keys: ["zh", "short", "en", "validFrom", "validTo"])
        let validity = reader.validity(record)
        guard let zh = reader.text(record, "zh", required: true),
            let short = reader.text(record, "short", required: true),
            let en = reader.text(record, "en", required: true)
        else { return nil }
        return UnitName(zh: zh, zhShort: short, en: en, validFrom: validity.from, validTo: validity.to)
    }

    /// `{county}` stands for the county's name: such a name changes on the day
    /// on which the county's does.
    private func expanded(_ name: UnitName) -> [UnitName] {
        let placeholder = "{county}"
        guard let county, name.zh.contains(placeholder) || name.en.contains(placeholder) else { return [name] }
        return county.names.filter { $0.overlaps(name) }.map { period in
            UnitName(
                zh: name.zh.replacing(placeholder, with: period.zh), zhShort: name.zhShort,
                en: name.en.replacing(placeholder, with: period.en),
                validFrom: [name.validFrom, period.validFrom].compactMap(\.self).max(),
                validTo: [name.validTo, period.validTo].compactMap(\.self).min(),
            )
        }
    }

    // MARK: Contacts

    private static let contactKeys: Set<String> = [
        "role", "officer", "name", "officePhone", "mobile", "channels", "hours", "deputyOf", "validFrom", "validTo",
    ]

    private mutating func readContacts(_ record: ConfigurationRecord, of unit: UnitID) -> [Contact] {
        reader.elements(record["contacts"]).compactMap { readContact($0, of: unit) }
    }

    private mutating func readContact(_ node: ConfigurationNode, of unit: UnitID) -> Contact? {
        let record = reader.record(node, keys: Self.contactKeys)
        let role: ContactRole? = reader.choice(record, "role")
        let deputyOf: ContactRole? = record["deputyOf"] == nil ? nil : reader.choice(record, "deputyOf")
        let officer = readContactOfficer(record, of: unit)
        let validity = reader.validity(record)
        checkChannels(record)
        let name = reader.text(record, "name") ?? officer?.name
        if record["officer"] == nil, name == nil { reader.missing(node, "officer") }
        guard let role, let name else { return nil }
        return Contact(
            role: role, officer: officer?.id, name: name, officePhone: readPhone(record, "officePhone"),
            mobile: readPhone(record, "mobile"), channels: reader.texts(record, "channels"),
            hours: reader.text(record, "hours"), deputyOf: deputyOf, validFrom: validity.from,
            validTo: validity.to,
        )
    }

    private mutating func readContactOfficer(_ record: ConfigurationRecord, of unit: UnitID) -> Officer? {
        guard let id = reader.text(record, "officer"), let node = record["officer"] else { return nil }
        guard let index = officerIndex[OfficerID(id)], officers[index].officer.unit == unit else {
            reader.fault(
                node, "unknown-officer", "'\(id)' is no registered officer of this unit",
                "“\(id)”不是本单位登记的经办人",
            )
            return nil
        }
        return officers[index].officer
    }

    /// Whoever is called when a child is in danger must not find a wrong number.
    private mutating func readPhone(_ record: ConfigurationRecord, _ key: String) -> String? {
        guard let text = reader.text(record, key), let node = record[key] else { return nil }
        if case .success = Phone.parse(text) { return text }
        reader.fault(
            node, "bad-phone",
            "a mobile number of 11 digits, or a landline number with its area code, is expected here",
            "此处应为11位手机号，或带区号的固定电话",
        )
        return nil
    }

    private mutating func checkChannels(_ record: ConfigurationRecord) {
        let known = ["sms", "gov-app", "phone"]
        for channel in reader.elements(record["channels"]) {
            guard let text = reader.text(channel), !known.contains(text) else { continue }
            reader.fault(
                channel, "unknown-channel", "'\(text)' is no channel; known are sms, gov-app, phone",
                "没有“\(text)”这一渠道；可用：sms、gov-app、phone",
            )
        }
    }
}
