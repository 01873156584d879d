/// Requests as bytes, for a load that spends its time on the hub.
struct HTTPRequestBytes {
    let host: String
    let token: String

    /// A request without a body.
    func get(_ path: String, accept: String = "application/json") -> [UInt8] {
        Array(
            "GET \(path) HTTP/1.1\r\nhost: \(host)\r\nauthorization: Bearer \(token)\r\naccept: \(accept)\r\n\r\n".utf8)
    }

    /// A request with a body.
    func post(_ path: String, type: String, body: [UInt8]) -> [UInt8] {
        var bytes = Array(
            """
            POST \(path) HTTP/1.1\r\nhost: \(host)\r\nauthorization: Bearer \(token)\r\ncontent-type: \(type)\r\n\
            content-length: \(body.count)\r\n\r\n
            """.utf8)
        bytes.append(contentsOf: body)
        return bytes
    }
}
