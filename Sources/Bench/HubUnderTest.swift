import CloudEvents
import Foundation

/// The hub that is measured, and who speaks to it.
struct HubUnderTest {
    let port: UInt16
    private let tokens: JSONValue

    /// Precondition: a hub listens on loopback, and the file has its tokens.
    init(port: UInt16, tokenFile: String) throws {
        self.port = port
        guard let data = FileManager.default.contents(atPath: tokenFile),
            case .success(let json) = JSONReader.read(Array(data))
        else { throw BenchFailure("the token file \(tokenFile) cannot be read") }
        tokens = json
    }

    /// Requests of a unit's program.
    func requests(of unit: String) throws -> HTTPRequestBytes {
        guard let token = tokens["tokens"]?[unit]?.stringValue else { throw BenchFailure("there is no unit \(unit)") }
        return HTTPRequestBytes(host: "127.0.0.1:\(port)", token: token)
    }

    /// Requests of an officer of a unit, the first of the file; nil without one.
    func officerRequests(of unit: String) -> HTTPRequestBytes? {
        tokens["officers"]?[unit]?.arrayValue?.first?["token"]?.stringValue.map {
            HTTPRequestBytes(host: "127.0.0.1:\(port)", token: $0)
        }
    }

    /// One request, and its answer.
    func exchange(_ request: [UInt8], expected: Set<Int> = [200, 201]) throws -> JSONValue {
        var load = Load(port: port, connections: 1)
        load.warmUp = 0
        load.seconds = 30
        load.expected = expected
        var requests = [request]
        var body: [UInt8] = []
        let result = try load.run(next: { requests.popLast() }, answered: { body = Array($0) })
        if let refusal = result.firstRefusal { throw BenchFailure("the hub refused: \(refusal)") }
        guard case .success(let json) = JSONReader.read(body) else { throw BenchFailure("an answer is not JSON") }
        return json
    }
}
