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
        fflush(nil)
        var bytes = value.encodedBytes()
        bytes.append(0x0A)
        write(bytes, to: STDOUT_FILENO)
    }

    /// A line that is seen at once, by a pipe too.
    static func line(_ text: String) {
        fflush(nil)
        write(Array((text + "\n").utf8), to: STDOUT_FILENO)
    }

    /// A line on standard error, after what was printed before it: what goes
    /// to a pipe is kept back otherwise.
    static func error(_ line: String) {
        fflush(nil)
        write(Array((line + "\n").utf8), to: STDERR_FILENO)
    }

    /// Writes what there is. A reader that has gone ends the command as it ends
    /// any other, quietly; results that cannot be kept, on a full disk, end it
    /// with a status. What cannot be said on standard error is not said.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest.removeFirst(count)
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            } else if errno != EINTR {
                if descriptor == STDOUT_FILENO { giveUp(because: errno) }
                return
            }
        }
    }

    /// What was printed reaches its reader before the command ends.
    static func finish() {
        if fflush(nil) != 0 { giveUp(because: errno) }
    }

    private static func giveUp(because cause: Int32) -> Never {
        guard cause != EPIPE else { _exit(128 + SIGPIPE) }
        error("error 错误: the output cannot be written 无法写出结果: " + String(cString: strerror(cause)))
        _exit(ExitStatus.unwritable.rawValue)
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
