import ChineseIdentifiers
import CloudEvents
import Coordination
import Store

/// Reads officers that are registered over the API, and collects what is wrong
/// with them.
struct OfficerForm {
    let directory: Directory
    private(set) var faults: [InputFault] = []
    private var ids: Set<OfficerID> = []

    private static let idLimit = 63
    private static let nameLimit = 50

    init(directory: Directory) {
        self.directory = directory
    }

    /// `{officers: [{id, unit, name, duty, scopes, validFrom, validTo}]}`.
    mutating func read(_ body: JSONObject) -> [OfficerRecord] {
        guard let list = body["officers"]?.arrayValue else {
            fault("/officers", "required", "list the officers", "须列出经办人")
            return []
        }
        for key in body.keys where key != "officers" {
            fault("/\(JSONPointer.escaped(key))", "unknown-field", "this field is not known", "未知的字段")
        }
        return list.enumerated().compactMap { index, value in officer(value, path: "/officers/\(index)") }
    }

    private mutating func officer(_ value: JSONValue, path: String) -> OfficerRecord? {
        guard let object = value.objectValue else {
            fault(path, "wrong-type", "must be an object", "应为对象")
            return nil
        }
        let before = faults.count
        let known: Set = ["id", "unit", "name", "duty", "scopes", "validFrom", "validTo"]
        for key in object.keys where !known.contains(key) {
            fault("\(path)/\(JSONPointer.escaped(key))", "unknown-field", "this field is not known", "未知的字段")
        }
        let id = id(object, path: path)
        let unit = unit(object, path: path)
        let name = text(object, "name", path: path, limit: Self.nameLimit)
        let duty = object["duty"] == nil ? OfficerDuty.handler.rawValue : text(object, "duty", path: path, limit: 20)
        if OfficerDuty(rawValue: duty) == nil {
            let choices = OfficerDuty.allCases.map(\.rawValue).joined(separator: ", ")
            fault("\(path)/duty", "not-a-choice", "must be one of \(choices)", "应为\(choices)之一")
        }
        let from = day(object, "validFrom", path: path)
        let to = day(object, "validTo", path: path)
        if let from, let to, to < from {
            fault("\(path)/validTo", "validity-reversed", "validTo lies before validFrom", "validTo早于validFrom")
        }
        let record = OfficerRecord(
            id: id, unit: unit, name: name, duty: duty, scopes: scopes(object, path: path),
            validFrom: from?.description, validTo: to?.description)
        return faults.count == before ? record : nil
    }

    /// An id that is no personal number, once in a request.
    private mutating func id(_ object: JSONObject, path: String) -> OfficerID {
        let text = text(object, "id", path: path, limit: Self.idLimit)
        let id = OfficerID(text)
        if text.isEmpty { return id }
        if !PersonalPatternScanner.kinds(in: text).isEmpty {
            fault("\(path)/id", "personal-data-in-id", "an id must not be a personal number", "编号不得使用证件号码或电话号码")
        } else if !id.isRegistrable {
            fault(
                "\(path)/id", "bad-officer-id", "an id is lower-case letters, digits and dashes, the first no dash",
                "编号只含小写字母、数字和连字符，且不以连字符开头")
        } else if !ids.insert(id).inserted {
            fault("\(path)/id", "duplicate-id", "this id stands twice in the request", "编号在请求中出现了两次")
        }
        return id
    }

    private mutating func unit(_ object: JSONObject, path: String) -> UnitID {
        let text = text(object, "unit", path: path, limit: Self.idLimit)
        if text.isEmpty { return UnitID(text) }
        if let unit = directory.unit(UnitID(text)) {
            if !unit.kind.hasAccount {
                fault(
                    "\(path)/unit", "no-account", "this unit has no account; name the one that acts for it",
                    "该单位没有账户，请填写代办单位")
            }
        } else {
            fault("\(path)/unit", "unknown-unit", "there is no such unit", "没有此单位")
        }
        return UnitID(text)
    }

    private mutating func scopes(_ object: JSONObject, path: String) -> [String] {
        guard let value = object["scopes"] else { return ["handle"] }
        guard let list = value.arrayValue else {
            fault("\(path)/scopes", "wrong-type", "must be a list", "应为列表")
            return []
        }
        return list.enumerated().compactMap { index, element in
            if let scope = element.stringValue, Officer.knownScopes.contains(scope) { return scope }
            let choices = Officer.knownScopes.joined(separator: ", ")
            fault("\(path)/scopes/\(index)", "not-a-choice", "must be one of \(choices)", "应为\(choices)之一")
            return nil
        }
    }

    private mutating func text(_ object: JSONObject, _ name: String, path: String, limit: Int) -> String {
        guard let value = object[name] else {
            fault("\(path)/\(name)", "required", "must be there", "必填")
            return ""
        }
        guard let text = value.stringValue, !TextHygiene.trimmed(text).isEmpty, text.unicodeScalars.count <= limit,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 })
        else {
            fault(
                "\(path)/\(name)", "wrong-type", "must be text of 1 to \(limit) characters, not blank",
                "应为1至\(limit)个字符的文字，不得空白")
            return ""
        }
        return text
    }

    private mutating func day(_ object: JSONObject, _ name: String, path: String) -> CivilDate? {
        guard let value = object[name], value != .null else { return nil }
        guard let day = value.stringValue.flatMap({ CivilDate($0) }) else {
            fault("\(path)/\(name)", "bad-date", "must be a day such as 2020-10-22", "应为2020-10-22形式的日期")
            return nil
        }
        return day
    }

    private mutating func fault(_ path: String, _ code: String, _ message: String, _ messageZh: String) {
        faults.append(InputFault(path: path, code: code, message: message, messageZh: messageZh))
    }
}

/// Keys within JSON Pointers, RFC 6901.
enum JSONPointer {
    static func escaped(_ key: String) -> String {
        key.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
