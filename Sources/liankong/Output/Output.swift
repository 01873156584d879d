import ArgumentParser
import CloudEvents
import Foundation

/// How results are written.
struct OutputOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Write JSON. 输出JSON。")
    var isJSON = false
}

/// Where results and errors go.
enum Output {
    /// A JSON value on one line, for scripts.
    static func json(_ value: JSONValue) {
        var bytes = value.encodedBytes()
        bytes.append(0x0A)
        FileHandle.standardOutput.write(Data(bytes))
    }

    /// A line that is seen at once, by a pipe too.
    static func line(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// A line on standard error.
    static func error(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Standard input whole.
    static func standardInput() throws -> [UInt8] {
        Array(try FileHandle.standardInput.readToEnd() ?? Data())
    }

    /// A file whole; `-` is standard input.
    static func file(_ path: String) throws -> [UInt8] {
        if path == "-" { return try standardInput() }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(
                .unreadable, code: "no-file", "the file \(path) cannot be read", "无法读取文件\(path)")
        }
        return Array(data)
    }
}
