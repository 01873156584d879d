import ArgumentParser
import CloudEvents
import Coordination
import Hub
import HubClient
import PostgresClient
import Store

/// Tokens.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Issue, list and revoke tokens. 令牌。",
        discussion: """
            A token's text is shown once, when it is issued; the database holds its hash. A unit's token publishes, \
            receives and passes on officers' acts; an officer's token is that person's.

              liankong token issue --county mengjin --unit hrss --label "case system"
              liankong token issue --county mengjin --officer hrss-01 --days 30
              liankong token list --county mengjin
              liankong token revoke 0d3f…

            From .liankong/tokens.json, for scripts 供脚本使用:

              liankong token show --as hrss
            """,
        subcommands: [Issue.self, Revoke.self, List.self, Show.self, Provision.self],
    )

    /// Issues a token.
    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "issue", abstract: "Issue a token to a unit's program or to an officer. 签发。",
            discussion: """
                  liankong token issue --county mengjin --unit hrss --label "case system"
                  liankong token issue --county mengjin --officer hrss-01 --days 30
                """,
        )

        @Option(help: "The county's key; may be left out where there is one. 县。")
        var county: String?

        @Option(help: "The unit whose program gets it. 单位。")
        var unit: String?

        @Option(help: "The officer who gets it. 经办人。")
        var officer: String?

        @Option(help: "What it may do; everything its holder may where absent. 权限。")
        var scope: [String] = []

        @Option(help: "What it is for, shown in lists. 用途。")
        var label = ""

        @Option(help: "How long it lives, in days. 有效天数。")
        var days: Int64 = 365

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (unit == nil) != (officer == nil) else {
                throw ValidationError("name a --unit or an --officer / 请写明--unit或--officer之一")
            }
            guard (1...3650).contains(days) else { throw ValidationError("--days is 1 to 3650 / 天数应在1至3650之间") }
            for name in scope where Scope(rawValue: name) == nil {
                let all = Scope.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("there is no scope \(name); there are \(all) / 没有此权限")
            }
        }

        func run() async throws {
            let scopes = scope.isEmpty ? nil : Set(scope.compactMap(Scope.init(rawValue:)))
            let lifetime = Duration.seconds(days * 86_400)
            let issued = try await database.withStore { store in
                let county = try await Installation(store: store).county(self.county)
                let issuer = TokenIssuer(store: store)
                if let officer {
                    return try await issuer.issue(
                        officer: OfficerID(officer), county: county, scopes: scopes, label: label, lifetime: lifetime)
                }
                return try await issuer.issue(
                    unit: UnitID(unit ?? ""), county: county, scopes: scopes ?? Scope.ofUnits, label: label,
                    lifetime: lifetime)
            }
            guard !output.isJSON else {
                return Output.json([
                    "token": .string(issued.token.text), "id": .string(issued.record.id.description),
                    "expiresAt": .string(issued.record.expiresAt.rfc3339()),
                ])
            }
            print(issued.token.text)
            Output.error(
                "id 编号 \(issued.record.id), until 有效至 \(issued.record.expiresAt.beijingText); shown only now 仅显示一次")
        }
    }

    /// Revokes a token.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Revoke a token by its id; it is refused within five seconds. 吊销。",
            discussion: "  liankong token revoke 0d3f…")

        @Argument(help: "The token's id, from token list. 编号。")
        var id: String

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let revoked = try await database.withStore { try await TokenIssuer(store: $0).revoke(id: id) }
            guard revoked else {
                throw CommandFailure(
                    .refused, code: "no-such-token", "there is no live token with this id", "没有此编号的有效令牌")
            }
            if output.isJSON { Output.json(["revoked": true]) } else { print("revoked 已吊销") }
        }
    }

    /// Lists tokens.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The tokens of a county, newest first; never their texts. 列表。",
            discussion: "  liankong token list --county mengjin --all")

        @Option(help: "The county's key; may be left out where there is one. 县。")
        var county: String?

        @Flag(help: "Revoked and expired ones too. 包括失效的。")
        var all = false

        @OptionGroup var database: DatabaseOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (tokens, now) = try await database.withStore { store in
                let county = try await Installation(store: store).county(self.county)
                return (try await TokenIssuer(store: store).list(county: county.id), try await store.databaseNow())
            }
            let shown = tokens.filter { all || ($0.revokedAt == nil && $0.expiresAt > now) }
            guard !output.isJSON else { return Output.json(["items": .array(shown.map(\.shownValue))]) }
            var table = TextTable(["id 编号", "unit 单位", "officer 经办人", "scopes 权限", "until 有效至", "label 用途"])
            for token in shown {
                table.append([
                    token.id.description, token.unit.rawValue, token.officer?.rawValue ?? "—",
                    token.scopes.sorted().joined(separator: ","),
                    token.revokedAt.map { "revoked 已吊销 \($0.beijingText)" } ?? token.expiresAt.beijingText,
                    token.label,
                ])
            }
            table.print()
        }
    }

    /// Prints a token of the file.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print the token of a unit or officer from .liankong/tokens.json. 显示令牌。",
            discussion: """
                  TOKEN=$(liankong token show --as hrss)
                  curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8320/v1/me
                """,
        )

        @OptionGroup var hub: HubOptions

        func run() async throws {
            print(try hub.configuration().token ?? "")
        }
    }
}

extension TokenRecord {
    /// The record as `--json` shows it.
    fileprivate var shownValue: JSONValue {
        [
            "id": .string(id.description), "unit": .string(unit.rawValue),
            "officer": officer.map { .string($0.rawValue) } ?? .null,
            "scopes": .array(scopes.sorted().map { .string($0) }), "label": .string(label),
            "expiresAt": .string(expiresAt.rfc3339()), "revokedAt": revokedAt.map { .string($0.rfc3339()) } ?? .null,
        ]
    }
}
