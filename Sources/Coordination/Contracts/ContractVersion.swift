import ChineseIdentifiers

/// What of a contract decides how an event is judged and split, as one text
/// whose hash is the contract's version. Words for people are not part of it.
struct ContractVersion {
    private var text: String

    init(
        type: String, layout: ObjectLayout, publishers: [PublisherRule], isSealed: Bool, caseKind: CaseKind?,
        naturalKey: [NaturalKeyRule], takesDayKind: Bool,
    ) {
        text = "\(type)\n\(isSealed)\n\(caseKind?.rawValue ?? "none")\n\(takesDayKind)\n"
        text += publishers.map(\.text).sorted().joined(separator: ",") + "\n"
        for rule in naturalKey {
            text +=
                rule.form.rawValue + "=" + rule.steps.map { "\($0.field.name).\($0.part?.name ?? "")" }.joined() + "\n"
        }
        append(layout, indentation: "")
    }

    /// FNV-1a of 64 bits, in hexadecimal. It tells versions apart; nobody gains
    /// by forging one, since contracts come with the binary.
    var hash: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 {
            hash ^= UInt64(byte)
            hash &*= 0x100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func append(_ layout: ObjectLayout, indentation: String) {
        for field in layout.fields.sorted(by: { $0.name < $1.name }) {
            text += "\(indentation)\(field.name)|\(field.formatText)|\(field.isList)|\(field.items)|"
            text += "\(field.fieldClass.rawValue)|\(field.attribute ?? "")|\(field.isRoutable)|"
            text += "\(field.scan)|\(field.isPersonName)\n"
            switch field.format {
            case .object(let parts): append(parts, indentation: indentation + " ")
            case .code(let list): append(list, indentation: indentation)
            default: break
            }
        }
        for requirement in layout.requirements {
            let names = requirement.alternatives.map { layout.fields[$0].name }
            text += "\(indentation)required \(names.joined(separator: "|"))\n"
        }
    }

    private mutating func append(_ list: CodeList, indentation: String) {
        for code in list.codes {
            let from = code.validFrom?.description ?? ""
            let to = code.validTo?.description ?? ""
            text += "\(indentation) \(code.code)|\(from)|\(to)\n"
        }
    }
}
