import HubSchema

/// A migration, with what its marker lines say of it.
///
/// | a line | means |
/// | --- | --- |
/// | `--! breaks older hubs` | what older programs call or read goes: they must have ended |
/// | `--! outside a transaction` | its statements run one by one, each marked by one of the next two |
/// | `--! statement` | a statement follows |
/// | `--! for each partition of hub.event` | one follows for each partition, whose name stands for `{partition}` |
///
/// Outside a transaction are `CREATE INDEX CONCURRENTLY` and the like; the other
/// statements of such a migration are a transaction each. Killed in the middle
/// it runs again from its beginning, so it first removes what it may have left:
/// an index that is not valid.
struct MigrationScript {
    /// A statement of a migration outside a transaction.
    struct Part: Equatable {
        var text: String
        /// The partitioned table whose partitions it is run for; nil for once.
        var table: String?
    }

    let name: String
    let text: String
    let number: Int32
    let breaksOlderHubs: Bool
    /// Nil for one that is a transaction, as most are.
    let parts: [Part]?

    init(_ file: HubSchema.File) {
        name = file.name
        text = file.text
        number = SchemaRelease.number(of: file)
        var (breaks, isOutside) = (false, false)
        var parts: [Part] = []
        for line in file.text.split(separator: "\n", omittingEmptySubsequences: false) {
            switch Self.marker(in: line) {
            case nil:
                if !parts.isEmpty { parts[parts.count - 1].text += line + "\n" }
            case "breaks older hubs": breaks = true
            case "outside a transaction": isOutside = true
            case "statement": parts.append(Part(text: ""))
            case let marker?:
                parts.append(
                    Part(text: "", table: marker.hasPrefix(Self.each) ? String(marker.dropFirst(Self.each.count)) : nil)
                )
            }
        }
        breaksOlderHubs = breaks
        self.parts = isOutside ? parts : nil
    }

    private static let each = "for each partition of "

    private static func marker(in line: Substring) -> String? {
        guard line.hasPrefix("--! ") else { return nil }
        var marker = line.dropFirst(4)
        while marker.last == " " { marker.removeLast() }
        return String(marker)
    }
}
