/// What a person does to a duty, or a program passes on.
package enum DutyCommand: String, Sendable, Hashable, CaseIterable {
    case assign
    case sign
    case accept
    case start
    case note
    case complete
    case verify
    case rejectCompletion = "reject-completion"

    /// The word on a screen, in Chinese.
    package var zh: String {
        switch self {
        case .assign: "派件"
        case .sign: "签收"
        case .accept: "受理"
        case .start: "开办"
        case .note: "反馈进展"
        case .complete: "办结"
        case .verify: "核验"
        case .rejectCompletion: "退回重办"
        }
    }

    /// The word on a screen, in English.
    package var en: String {
        switch self {
        case .rejectCompletion: "send back for rework"
        case .note: "report progress"
        default: rawValue
        }
    }
}

extension DutyCommand {
    /// What a name outside means.
    package enum Named: Sendable, Hashable {
        case offered(DutyCommand)
        /// A command of the life of a duty that this hub does not offer yet.
        case later
        case unknown
    }

    private static let later: Set<String> = [
        "claim", "return", "decide-return", "delegate", "transfer", "request-extension", "decide-extension", "suspend",
        "resume", "reopen", "remind", "supervise", "request-cancel", "decide-cancel",
    ]

    /// The command of a name.
    package static func named(_ name: String) -> Named {
        if let command = DutyCommand(rawValue: name) { return .offered(command) }
        return later.contains(name) ? .later : .unknown
    }
}

/// What the hub itself puts on a duty's record when a step of a ladder fires.
/// It leaves the state alone.
package enum HubCommand: String, Sendable, Hashable, CaseIterable {
    /// 催办 went out, by message or as a call task.
    case remind
    /// A document was drafted that a person signs, or does not.
    case draft
    /// Something was proposed to those who may decide it.
    case propose

    /// What a step of a kind is recorded as.
    package init(_ kind: LadderStep.Kind) {
        switch kind {
        case .reminder: self = .remind
        case .draft: self = .draft
        case .proposal: self = .propose
        }
    }

    /// Whether only the secretariat learns of it: until a person signs a draft,
    /// nothing has happened for anybody else.
    package var isForSecretariat: Bool { self != .remind }

    /// The word on a screen, in Chinese.
    package var zh: String {
        switch self {
        case .remind: "催办"
        case .draft: "拟稿"
        case .propose: "建议"
        }
    }

    /// The word on a screen, in English.
    package var en: String { rawValue }
}
