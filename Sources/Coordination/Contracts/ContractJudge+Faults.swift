import ChineseIdentifiers
import CloudEvents

extension ContractJudge {
    /// So many faults (and as many warnings) are told; the rest is noise that
    /// could be made as large as the largest body.
    static let maximumNotes = 500

    /// Notes a fault where the pass stands.
    mutating func fault(_ fault: ValueFault) {
        Self.add(fault, at: path, to: &result.faults)
    }

    /// Notes a warning where the pass stands.
    mutating func warn(_ warning: ValueFault) {
        Self.add(warning, at: path, to: &result.warnings)
    }

    /// Notes a fault or a warning somewhere else.
    mutating func note(_ fault: ValueFault, at path: [PathStep], asWarning: Bool = false) {
        if asWarning {
            Self.add(fault, at: path, to: &result.warnings)
        } else {
            Self.add(fault, at: path, to: &result.faults)
        }
    }

    /// A member that the contract does not have. Its name is told as part of the
    /// path (and of a warning, which receipts show without one), unless it is
    /// itself personal or too long for a name.
    mutating func unknown(_ name: String) {
        let isName = name.utf8.count <= 200 && PersonalPatternScanner.kinds(in: name).isEmpty
        let place = isName ? path + [.key(name)] : path
        note(lenient ? .fieldDropped(isName ? name : nil) : .unknownField, at: place, asWarning: lenient)
    }

    private static func add(_ fault: ValueFault, at path: [PathStep], to list: inout [InputFault]) {
        guard list.count <= maximumNotes else { return }
        let fault = list.count < maximumNotes ? fault : .tooMany
        list.append(
            InputFault(
                path: list.count < maximumNotes ? pointer(path) : "/data", code: fault.code, message: fault.message,
                messageZh: fault.messageZh,
            ),
        )
    }

    /// The JSON Pointer (RFC 6901) into the structured form of the event.
    private static func pointer(_ path: [PathStep]) -> String {
        var text = "/data"
        for step in path {
            text += "/"
            switch step {
            case .index(let index): text += String(index)
            case .key(let key):
                for character in key.unicodeScalars {
                    switch character {
                    case "~": text += "~0"
                    case "/": text += "~1"
                    default: text.unicodeScalars.append(character)
                    }
                }
            }
        }
        return text
    }
}
