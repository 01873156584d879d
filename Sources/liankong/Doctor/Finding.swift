import CloudEvents

/// One thing a check found, good or bad.
struct Finding: Equatable {
    /// How bad it is.
    enum Level: String {
        /// As it should be.
        case good
        /// Nothing is wrong; something could be better.
        case note
        /// It will be wrong if nobody looks.
        case warning
        /// It is wrong now.
        case fault

        var mark: String {
            switch self {
            case .good: "✓"
            case .note: "·"
            case .warning: "!"
            case .fault: "✗"
            }
        }
    }

    var level: Level
    /// What was looked at, a word.
    var check: String
    /// What is so, and why that matters.
    var message: String
    var messageZh: String
    /// What to do; nothing for what is good.
    var advice = ""
    var adviceZh = ""

    /// Something that is as it should be.
    static func good(_ check: String, _ message: String, _ messageZh: String) -> Finding {
        Finding(level: .good, check: check, message: message, messageZh: messageZh)
    }

    /// Something that is not, with what to do about it.
    init(
        _ level: Level, _ check: String, _ message: String, _ messageZh: String, do advice: String,
        _ adviceZh: String,
    ) {
        self.init(level: level, check: check, message: message, messageZh: messageZh)
        self.advice = advice
        self.adviceZh = adviceZh
    }

    private init(level: Level, check: String, message: String, messageZh: String) {
        self.level = level
        self.check = check
        self.message = message
        self.messageZh = messageZh
    }

    /// Both texts, what to do on lines of its own; a value that is no language's once.
    var text: String {
        var lines = [
            "\(level.mark) \(check): " + (message == messageZh ? message : "\(message) / \(messageZh)")
        ]
        if !advice.isEmpty {
            lines.append("    → \(advice)")
            lines.append("    → \(adviceZh)")
        }
        return lines.joined(separator: "\n")
    }

    var jsonValue: JSONValue {
        var object = JSONObject()
        object["level"] = .string(level.rawValue)
        object["check"] = .string(check)
        object["message"] = .string(message)
        object["messageZh"] = .string(messageZh)
        if !advice.isEmpty {
            object["advice"] = .string(advice)
            object["adviceZh"] = .string(adviceZh)
        }
        return .object(object)
    }
}
