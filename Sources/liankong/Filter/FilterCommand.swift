import ArgumentParser
import CloudEvents
import Foundation

/// What the command does with filter expressions.
struct FilterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter",
        abstract: "Try filter expressions (CloudEvents SQL 1.0). 试算筛选表达式。",
        subcommands: [Evaluate.self],
    )

    /// Evaluates one expression on one event.
    struct Evaluate: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "eval",
            abstract: "Evaluate an expression on an event from standard input. 对标准输入的事件求值。",
            discussion: """
                The event is a CloudEvent in structured JSON. The value is printed as JSON: true, 7, "text". \
                What the hub makes attributes of from the data, such as hazardflags, is in an event as it is \
                delivered, not yet in one as it is published. 平台由内容生成的属性，只有收到的事件才有。

                  liankong filter eval --expression "type LIKE 'labour.%'" < event.json

                Exit status: 0 evaluated; 2 the expression or the event cannot be read; 3 the evaluation erred: the \
                value that the specification prescribes is on standard output, the error on standard error.
                """,
        )

        // An expression may begin with a minus, as no option's value does otherwise.
        @Option(name: [.long, .short], parsing: .unconditional, help: "The expression. 表达式。")
        var expression: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            let expression = try read(self.expression)
            let event = try readEvent(try Output.standardInput())
            let result = expression.evaluate { event.value($0) }
            Output.json(result.value.json)
            guard let error = result.error else { return }
            if output.isJSON {
                let shown: JSONValue = [
                    "code": .string(error.kind.rawValue), "message": .string(error.message),
                    "messageZh": .string(error.messageZh),
                ]
                Output.error(String(decoding: shown.encodedBytes(), as: UTF8.self))
            } else {
                Output.error("liankong: \(error) / \(error.messageZh)")
            }
            throw ExitCode(ExitStatus.evaluation.rawValue)
        }

        private func read(_ text: String) throws -> CESQLExpression {
            do {
                return try CESQLExpression(text)
            } catch {
                throw CommandFailure(
                    .unreadable, code: "parse", "at character \(error.position): \(error.message)",
                    "表达式第\(error.position)个字符处：\(error.messageZh)")
            }
        }

        private func readEvent(_ bytes: [UInt8]) throws -> CloudEvent {
            guard bytes.contains(where: { !" \t\r\n".utf8.contains($0) }) else {
                throw CommandFailure(
                    .unreadable, code: "no-event", "standard input holds no event", "标准输入中没有事件",
                    hints: ["liankong filter eval --expression … < event.json"])
            }
            switch JSONReader.read(bytes) {
            case .failure(let failure):
                throw CommandFailure(
                    .unreadable, code: failure.code, "the event is not JSON", "事件不是有效的JSON",
                    hints: failure.faults.map { "\($0.path): \($0.message) / \($0.messageZh)" })
            case .success(let value):
                switch HTTPBinding.structured(value) {
                case .success(let event): return event
                case .failure(let failure):
                    throw CommandFailure(
                        .unreadable, code: "bad-envelope", "the input is not a CloudEvent", "输入不是有效的CloudEvents事件",
                        hints: failure.faults.map { "\($0.path): \($0.message) / \($0.messageZh)" })
                }
            }
        }
    }
}

extension CloudEvent {
    /// A context attribute as the expression language sees it.
    func value(_ name: String) -> CESQLValue? {
        if let value = extensions[name] {
            return switch value {
            case .boolean(let flag): .boolean(flag)
            case .integer(let number): .integer(number)
            case .string, .binary: .string(value.text)
            }
        }
        return attributes[name]?.stringValue.map(CESQLValue.string)
    }
}

extension CESQLValue {
    /// The value as JSON.
    var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(Int64(number))
        case .boolean(let flag): .bool(flag)
        }
    }
}
