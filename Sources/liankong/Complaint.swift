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

/// An error as it is told to a person or a script.
struct Complaint {
    private var status: ExitStatus
    private var json: JSONValue
    private var lines: [String]
    private var goesToOutput = false

    /// Tells it and gives the exit status.
    func tell(asJSON: Bool) -> ExitStatus {
        if asJSON, !goesToOutput {
            Output.error(String(decoding: json.encodedBytes(), as: UTF8.self))
        } else if goesToOutput {
            for line in lines { print(line) }
        } else {
            for line in lines { Output.error(line) }
        }
        return status
    }

    init(_ error: any Error) {
        switch error {
        case let error as HubClientError: self.init(hub: error)
        case let error as CommandFailure: self.init(failure: error)
        case let error as ConfigurationFaults: self.init(faults: error.faults)
        case let error as PostgresError:
            self.init(
                failure: CommandFailure(
                    .database, code: "database", "the database: \(error)", "数据库无法使用",
                    hints: ["check --database-url, and that the server runs"]))
        case let error as StoreError:
            self.init(failure: CommandFailure(.database, code: "database", "\(error)", "数据库无法使用"))
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

    private init(failure: CommandFailure) {
        status = failure.status
        json = [
            "code": .string(failure.code), "message": .string(failure.message),
            "messageZh": .string(failure.messageZh), "hints": .array(failure.hints.map { .string($0) }),
        ]
        lines = ["liankong: \(failure.message) / \(failure.messageZh)"] + failure.hints.map { "  " + $0 }
    }

    private init(hub error: HubClientError) {
        status = error.isUnreachable ? .unreachable : .refused
        json =
            error.problem?.json ?? [
                "code": .string(error.code), "status": error.status.map { .integer(Int64($0)) } ?? .null,
                "message": .string(error.message),
            ]
        lines = ["liankong: \(error.status.map { "\($0) " } ?? "")\(error.code): \(error.message)"]
        for fault in error.problem?.faults ?? [] {
            lines.append("  \(fault.path): \(fault.message) / \(fault.messageZh)")
        }
        if error.isUnreachable {
            lines.append("  no hub answers; is it running, and is --url right? 平台无响应，请检查--url")
        } else if error.code == "unauthorised" {
            lines.append("  the token may be of another installation; deploy/run issues new ones 令牌无效")
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
    }

    /// Help, the version, and what the argument parser found.
    private init(other error: any Error) {
        if let exit = error as? ExitCode {
            status = ExitStatus(rawValue: exit.rawValue) ?? .refused
            json = .null
            lines = []
            goesToOutput = true
            return
        }
        let code = Liankong.exitCode(for: error)
        let text = Liankong.fullMessage(for: error)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        json = ["code": "usage", "message": .string(Liankong.message(for: error))]
        switch code {
        case .success:
            status = .done
            goesToOutput = true
        case .validationFailure: status = .unreadable
        default: status = .refused
        }
    }
}
