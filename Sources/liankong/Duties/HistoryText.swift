import CloudEvents

/// What an entry of a duty's history tells beside its command.
enum HistoryText {
    /// The details in words, in an order of their own, then what was written.
    static func remark(_ entry: JSONValue) -> String {
        var parts = details(entry["detail"]?.objectValue ?? JSONObject())
        if let note = entry["note"]?.stringValue { parts.append(note) }
        return parts.joined(separator: "; ")
    }

    /// Details that have words, in the order they are told. What a later hub
    /// adds follows as it came.
    private static let words: [(key: String, label: String, word: @Sendable (String) -> String)] = [
        ("outcome", "outcome 办理结果", { $0 }),
        ("step", "step 第几步", { $0 }),
        ("milestone", "time limit 时限节点", Words.milestone),
        ("ladder", "ladder 催办规则", { $0 }),
        ("collapsed", "together with steps 合并步骤", { $0 }),
        ("to", "to 通知", Words.place),
        ("calls", "calls 电话", Words.place),
        ("gaps", "nobody registered at 未登记联系人", Words.place),
        ("unit", "unit 单位", { $0 }),
        ("role", "role 角色", Words.role),
        ("signedAt", "signed at 签收时间", { Timestamp(rfc3339: $0)?.beijingText ?? $0 }),
        ("paper", "on paper 纸质", { $0 == "true" ? "yes 是" : $0 }),
    ]

    private static func details(_ detail: JSONObject) -> [String] {
        let known = words.compactMap { key, label, word in
            detail[key].map { "\(label) \(text($0, word))" }
        }
        let rest = detail.filter { member in !words.contains { $0.key == member.key } }
            .map { "\($0.key) \($0.value.shortText)" }
        return known + rest.sorted()
    }

    private static func text(_ value: JSONValue, _ word: (String) -> String) -> String {
        (value.arrayValue ?? [value]).map { word($0.shortText) }.joined(separator: ", ")
    }
}
