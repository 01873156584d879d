import Glibc

/// One connection to the hub, non-blocking: at most one request is under way.
/// Its buffers are used again and again.
final class LoadConnection {
    let descriptor: Int32
    private var output: [UInt8] = []
    private var written = 0
    private var input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 14, alignment: 16)
    private var filled = 0
    private var bodyStart = 0
    private var bodyEnd: Int?

    /// The status of the answer that ``receive()`` completed.
    private(set) var status = 0
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

    deinit {
        close(descriptor)
        input.deallocate()
    }

    /// Whether bytes wait for the socket to take them.
    var hasOutput: Bool { written < output.count }

    /// The body of the last answer; until the next request is sent.
    var body: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: input[bodyStart..<(bodyEnd ?? filled)]) }

    /// Begins a request.
    ///
    /// - Parameter fill: appends it to an empty buffer; false when there is none.
    /// - Returns: whether there was one.
    func send(at time: UInt64, _ fill: (inout [UInt8]) throws -> Bool) throws -> Bool {
        output.removeAll(keepingCapacity: true)
        written = 0
        guard try fill(&output) else { return false }
        startedAt = time
        isBusy = true
        filled = 0
        bodyEnd = nil
        try flush()
        return true
    }

    /// Writes what the socket takes.
    func flush() throws {
        while hasOutput {
            let count = output.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                throw BenchFailure("a connection to the hub was lost")
            }
        }
    }

    /// Reads what has come.
    ///
    /// - Returns: whether the answer is whole: ``status`` and ``body`` are its.
    func receive() throws -> Bool {
        while true {
            if filled == input.count { grow() }
            let count = read(descriptor, input.baseAddress.map { $0 + filled }, input.count - filled)
            if count > 0 {
                filled += count
                if bodyEnd == nil { try readHead() }
                if let bodyEnd, filled >= bodyEnd { break }
            } else if count < 0, errno == EAGAIN {
                return false
            } else if count == 0 || errno != EINTR {
                throw BenchFailure("the hub closed a connection")
            }
        }
        isBusy = false
        return true
    }

    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count * 4, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(input))
        input.deallocate()
        input = larger
    }

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let lineEnd = Array("\r\n".utf8)
    private static let length = Array("content-length:".utf8)

    private func readHead() throws {
        let read = UnsafeRawBufferPointer(rebasing: input[..<filled])
        guard let end = ByteSearch.find(Self.headEnd, in: read) else { return }
        bodyStart = end + 4
        status = ByteSearch.number(in: read, at: 9) ?? 0
        var position = 0
        while let line = ByteSearch.find(Self.lineEnd, in: read, from: position), line < end {
            position = line + 2
            if let length = Self.contentLength(in: read, at: position) {
                bodyEnd = bodyStart + length
                return
            }
        }
        throw BenchFailure("an answer of status \(status) has no length")
    }

    private static func contentLength(in bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        guard bytes.count > start + length.count,
            // The case of letters is one bit; no other octet of the name differs by it.
            length.indices.allSatisfy({ bytes[start + $0] | 0x20 == length[$0] | 0x20 })
        else { return nil }
        var position = start + length.count
        while bytes[position] == UInt8(ascii: " ") { position += 1 }
        return ByteSearch.number(in: bytes, at: position)
    }
}
