import CloudEvents
import Foundation

/// The hub that is measured, and who speaks to it.
struct HubUnderTest {
    let port: UInt16
    /// Tokens by county.
    private let counties: JSONValue

    /// Precondition: a hub listens on loopback, and the file has its tokens.
    init(port: UInt16, tokenFile: String) throws {
        self.port = port
        guard let data = FileManager.default.contents(atPath: tokenFile),
            case .success(let json) = JSONReader.read(Array(data)), let counties = json["counties"]
        else { throw BenchFailure("the token file \(tokenFile) cannot be read") }
        self.counties = counties
    }

    /// The county that is measured, the one for sweeps, and the one that lives
    /// through a month.
    enum County: String {
        case bench
        case sweep
        case month
    }

    /// The units that have accounts.
    var units: [String] { (counties[County.bench.rawValue]?["tokens"]?.objectValue ?? [:]).map(\.key) }

    /// Requests of a unit's program.
    func requests(of unit: String, in county: County = .bench) throws -> HTTPRequestBytes {
        guard let token = counties[county.rawValue]?["tokens"]?[unit]?.stringValue else {
            throw BenchFailure("there is no unit \(unit)")
        }
        return HTTPRequestBytes(host: "127.0.0.1:\(port)", token: token)
    }

    /// Requests of an officer of a unit who may sign, the first of the file.
    func officerRequests(of unit: String) throws -> HTTPRequestBytes {
        guard let officer = officers(of: unit, in: .bench).first else {
            throw BenchFailure("the unit \(unit) has no officer")
        }
        return officer
    }

    /// Requests of an officer with a scope, whoever that is.
    func requests(with scope: String, in county: County = .bench) throws -> HTTPRequestBytes {
        for unit in (counties[county.rawValue]?["officers"]?.objectValue ?? [:]).map(\.key) {
            for officer in officers(of: unit, in: county) {
                let me = try exchange(officer.get("/v1/me"))
                if me["scopes"]?.arrayValue?.contains(.string(scope)) ?? false { return officer }
            }
        }
        throw BenchFailure("no officer has the scope \(scope)")
    }

    private func officers(of unit: String, in county: County) -> [HTTPRequestBytes] {
        (counties[county.rawValue]?["officers"]?[unit]?.arrayValue ?? []).compactMap { officer in
            officer["token"]?.stringValue.map { HTTPRequestBytes(host: "127.0.0.1:\(port)", token: $0) }
        }
    }

    /// One request, and its answer.
    ///
    /// - Parameter patience: how long it is waited for, in seconds.
    func exchange(_ request: [UInt8], patience: Double = 60) throws -> JSONValue {
        var load = Load(ports: [port])
        load.warmUp = 0
        load.seconds = patience
        var isSent = false
        var answer: JSONValue?
        let result = try load.run(
            next: { buffer in
                if isSent { return false }
                isSent = true
                buffer.append(contentsOf: request)
                return true
            },
            answered: { body in
                if case .success(let json) = JSONReader.read(Array(body)) { answer = json }
            })
        try result.check("a request")
        guard let answer else { throw BenchFailure("an answer is not JSON") }
        return answer
    }
}
