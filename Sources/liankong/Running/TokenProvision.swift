import ArgumentParser
import CloudEvents
import Coordination
import Foundation
import Hub
import Store

extension TokenCommand {
    /// Issues the tokens of a whole installation into one file.
    struct Provision: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "provision",
            abstract: "Issue a token to every unit and to some officers of each, into one file. 批量签发。",
            discussion: """
                For trying a hub out and for demonstrations; deploy/run does it. The file has mode 0600. Tokens that \
                are there and live are kept; otherwise new ones are issued and the earlier ones of this label revoked.

                  liankong token provision --county mengjin-demo --county mengjin \\
                    --into .liankong/tokens.json
                """,
        )

        @Option(help: "Keys of counties; the first one's tokens stand at the top of the file. 县。")
        var county: [String]

        @Option(help: "How many officers of each unit. 每单位经办人数。")
        var officers = 2

        @Option(help: "The file. 文件。")
        var into: String

        @Option(help: "The hub's address, written into the file. 平台地址。")
        var url = "http://127.0.0.1:8320"

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let kept = try? TokenFile.json(at: into)
            let sets = try await database.withStore { store in
                let installation = try await Installation(store: store)
                var sets: [ProvisionedTokens] = []
                for key in county {
                    sets.append(
                        try await ProvisionedTokens.of(
                            try installation.county(key), officers: officers, kept: kept?["counties"]?[key],
                            store: store))
                }
                return sets
            }
            try TokenFile.write(TokenFile.document(sets, url: url), to: into)
            let issued = sets.contains { $0.isNew }
            let revoked = sets.map(\.revoked).reduce(0, +)
            guard !output.isJSON else {
                return Output.json([
                    "file": .string(into), "issued": .bool(issued), "revoked": .integer(Int64(revoked)),
                ])
            }
            print("\(into): " + (issued ? "tokens issued 已签发" : "tokens kept 沿用"))
            if revoked > 0 {
                print(
                    "\(Words.count(revoked, "earlier token", "earlier tokens")) of label \(ProvisionedTokens.label) revoked; "
                        + "a file that holds them no longer works 此前批量签发的\(revoked)个令牌已吊销，其文件不再可用")
            }
        }
    }
}

/// The tokens of one county, by unit and officer.
struct ProvisionedTokens {
    /// Marks the tokens that a provision issued, so that the next can revoke them.
    static let label = "provisioned"

    var key: String
    var isDemonstration: Bool
    var tokens: JSONObject
    var officers: JSONObject
    var isNew: Bool
    /// How many tokens of an earlier provision no longer work.
    var revoked = 0

    /// Keeps the tokens of a file where all of them are live, else issues anew.
    static func of(
        _ county: CountyRuntime, officers count: Int, kept: JSONValue?, store: Store,
    ) async throws -> ProvisionedTokens {
        let now = try await store.databaseNow()
        let today = Timestamp(microseconds: now.microseconds + county.record.clockOffset).beijingDate
        let units = county.directory.units.filter { $0.kind.hasAccount && $0.isValid(on: today) }.map(\.id)
        let people = Dictionary(
            grouping: try await store.officers(county: county.id).filter { $0.isInOffice(on: today) }, by: \.unit
        ).mapValues { Array($0.sorted { $0.id.rawValue < $1.id.rawValue }.prefix(count)) }
        var result = ProvisionedTokens(
            key: county.record.key, isDemonstration: county.record.sandbox, tokens: [:], officers: [:], isNew: false)
        if let kept, try await result.take(kept, units: units, people: people, store: store) { return result }
        try await result.issue(county, units: units, people: people, store: store)
        return result
    }

    private mutating func take(
        _ kept: JSONValue, units: [UnitID], people: [UnitID: [OfficerRecord]], store: Store,
    ) async throws -> Bool {
        for unit in units {
            guard let text = kept["tokens"]?[unit.rawValue]?.stringValue, try await Self.isLive(text, store) else {
                return false
            }
            let known = kept["officers"]?[unit.rawValue]?.arrayValue ?? []
            for officer in people[unit] ?? [] {
                let entry = known.first { $0["id"]?.stringValue == officer.id.rawValue }
                guard let text = entry?["token"]?.stringValue, try await Self.isLive(text, store) else { return false }
            }
        }
        tokens = kept["tokens"]?.objectValue ?? [:]
        officers = kept["officers"]?.objectValue ?? [:]
        return true
    }

    private static func isLive(_ text: String, _ store: Store) async throws -> Bool {
        guard let token = BearerToken(text) else { return false }
        return try await store.liveToken(hash: token.hash) != nil
    }

    private mutating func issue(
        _ county: CountyRuntime, units: [UnitID], people: [UnitID: [OfficerRecord]], store: Store,
    ) async throws {
        let issuer = TokenIssuer(store: store)
        for record in try await issuer.list(county: county.id)
        where record.label == Self.label && record.revokedAt == nil {
            if try await store.revokeToken(id: record.id, county: county.id) { revoked += 1 }
        }
        for unit in units {
            tokens[unit.rawValue] = .string(
                try await issuer.issue(unit: unit, county: county, label: Self.label).token.text)
            var entries: [JSONValue] = []
            for officer in people[unit] ?? [] {
                let issued = try await issuer.issue(officer: officer.id, county: county, label: Self.label)
                entries.append([
                    "id": .string(officer.id.rawValue), "name": .string(officer.name),
                    "token": .string(issued.token.text),
                ])
            }
            officers[unit.rawValue] = .array(entries)
        }
        isNew = true
    }
}

extension TokenFile {
    /// A token file as JSON; nil where there is none.
    static func json(at path: String) throws -> JSONValue? {
        guard FileManager.default.fileExists(atPath: path),
            case .success(let json) = JSONReader.read(try Output.file(path))
        else { return nil }
        return json
    }

    /// The file's text: the first county's tokens at the top, all below `counties`.
    static func document(_ sets: [ProvisionedTokens], url: String) -> JSONValue {
        var document: JSONObject = ["url": .string(url)]
        if let first = sets.first {
            document["county"] = .string(first.key)
            document["demonstration"] = .bool(first.isDemonstration)
            document["tokens"] = .object(first.tokens)
            document["officers"] = .object(first.officers)
        }
        var counties = JSONObject()
        for set in sets {
            counties[set.key] = [
                "demonstration": .bool(set.isDemonstration), "tokens": .object(set.tokens),
                "officers": .object(set.officers),
            ]
        }
        document["counties"] = .object(counties)
        return .object(document)
    }

    /// Writes the file whole or not at all, readable by its owner only from
    /// the first byte on.
    static func write(_ json: JSONValue, to path: String) throws {
        let draft = path + ".\(UInt32.random(in: 0 ... .max))"
        guard
            FileManager.default.createFile(
                atPath: draft, contents: Data(IndentedJSON.text(json).utf8), attributes: [.posixPermissions: 0o600]),
            rename(draft, path) == 0
        else {
            try? FileManager.default.removeItem(atPath: draft)
            throw CommandFailure(
                .unreadable, code: "no-file", "the file \(path) cannot be written", "无法写入文件\(path)")
        }
    }
}
