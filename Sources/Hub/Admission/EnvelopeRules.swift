package import CloudEvents
import Coordination

/// The hub's rules on context attributes, beyond what makes a CloudEvent.
package enum EnvelopeRules {
    /// Attributes a sender may set beside the standard ones.
    private static let allowed: Set<String> = ["county", "caseid", "causeid", "corrects", "traceparent", "tracestate"]
    /// Attributes only the hub sets, whatever the contract.
    private static let reserved: Set<String> = ["recordedat", "policyver", "clause", "deliveryid", "dutyid", "role"]
    private static let idLimit = 128
    /// So many attributes that are not known are named; the rest is noise.
    private static let unknownLimit = 100
    static let tooMany = InputFault(
        path: "", code: "too-many-faults", message: "there are more; mend those named so far and send again",
        messageZh: "问题过多，未全部列出；请先改正已列出的再报送")

    /// Everything that is wrong with the attributes of an event.
    ///
    /// - Parameter promoted: the names the contract's promoted fields become.
    package static func faults(of event: CloudEvent, promoted: Set<String>) -> [InputFault] {
        var faults: [InputFault] = []
        for name in event.extensions.keys.sorted() where !allowed.contains(name) {
            guard faults.count < unknownLimit else {
                faults.append(tooMany)
                break
            }
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
        faults += numberFaults(of: event) + traceFaults(of: event)
        faults += timeFaults(of: event)
        return faults
    }

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
