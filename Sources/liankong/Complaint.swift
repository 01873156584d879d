import ArgumentParser
import CloudEvents
import Coordination
import Foundation
import Hub
import HubClient
import PostgresClient
import Store

/// Why a command ends without having done what it was asked.
struct CommandFailure: Error {
    var status: ExitStatus
    /// A machine code in kebab case.
    var code: String
    var message: String
    var messageZh: String
    /// What to do, one hint a line.
    var hints: [String] = []

    init(_ status: ExitStatus, code: String, _ message: String, _ messageZh: String, hints: [String] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.messageZh = messageZh
        self.hints = hints
    }
}

extension CommandFailure {
    /// A failure whose text is `English / 中文` already.
    init(_ status: ExitStatus, code: String, bilingual: String) {
        let parts = bilingual.split(separator: " / ", maxSplits: 1).map(String.init)
        self.init(status, code: code, parts[0], parts.count > 1 ? parts[1] : parts[0])
    }
}

extension CommandFailure {
    /// No answer of a hub, or none that a hub gives.
    init(withoutAnswer error: HubClientError) {
        let hints = ["is the hub running, and is --url right? 平台是否在运行？--url是否正确？"]
        switch error.code {
        case "unreachable":
            self.init(
                .unreachable, code: error.code, "no hub answers: the connection was refused, lost or never opened",
                "平台无响应：连接被拒绝、中断或未能建立", hints: hints)
        case "timed-out":
            self.init(.unreachable, code: error.code, error.message, "平台未及时答复", hints: hints)
        case "bad-url":
            self.init(
                .unreadable, code: error.code, error.message, "平台地址无效",
                hints: ["an address is such as 地址形如 \(HubOptions.defaultURL)"])
        default:
            self.init(.refused, code: error.code, error.message, "答复无法识别，可能不是本平台", hints: hints)
        }
    }
}

/// An error as it is told to a person or a script.
struct Complaint {
    private var status: ExitStatus
    private var json: JSONValue
    private var lines: [String]
    private var goesToOutput = false
    /// Before the first line.
    private var prefix = "liankong: "

    /// Tells it and gives the exit status.
    @discardableResult
    func tell(asJSON: Bool) -> ExitStatus {
        if asJSON, !goesToOutput {
            Output.error(json.shortJSON)
        } else if goesToOutput {
            for line in lines { print(line) }
        } else if let first = lines.first {
            Output.error(prefix + first)
            for line in lines.dropFirst() { Output.error(line) }
        }
        return status
    }

    /// The same, said of one of several files.
    func about(file: String) -> Complaint {
        var copy = self
        copy.prefix += file + ": "
        if case .object(var object) = json {
            object["file"] = .string(file)
            copy.json = .object(object)
        }
        return copy
    }

    init(_ error: any Error) {
        switch error {
        case let error as HubClientError:
            if let problem = error.problem {
                self.init(problem, of: error)
            } else {
                self.init(failure: CommandFailure(withoutAnswer: error))
            }
        case let error as CommandFailure: self.init(failure: error)
        case let error as ConfigurationFaults: self.init(faults: error.faults)
        case let error as PostgresError:
            self.init(
                failure: CommandFailure(
                    .database, code: "database", Self.text(error), "数据库无法使用",
                    hints: ["check --database-url, and that the server runs 请检查--database-url，并确认数据库在运行"]))
        case let error as StoreError:
            self.init(failure: CommandFailure(.database, code: "database", "\(error)", error.messageZh))
        case let error as TokenIssuer.Refusal:
            self.init(failure: CommandFailure(.refused, code: "token-refused", bilingual: "\(error)"))
        case let error as HubCore.Fault:
            self.init(failure: CommandFailure(.database, code: "not-ready", bilingual: "\(error)"))
        case let error as Keyring.Fault:
            self.init(failure: CommandFailure(.unreadable, code: "keys", "\(error)", "密钥文件无法使用"))
        case is CancellationError:
            self.init(failure: CommandFailure(.refused, code: "cancelled", "interrupted", "已中断"))
        default: self.init(other: error)
        }
    }

    /// Without the name of the statement: where there is no connection, it is
    /// merely the first that was tried.
    private static func text(_ error: PostgresError) -> String {
        var error = error
        if error.code == .connectFailed { error.statementName = nil }
        return "\(error)"
    }

    private init(failure: CommandFailure) {
        status = failure.status
        json = [
            "code": .string(failure.code), "message": .string(failure.message),
            "messageZh": .string(failure.messageZh), "hints": .array(failure.hints.map { .string($0) }),
        ]
        lines = ["\(failure.code): \(failure.message) / \(failure.messageZh)"] + failure.hints.map { "  " + $0 }
    }

    /// Refusals by which the hub says that it could not read what was typed.
    private static let unreadable: Set<String> = [
        "bad-query", "bad-header", "bad-json", "bad-body", "bad-envelope", "not-utf-8",
    ]

    private init(_ problem: HubProblem, of error: HubClientError) {
        status = Self.unreadable.contains(problem.code) ? .unreadable : .refused
        json = problem.json
        lines = ProblemText.lines(problem)
        if error.code == "unauthorised" {
            lines.append("  the token may be of another installation; deploy/run issues new ones 令牌可能属于另一套系统")
        } else if let request = error.requestID, (error.status ?? 0) >= 500 {
            lines.append("  request id 请求编号 \(request)")
        }
    }

    private init(faults: [ConfigurationFault]) {
        status = .refused
        json = [
            "code": "faults",
            "faults": .array(
                faults.map { fault in
                    [
                        "file": .string(fault.file), "line": .integer(Int64(fault.line)),
                        "code": .string(fault.code), "message": .string(fault.message),
                        "messageZh": .string(fault.messageZh),
                    ]
                }),
        ]
        lines = faults.map(\.description) + ["liankong: faults found 发现错误: \(faults.count)"]
        prefix = ""
    }

    /// Help, the version, and what the argument parser found.
    private init(other error: any Error) {
        if let exit = error as? ExitCode {
            status = ExitStatus(rawValue: exit.rawValue) ?? .refused
            json = .null
            lines = []
            prefix = ""
            goesToOutput = true
            return
        }
        let code = Liankong.exitCode(for: error)
        let text = Liankong.fullMessage(for: error)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        prefix = ""
        var object: JSONObject = ["code": "usage", "message": .string(Liankong.message(for: error))]
        switch code {
        case .success:
            status = .done
            goesToOutput = true
        case .validationFailure:
            status = .unreadable
            // The parser of arguments speaks English only.
            lines.insert("       命令行无法识别，用法如下，说明见 --help。", at: min(1, lines.count))
            object["messageZh"] = "命令行无法识别，说明见--help"
        default: status = .refused
        }
        json = .object(object)
    }
}
