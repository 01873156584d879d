/// What has been read of a directory so far, with the places it was read from.
struct DirectoryLoader {
    var reader = ConfigurationReader()
    var county: CountyProfile?
    var units: [Unit] = []
    var unitIndex: [UnitID: Int] = [:]
    /// Where each unit stands, parallel to `units`.
    var unitNodes: [ConfigurationNode] = []
    var officers: [(officer: Officer, node: ConfigurationNode)] = []
    var officerIndex: [OfficerID: Int] = [:]

    // MARK: County

    mutating func readCounty(_ nodes: [ConfigurationNode], in file: String) {
        guard let node = nodes.first else {
            reader.fault(
                file: file, line: 0, "missing-key", "no file has the section 'county'", "各文件中都没有“county”一节",
            )
            return
        }
        for other in nodes.dropFirst() {
            reader.fault(other, "duplicate-key", "'county' stands in more than one file", "“county”出现在多个文件中")
        }
        let record = reader.record(node, keys: ["codes", "names"])
        let codes = readCodes(record)
        let names = readCountyNames(record)
        checkSuccession(codes.map(\.node), codes.map(\.code))
        checkSuccession(names.map(\.node), names.map(\.name))
        guard !codes.isEmpty, !names.isEmpty else { return }
        county = CountyProfile(codes: codes.map(\.code), names: names.map(\.name))
    }

    private mutating func readCodes(
        _ record: ConfigurationRecord,
    ) -> [(code: CountyCode, node: ConfigurationNode)] {
        if record["codes"] == nil { reader.missing(record.node, "codes") }
        return reader.elements(record["codes"]).compactMap { element in
            let entry = reader.record(element, keys: ["code", "validFrom", "validTo"])
            let validity = reader.validity(entry)
            guard let code = reader.text(entry, "code", required: true) else { return nil }
            guard code.isDigits(count: 6) else {
                reader.fault(element, "bad-region", "a county code has six digits", "县级区划代码为六位数字")
                return nil
            }
            return (CountyCode(code: code, validFrom: validity.from, validTo: validity.to), element)
        }
    }

    private mutating func readCountyNames(
        _ record: ConfigurationRecord,
    ) -> [(name: CountyName, node: ConfigurationNode)] {
        if record["names"] == nil { reader.missing(record.node, "names") }
        return reader.elements(record["names"]).compactMap { element in
            let entry = reader.record(element, keys: ["zh", "en", "validFrom", "validTo"])
            let validity = reader.validity(entry)
            guard let zh = reader.text(entry, "zh", required: true),
                let en = reader.text(entry, "en", required: true)
            else { return nil }
            return (CountyName(zh: zh, en: en, validFrom: validity.from, validTo: validity.to), element)
        }
    }

    /// Periods of one thing must follow each other in order and share no day.
    mutating func checkSuccession(_ nodes: [ConfigurationNode], _ periods: [some EffectiveDated]) {
        for index in periods.indices.dropFirst() {
            guard let end = periods[index - 1].validTo, let start = periods[index].validFrom, end < start else {
                reader.fault(
                    nodes[index], "periods-overlap", "this period begins before the one above it has ended",
                    "本期开始时上一期尚未结束",
                )
                continue
            }
        }
    }

    // MARK: Officers

    private static let officerKeys: Set<String> = ["unit", "name", "duty", "scopes", "validFrom", "validTo"]

    mutating func readOfficers(_ node: ConfigurationNode) {
        for (key, value) in reader.entries(node) {
            guard let id = reader.text(key) else { continue }
            let record = reader.record(value, keys: Self.officerKeys)
            let duty: OfficerDuty? = reader.choice(record, "duty")
            let validity = reader.validity(record)
            let scopes = readScopes(record)
            guard checkOfficerID(id, at: key), let duty,
                let unit = reader.text(record, "unit", required: true),
                let name = reader.text(record, "name", required: true)
            else { continue }
            officerIndex[OfficerID(id)] = officers.count
            let officer = Officer(
                id: OfficerID(id), unit: UnitID(unit), name: name, duty: duty, scopes: scopes,
                validFrom: validity.from, validTo: validity.to,
            )
            officers.append((officer, key))
        }
    }

    private mutating func checkOfficerID(_ id: String, at node: ConfigurationNode) -> Bool {
        if !OfficerID(id).isRegistrable {
            reader.fault(
                node, "bad-officer-id", "an officer's id is lower-case letters, digits and dashes, and no id number",
                "经办人编号只含小写字母、数字和连字符，且不得为身份证号",
            )
            return false
        }
        if officerIndex[OfficerID(id)] != nil {
            reader.fault(node, "duplicate-id", "'\(id)' is registered twice", "“\(id)”登记了两次")
            return false
        }
        return true
    }

    private mutating func readScopes(_ record: ConfigurationRecord) -> [String] {
        for scope in reader.elements(record["scopes"]) {
            guard let text = reader.text(scope), !Officer.knownScopes.contains(text) else { continue }
            let known = Officer.knownScopes.joined(separator: ", ")
            reader.fault(
                scope, "unknown-scope", "'\(text)' is no scope; known are \(known)",
                "没有“\(text)”这一权限；可用：\(known)",
            )
        }
        return record["scopes"]?.elements?.compactMap(\.text) ?? []
    }
}

extension StringProtocol {
    /// Whether it is ASCII digits, this many of them.
    func isDigits(count: Int) -> Bool {
        utf8.count == count && utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
}
