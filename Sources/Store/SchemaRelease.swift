package import HubSchema

/// The schema as one program brings it: its migrations and functions.
package struct SchemaRelease: Sendable {
    /// In the order in which they apply.
    package let migrations: [HubSchema.File]
    /// One function a file, which bears its name.
    package let functions: [HubSchema.File]
    /// Tells it from every other by the texts.
    package let fingerprint: String

    package init(migrations: [HubSchema.File], functions: [HubSchema.File]) {
        self.migrations = migrations
        self.functions = functions
        let files = migrations + functions
        fingerprint = Self.checksum(
            of: files.map { "\($0.name) \(Self.checksum(of: $0.text))" }.joined(separator: "\n"))
    }

    /// This program's.
    package static func current() throws -> SchemaRelease { try brought.get() }

    private static let brought = Result {
        SchemaRelease(migrations: try HubSchema.migrations(), functions: try HubSchema.functions())
    }

    /// The number of the newest migration.
    package var version: Int32 { migrations.map(Self.number).max() ?? 0 }

    /// The number that a migration's name begins with.
    static func number(of file: HubSchema.File) -> Int32 { Int32(file.name.prefix(4)) ?? 0 }

    // MARK: - Hubs at work

    /// What sessions of a hub are called: the release by which it calls, and
    /// which process it is.
    package func hubName() -> String {
        Self.hubPrefix + fingerprint + "/" + String(UInt64.random(in: 0 ... .max), radix: 36)
    }

    /// How the names of hubs' sessions begin.
    static let hubPrefix = "liankong-hub/"

    /// FNV-1a, 64 bits: it tells texts apart, it does not protect.
    static func checksum(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}

/// How a database's schema stands to a program.
package enum SchemaStanding: Sendable, Hashable {
    /// It serves the program, which may be older than the schema.
    case current
    /// The program's own migrations or functions are missing.
    case behind
    /// It has gone beyond the program, and no longer keeps what that calls.
    case beyond
}
