import ChineseIdentifiers
package import CloudEvents
import Coordination
import Foundation

/// The hub's rules on context attributes, beyond what makes a CloudEvent.
package enum EnvelopeRules {
    /// Attributes a sender may set beside the standard ones.
    private static let allowed: Set<String> = ["county", "caseid", "causeid", "corrects", "traceparent", "tracestate"]
    /// Attributes only the hub sets, whatever the contract.
    private static let reserved: Set<String> = ["recordedat", "policyver", "clause", "deliveryid", "dutyid", "role"]
    private static let idLimit = 128

    /// Everything that is wrong with the attributes of an event.
    ///
    /// - Parameter promoted: the names the contract's promoted fields become.
    package static func faults(of event: CloudEvent, promoted: Set<String>) -> [InputFault] {
        var faults: [InputFault] = []
        for name in event.extensions.keys.sorted() where !allowed.contains(name) {
            if reserved.contains(name) || promoted.contains(name) {
                faults.append(
                    fault(name, "attribute-reserved", "the hub sets this attribute; leave it out", "该属性由系统设置，请去掉"))
            } else {
                faults.append(
                    fault(name, "unknown-attribute", "this attribute is not known; leave it out", "未知的属性，请去掉"))
            }
        }
        if event.id.unicodeScalars.count > idLimit {
            faults.append(fault("id", "too-long", "an id has at most 128 characters", "编号最多128个字符"))
        }
        for (name, text) in references(of: event) where holdsPersonalNumber(text) {
            faults.append(
                fault(
                    name, "personal-data-in-attribute", "attributes must not hold personal numbers",
                    "属性中不得含有证件号码或电话号码"))
        }
        faults += timeFaults(of: event)
        return faults
    }

    /// The attributes that name the event's own children: every recipient and
    /// every log would. A name of two characters is often part of another word,
    /// so it is only a warning.
    static func naming(_ names: [String], in event: CloudEvent) -> (faults: [InputFault], warnings: [InputFault]) {
        var found: (faults: [InputFault], warnings: [InputFault]) = ([], [])
        for (attribute, text) in references(of: event) {
            let named = names.filter { $0.unicodeScalars.count > 1 && text.holds($0) }
            guard !named.isEmpty else { continue }
            let fault = fault(
                attribute, "personal-data-in-attribute", "attributes must not name a child", "属性中不得出现学生姓名")
            if named.contains(where: { $0.unicodeScalars.count > 2 }) {
                found.faults.append(fault)
            } else {
                found.warnings.append(fault)
            }
        }
        return found
    }

    /// The attributes a sender fills in freely.
    private static func references(of event: CloudEvent) -> [(name: String, text: String)] {
        [
            ("id", event.id), ("source", event.source), ("subject", event.subject ?? ""),
            ("dataschema", event.dataSchema ?? ""),
        ]
    }

    /// Whether a reference spells out an ID or phone number.
    ///
    /// References are often random: in a row of hexadecimal digits eleven
    /// happen to look like a phone number once in a few hundred times. So a word
    /// with letters in it is searched for whole ID numbers only, which do not
    /// happen by chance.
    static func holdsPersonalNumber(_ reference: String) -> Bool {
        guard mayHoldNumber(reference) else { return false }
        var text = ""
        var word = ""
        for character in reference {
            if character.isASCII, character.isLetter || character.isNumber {
                word.append(character)
            } else {
                text += searchable(word)
                text.append(character)
                word = ""
            }
        }
        return !PersonalPatternScanner.kinds(in: text + searchable(word)).isEmpty
    }

    /// Whether a text has as many digits as the shortest number that is looked
    /// for; what is not ASCII may be digits of another width.
    private static func mayHoldNumber(_ text: String) -> Bool {
        var digits = 0
        for byte in text.utf8 {
            if byte >= 0x80 { return true }
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { digits += 1 }
        }
        return digits >= phoneNumberLength
    }

    /// A word as it is when it is a number, else its rows of digits that are as
    /// long as an ID number.
    private static func searchable(_ word: String) -> String {
        if word.dropLast().allSatisfy(\.isNumber), word.last?.isNumberEnd ?? true { return word }
        return word.split { !$0.isNumberEnd }.filter { $0.count >= idNumberLength }.map { "|\($0)|" }.joined()
    }

    private static let idNumberLength = 18
    private static let phoneNumberLength = 11

    /// The instant at which the event happened, if it says so properly.
    package static func time(of event: CloudEvent) -> Timestamp? {
        event.time.flatMap { Timestamp(rfc3339: $0) }
    }

    private static func timeFaults(of event: CloudEvent) -> [InputFault] {
        guard let text = event.time else {
            return [fault("time", "required", "say when it happened", "须写明发生时间")]
        }
        if Timestamp(rfc3339: text) != nil { return [] }
        if Timestamp(rfc3339: text + "+08:00") != nil {
            return [
                fault(
                    "time", "time-without-offset", "add the offset: \(text)+08:00", "请加上时区：\(text)+08:00")
            ]
        }
        return [
            fault(
                "time", "bad-time", "write a time such as 2020-10-22T09:12:00+08:00",
                "时间格式应如2020-10-22T09:12:00+08:00")
        ]
    }

    static func fault(_ name: String, _ code: String, _ message: String, _ messageZh: String) -> InputFault {
        InputFault(path: "attribute:\(name)", code: code, message: message, messageZh: messageZh)
    }

    /// The attributes as sent, without those that only trace and without a
    /// content type that says no more than the default: what two sendings of
    /// one event have in common, whatever mode they came in. Values count as
    /// text, because headers know nothing else.
    package static func identityAttributes(of event: CloudEvent) -> JSONObject {
        var attributes = event.attributes
        attributes["traceparent"] = nil
        attributes["tracestate"] = nil
        if let type = event.dataContentType, isPlainJSON(type) { attributes["datacontenttype"] = nil }
        for (name, value) in event.extensions where attributes[name] != nil {
            attributes[name] = .string(value.text)
        }
        return attributes
    }

    private static func isPlainJSON(_ type: String) -> Bool {
        type.lowercased().prefix { $0 != ";" && $0 != " " } == "application/json"
    }
}

extension String {
    /// Whether another text stands somewhere in it; neither holds U+0000.
    fileprivate func holds(_ other: String) -> Bool { strstr(self, other) != nil }
}

extension Character {
    /// A digit, or the X that an ID number may end in.
    fileprivate var isNumberEnd: Bool { isNumber || self == "X" || self == "x" }
}
