import Foundation
import Hub
import TestSupport

/// A copy of the shipped county's files that a test changes and loads.
struct EditedCounty {
    let folder: URL

    /// Runs a body with a copy that is gone afterwards.
    static func with<Result>(_ body: (EditedCounty) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("county-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: URL(fileURLWithPath: TestCounty.folder), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(EditedCounty(folder: folder))
    }

    /// Replaces a text that must be there.
    func replace(_ text: String, with other: String, in file: String) throws {
        let url = folder.appendingPathComponent(file)
        let old = try String(contentsOf: url, encoding: .utf8)
        guard old.contains(text) else { throw NeverTrue(description: "\(file) holds '\(text)'") }
        try old.replacing(text, with: other).write(to: url, atomically: true, encoding: .utf8)
    }

    /// Adds a text to the end of a file.
    func append(_ text: String, to file: String) throws {
        let url = folder.appendingPathComponent(file)
        let old = try String(contentsOf: url, encoding: .utf8)
        try (old + text).write(to: url, atomically: true, encoding: .utf8)
    }

    /// Replaces a text in all files.
    func replaceEverywhere(_ text: String, with other: String) throws {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let url as URL in files ?? .init() where url.pathExtension == "yaml" {
            try String(contentsOf: url, encoding: .utf8).replacing(text, with: other)
                .write(to: url, atomically: true, encoding: .utf8)
        }
    }

    /// Puts the files in force, as an operator does.
    func load(
        as key: String = TestCounty.mengjin.rawValue, sandbox: Bool = false, into hub: TestHub
    ) async throws {
        let loader = CountyLoader(store: hub.inspection, logger: TestDatabase.logger)
        _ = try await loader.load(folder: folder.path, key: key, sandbox: sandbox)
    }
}
