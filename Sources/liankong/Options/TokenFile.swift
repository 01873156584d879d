import CloudEvents
import Foundation

/// The tokens that `deploy/run` issued: `.liankong/tokens.json`.
struct TokenFile {
    /// Where it was found.
    let path: String
    private let json: JSONValue

    /// The file named by `LIANKONG_TOKENS`, or `.liankong/tokens.json` in this
    /// folder or one above it; nil where there is none.
    static func found() throws -> TokenFile? {
        if let path = ProcessInfo.processInfo.environment["LIANKONG_TOKENS"] { return try TokenFile(path: path) }
        var folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
        while true {
            let path = folder.appendingPathComponent(".liankong/tokens.json").path
            if FileManager.default.fileExists(atPath: path) { return try TokenFile(path: path) }
            if folder.path == "/" { return nil }
            folder.deleteLastPathComponent()
        }
    }

    /// Reads a file.
    init(path: String) throws {
        guard case .success(let json) = JSONReader.read(try Output.file(path)), json.objectValue != nil else {
            throw CommandFailure(
                .unreadable, code: "bad-token-file", "the token file \(path) is damaged", "令牌文件已损坏",
                hints: ["remove it and run deploy/run, which issues new tokens"])
        }
        self.path = path
        self.json = json
    }

    /// Where the hub was when the file was written.
    var url: String? { json["url"]?.stringValue }

    /// The county that the tokens at the top of the file are of.
    var county: String? { json["county"]?.stringValue }

    /// The keys of all counties of the file.
    var counties: [String] { json["counties"]?.objectValue?.keys ?? [] }

    /// The units of a county that hold tokens, in the order of the file.
    func units(county: String) -> [String] { json["counties"]?[county]?["tokens"]?.objectValue?.keys ?? [] }

    /// The token of a unit or an officer.
    ///
    /// - Parameters:
    ///   - speaker: a unit's id, such as `hrss`, or an officer's, such as `hrss-01`.
    ///   - county: the key of a county; the file's own where nil.
    func token(of speaker: String, county: String?) throws -> String {
        var scope = json
        if let county {
            guard let found = json["counties"]?[county] else {
                let known = (json["counties"]?.objectValue?.keys ?? []).joined(separator: ", ")
                throw CommandFailure(
                    .unreadable, code: "unknown-county", "\(path) has no county \(county)", "令牌文件中没有该县",
                    hints: ["known: \(known)"])
            }
            scope = found
        }
        if let token = scope["tokens"]?[speaker]?.stringValue { return token }
        for unit in scope["officers"]?.objectValue ?? JSONObject() {
            for officer in unit.value.arrayValue ?? [] where officer["id"]?.stringValue == speaker {
                if let token = officer["token"]?.stringValue { return token }
            }
        }
        let units = (scope["tokens"]?.objectValue?.keys ?? []).joined(separator: ", ")
        throw CommandFailure(
            .unreadable, code: "unknown-speaker", "\(path) has no unit or officer \(speaker)",
            "令牌文件中没有单位或经办人\(speaker)", hints: ["units: \(units)"])
    }

    /// An officer who holds a token of the file.
    struct Person: Sendable {
        var id: String
        var name: String
        var unit: String
    }

    /// The officers of a county who hold tokens, in the order of the file.
    func people(county: String?) -> [Person] {
        let scope = county.flatMap { json["counties"]?[$0] } ?? json
        return (scope["officers"]?.objectValue ?? JSONObject()).flatMap { unit in
            (unit.value.arrayValue ?? []).compactMap { officer in
                guard let id = officer["id"]?.stringValue else { return nil }
                return Person(id: id, name: officer["name"]?.stringValue ?? id, unit: unit.key)
            }
        }
    }

    /// Whether the tokens of a county are of a demonstration.
    func isDemonstration(county: String) -> Bool {
        json["counties"]?[county]?["demonstration"]?.boolValue ?? false
    }
}
