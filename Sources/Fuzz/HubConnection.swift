import CloudEvents
import Glibc

/// A connection to the hub that sends any bytes and reads answers, blocking,
/// with patience that ends.
final class HubConnection {
    /// The hub cannot be reached at all.
    struct Unreachable: Error {}

    /// What came back.
    enum Reply {
        case answer(HubAnswer)
        /// The hub hung up without an answer.
        case closed
        /// Nothing came in time.
        case silence
    }

    private let descriptor: Int32
    private var pending: [UInt8] = []
    /// Whether another request may be sent.
    private(set) var isOpen = true

    static let patience = 30

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, connected == 0 else { throw Unreachable() }
    }

    deinit {
        close(descriptor)
    }

    /// Sends bytes and reads one answer.
    ///
    /// - Parameter ends: tells the hub that nothing more will come.
    func exchange(_ bytes: [UInt8], ends: Bool = false) -> Reply {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(descriptor, buffer.baseAddress.map { $0 + sent }, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            // The hub may have answered and hung up before all was sent.
            guard count > 0 else { break }
            sent += count
        }
        if ends { shutdown(descriptor, Int32(SHUT_WR)) }
        return read()
    }

    /// Reads one more answer.
    func read() -> Reply {
        while true {
            if let answer = HubAnswer(taking: &pending, isOver: false) {
                if answer.status < 200 { continue }
                if answer.header("connection") == "close" { isOpen = false }
                return .answer(answer)
            }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                pending += buffer[..<count]
                continue
            }
            isOpen = false
            if count < 0, errno == EAGAIN { return .silence }
            guard let answer = HubAnswer(taking: &pending, isOver: true) else { return .closed }
            return .answer(answer)
        }
    }
}

/// An answer of the hub.
struct HubAnswer {
    var status: Int
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// Takes the first answer out of what has come; nil while it is not whole.
    init?(taking bytes: inout [UInt8], isOver: Bool) {
        guard let end = bytes.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A]) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first?.split(separator: " "), first.count > 1, let status = Int(first[1]) else {
            return nil
        }
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        self.status = status
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        let rest = bytes[end.upperBound...]
        if let length {
            guard rest.count >= length else { return nil }
            body = Array(rest.prefix(length))
        } else if status == 204 || status < 200 {
            body = []
        } else {
            guard isOver else { return nil }
            body = Array(rest)
        }
        bytes = Array(rest.dropFirst(body.count))
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The body as JSON; nil when it is none.
    var json: JSONValue? {
        if case .success(let value) = JSONReader.read(body) { value } else { nil }
    }

    var code: String? { json?["code"]?.stringValue }
}
