import Foundation
import TestSupport

/// A client of an event stream that reads when a test tells it to, over a
/// socket that holds next to nothing.
final class RawStream: Sendable {
    struct Failure: Error {
        let what: String
    }

    private let descriptor: Int32

    /// Connects and asks for a unit's log.
    init(of hub: TestHub, _ path: String, token: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var size: Int32 = 4096
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(hub.port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failure(what: "connect: errno \(errno)") }
        let request = """
            GET \(path) HTTP/1.1\r
            Host: 127.0.0.1\r
            Accept: text/event-stream\r
            Authorization: Bearer \(token)\r
            \r\n
            """
        guard send(descriptor, request, request.utf8.count, 0) == request.utf8.count else {
            throw Failure(what: "send: errno \(errno)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Reads until a text came, or to the end; answers all that came meanwhile.
    func read(until text: String? = nil) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            // A thread that may block.
            DispatchQueue.global().async {
                continuation.resume(with: Result { try self.readBlocking(until: text.map { Array($0.utf8) }) })
            }
        }
    }

    private func readBlocking(until text: [UInt8]?) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            // Cut off is an end as well.
            if count == 0 || (count < 0 && errno == ECONNRESET) { break }
            guard count > 0 else { throw Failure(what: "recv: errno \(errno)") }
            let before = bytes.count
            bytes += buffer[..<count]
            if let text, bytes[max(0, before - text.count)...].contains(text) { break }
        }
        return bytes
    }

    /// The items of what was read that came whole.
    static func items(of bytes: [UInt8]) -> [FeedItem] {
        var reading = StreamReading()
        var items: [FeedItem] = []
        for line in unchunked(bytes).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if case .item(let item)? = reading.take(String(line)) { items.append(item) }
        }
        return items
    }

    /// The body of an answer that came in chunks, as far as it came.
    private static func unchunked(_ bytes: [UInt8]) -> String {
        var body: [UInt8] = []
        var rest = bytes[...]
        if let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) { rest = rest[end.upperBound...] }
        while let end = rest.firstRange(of: Array("\r\n".utf8)),
            let length = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), length > 0
        {
            rest = rest[end.upperBound...]
            body += rest.prefix(length)
            rest = rest.dropFirst(length + 2)
        }
        return String(decoding: body, as: UTF8.self)
    }
}
