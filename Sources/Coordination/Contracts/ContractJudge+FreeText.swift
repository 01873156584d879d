import CloudEvents

extension ContractJudge {
    /// Long enough that whoever wrote it can say the same without a name.
    private static let rewritableLength = 500

    /// Searches open free text for the names of the event's own children. Their
    /// numbers, and everybody's, were searched for when the text was read.
    ///
    /// A name of two characters is often part of another word (a road, a firm):
    /// in short fields, which cannot be put otherwise, it is only a warning.
    mutating func searchFreeTexts() {
        for (path, text, limit) in freeTexts {
            let found = children.compactMap(\.name).filter {
                $0.unicodeScalars.count > 1 && Self.text(text, contains: $0)
            }
            guard !found.isEmpty else { continue }
            let isCertain = limit >= Self.rewritableLength || found.contains { $0.unicodeScalars.count > 2 }
            note(.personalDataInOpenField, at: path, asWarning: !isCertain)
        }
    }

    /// Byte by byte: comparing characters would cost more than all the rest of
    /// the pass.
    private static func text(_ text: String, contains part: String) -> Bool {
        var (text, part) = (text, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard let first = part.first, part.count <= text.count else { return false }
                return (0...text.count - part.count).contains { start in
                    text[start] == first && text[start..<start + part.count].elementsEqual(part)
                }
            }
        }
    }
}
