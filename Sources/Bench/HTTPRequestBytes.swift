/// Requests as bytes, for a load that spends its time on the hub.
struct HTTPRequestBytes {
    private let common: String

    init(host: String, token: String) {
        common = "host: \(host)\r\nauthorization: Bearer \(token)\r\n"
    }

    /// A request without a body.
    func get(_ path: String, accept: String = "application/json") -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\n\(common)accept: \(accept)\r\n\r\n".utf8)
    }

    /// A request with a body.
    func post(_ path: String, type: String = "application/json", body: [UInt8]) -> [UInt8] {
        var bytes = head(path, type: type).bytes
        Head.append(body.count, to: &bytes)
        bytes.append(contentsOf: body)
        return bytes
    }

    /// The head of a request with a body, to be used again and again.
    func head(_ path: String, type: String = "application/json") -> Head {
        Head(bytes: Array("POST \(path) HTTP/1.1\r\n\(common)content-type: \(type)\r\ncontent-length: ".utf8))
    }

    /// All of a request up to the number of bytes of its body.
    struct Head {
        fileprivate let bytes: [UInt8]

        /// Begins a request with a body of so many bytes.
        func begin(_ length: Int, in buffer: inout [UInt8]) {
            buffer.append(contentsOf: bytes)
            Self.append(length, to: &buffer)
        }

        fileprivate static func append(_ length: Int, to buffer: inout [UInt8]) {
            buffer.append(contentsOf: String(length).utf8)
            buffer.append(contentsOf: [13, 10, 13, 10])
        }
    }
}
