import Glibc

/// One connection to the hub, non-blocking: at most one request is under way.
final class LoadConnection {
    let descriptor: Int32
    private var output: ArraySlice<UInt8> = []
    private var input: [UInt8] = []
    private var bodyEnd: Int?
    private var status = 0

    /// When the request under way was handed over, in nanoseconds.
    private(set) var startedAt: UInt64 = 0
    /// Whether a request is under way.
    private(set) var isBusy = false

    /// Connects; the handshake is over when this returns.
    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard descriptor >= 0, connected == 0 else { throw BenchFailure("the hub on port \(port) cannot be reached") }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Whether bytes wait for the socket to take them.
    var hasOutput: Bool { !output.isEmpty }

    /// Begins a request.
    func send(_ request: [UInt8], at time: UInt64) throws {
        startedAt = time
        isBusy = true
        status = 0
        bodyEnd = nil
        input.removeAll(keepingCapacity: true)
        output = request[...]
        try flush()
    }

    /// Writes what the socket takes.
    func flush() throws {
        while !output.isEmpty {
            let count = output.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                output.removeFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                throw BenchFailure("a connection to the hub was lost")
            }
        }
    }

    /// Reads what has come.
    ///
    /// - Parameter scratch: a buffer to read through.
    /// - Returns: status and body once the answer is whole.
    func receive(_ scratch: UnsafeMutableRawBufferPointer) throws -> (status: Int, body: ArraySlice<UInt8>)? {
        while true {
            let count = read(descriptor, scratch.baseAddress, scratch.count)
            if count > 0 {
                input.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
                if bodyEnd == nil { try readHead() }
                if let bodyEnd, input.count >= bodyEnd { break }
            } else if count < 0, errno == EAGAIN {
                return nil
            } else if count == 0 || errno != EINTR {
                throw BenchFailure("the hub closed a connection")
            }
        }
        isBusy = false
        return (status, input[headEnd..<(bodyEnd ?? input.count)])
    }

    private var headEnd = 0
    private static let headMark = Array("\r\n\r\n".utf8)

    private func readHead() throws {
        guard let end = ByteSearch.find(Self.headMark, in: input) else { return }
        headEnd = end + 4
        let head = String(decoding: input[..<end], as: UTF8.self).lowercased()
        status = Int(head.dropFirst(9).prefix(3)) ?? 0
        let line = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        guard let line, let length = Int(line.dropFirst(15).drop { $0 == " " }) else {
            throw BenchFailure("an answer of status \(status) has no length")
        }
        bodyEnd = headEnd + length
    }
}
