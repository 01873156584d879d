import Foundation
import TestSupport

/// `deploy/operation.md`, read as a program reads it.
struct OperationDocument {
    private let lines: [Substring]

    init() throws {
        lines = try Repository.text("deploy/operation.md").split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The rows of the table with these first columns, each with its cells; code marks are taken off.
    func table(_ columns: String...) -> [[String]] {
        guard let head = lines.firstIndex(where: { Self.cells($0).starts(with: columns) }) else { return [] }
        return lines[(head + 2)...].prefix { $0.hasPrefix("|") }.map(Self.cells)
    }

    /// What a link may point to, as GitHub makes it of a heading.
    var anchors: Set<String> {
        Set(
            lines.filter { $0.hasPrefix("#") }.map { line in
                line.drop { $0 == "#" || $0 == " " }.lowercased().filter {
                    $0.isLetter || $0.isNumber || " -_".contains($0)
                }
                .replacing(" ", with: "-")
            })
    }

    private static func cells(_ line: Substring) -> [String] {
        guard line.hasPrefix("|") else { return [] }
        return line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
            $0.replacing("`", with: "").trimmingCharacters(in: .whitespaces)
        }
    }
}

/// The program's own sources.
enum Sources {
    /// Every Swift file under Sources, with its text.
    static func all() throws -> [(path: String, text: String)] {
        let root = Repository.file("Sources")
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }.sorted()
            .map { ($0, try Repository.text("Sources/\($0)")) }
    }
}

extension String {
    /// Whether it says something in Chinese.
    var hasChinese: Bool { unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }
}
