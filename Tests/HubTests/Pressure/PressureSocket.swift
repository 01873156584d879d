import Foundation
import TestSupport

/// A connection to a hub as a bad client has one: it sends what it likes when it
/// likes, and reads when it likes, or never.
final class PressureSocket: Sendable {
    struct Failure: Error {
        let what: String
    }

    private let descriptor: Int32

    /// As many descriptors as the system lets this process have: the usual
    /// limit is fewer than tests hold connections.
    private static let manyDescriptors: Void = {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }()

    /// Connects.
    ///
    /// - Parameter takesLittle: the system holds next to nothing for a client
    ///   that does not read.
    init(port: Int, takesLittle: Bool = false) throws {
        _ = Self.manyDescriptors
        // Programs that other tests start meanwhile must not keep it open.
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if takesLittle {
            var size: Int32 = 4096
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            throw Failure(what: "connect: errno \(errno)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends bytes; whether all of them went.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends bytes; whether all of them went.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Everything that comes until a text has come, or to the end of the connection.
    func read(until text: String? = nil) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            // A thread that may block.
            DispatchQueue.global().async {
                continuation.resume(with: Result { try self.readBlocking(until: text.map { Array($0.utf8) }) })
            }
        }
    }

    private func readBlocking(until text: [UInt8]?) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            // Cut off is an end as well.
            if count == 0 || (count < 0 && errno == ECONNRESET) { break }
            guard count > 0 else { throw Failure(what: "recv: errno \(errno)") }
            let before = bytes.count
            bytes += buffer[..<count]
            if let text, bytes[max(0, before - text.count)...].firstRange(of: text) != nil { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension TestHub {
    /// The head of a request, with the token of a speaker.
    func head(_ line: String, as speaker: Speaker, _ fields: [String] = []) async throws -> String {
        let token = try await token(speaker) ?? ""
        return (["\(line) HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer \(token)"] + fields)
            .joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// Opens event streams of a unit's log, and returns once all are open.
    func openStreams(_ count: Int, as speaker: Speaker, takingLittle: Bool = false) async throws -> [PressureSocket] {
        let head = try await head("GET /v1/feed", as: speaker, ["Accept: text/event-stream"])
        let sockets = try (0..<count).map { _ in
            let socket = try PressureSocket(port: port, takesLittle: takingLittle)
            socket.send(head)
            return socket
        }
        for socket in sockets {
            let opening = try await socket.read(until: "\n\n")
            guard opening.hasPrefix("HTTP/1.1 200 ") else { throw PressureSocket.Failure(what: opening) }
        }
        return sockets
    }
}
