import Foundation

/// What the hub knows as data, carried with the binary: migrations, functions
/// and event contracts.
public enum HubSchema {
    /// One file of a folder of this target.
    public struct File: Sendable, Hashable {
        /// The name without its folder, such as `0001_create_counties.sql`.
        public let name: String
        /// The text, UTF-8.
        public let text: String

        /// A file as it stands.
        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// The migrations in the order in which they apply.
    public static func migrations() throws -> [File] {
        try files(in: "migrations", withExtension: "sql")
    }

    /// The functions, by name.
    public static func functions() throws -> [File] {
        try files(in: "functions", withExtension: "sql")
    }

    /// The event contracts with their field dictionary and code lists, by name.
    public static func events() throws -> [File] {
        try files(in: "events", withExtension: "yaml")
    }

    private static func files(in folder: String, withExtension pathExtension: String) throws -> [File] {
        let directory = Bundle.module.bundleURL.appendingPathComponent(folder, isDirectory: true)
        return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == pathExtension }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { File(name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
    }
}
