import ChineseIdentifiers
import CloudEvents
import Coordination

extension EnvelopeRules {
    /// The attributes that spell out an ID or phone number.
    static func numberFaults(of event: CloudEvent) -> [InputFault] {
        references(of: event)
            .filter { holdsPersonalNumber($0.text) }
            .map { reference in
                fault(
                    reference.name, "personal-data-in-attribute", "attributes must not hold personal numbers",
                    "属性中不得含有证件号码或电话号码")
            }
    }

    /// Whether a reference spells out an ID or phone number.
    static func holdsPersonalNumber(_ reference: String) -> Bool {
        !PersonalPatternScanner.kinds(inReference: reference).isEmpty
    }

    /// The attributes that name a person the event is about: every recipient
    /// and every log would. A name of two characters is often part of another
    /// word, so it is only a warning.
    static func naming(_ names: PersonNames, in event: CloudEvent) -> (faults: [InputFault], warnings: [InputFault]) {
        var found: (faults: [InputFault], warnings: [InputFault]) = ([], [])
        for (attribute, text) in references(of: event) {
            guard let finding = names.search(TextHygiene.percentDecoded(text)) else { continue }
            let fault = fault(
                attribute, "personal-data-in-attribute",
                "attributes must not name a child, its guardian or who reported", "属性中不得出现学生、监护人或举报人姓名")
            if finding == .certain { found.faults.append(fault) } else { found.warnings.append(fault) }
        }
        return found
    }

    /// The attributes a sender fills in freely. What traces has its own form,
    /// but for the values in `tracestate`.
    private static func references(of event: CloudEvent) -> [(name: String, text: String)] {
        [
            ("id", event.id), ("source", event.source), ("subject", event.subject ?? ""),
            ("dataschema", event.dataSchema ?? ""), ("datacontenttype", event.dataContentType ?? ""),
            ("tracestate", event.extensions["tracestate"]?.text ?? ""),
        ]
    }

    /// A trace context that is none would be passed on to every recipient, who
    /// take it for one.
    static func traceFaults(of event: CloudEvent) -> [InputFault] {
        var faults: [InputFault] = []
        if let parent = event.extensions["traceparent"], !TraceContextText.isParent(parent.text) {
            faults.append(
                fault(
                    "traceparent", "bad-traceparent",
                    "write the trace context of W3C, 00-<32 digits>-<16 digits>-<2 digits>, or leave it out",
                    "应为W3C跟踪上下文（00-32位-16位-2位），或省略"))
        }
        if let state = event.extensions["tracestate"], !TraceContextText.isState(state.text) {
            faults.append(
                fault(
                    "tracestate", "bad-tracestate",
                    "write the trace state of W3C, a list of key=value, or leave it out",
                    "应为W3C跟踪状态（key=value列表），或省略"))
        }
        return faults
    }
}
