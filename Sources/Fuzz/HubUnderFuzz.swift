import CloudEvents
import Foundation

/// The hub that is tried, and who speaks to it.
final class HubUnderFuzz {
    let port: UInt16
    /// The process, for its memory; nil when it is not known.
    let process: Int32?
    private let tokens: JSONValue
    private var connection: HubConnection?
    /// Every code of a problem with its status, as the hub documents them.
    private(set) var codes: Set<String> = []
    /// The most memory it was seen to take, in MiB.
    private(set) var peakMemory = 0

    init(port: UInt16, tokenFile: String, process: Int32?) throws {
        self.port = port
        self.process = process
        guard let data = FileManager.default.contents(atPath: tokenFile),
            case .success(let json) = JSONReader.read(Array(data)),
            let tokens = json["tokens"] ?? json["counties"]?["fuzz"]?["tokens"]
        else { throw FuzzFailure("the token file \(tokenFile) cannot be read") }
        self.tokens = tokens
        let document = try get("/openapi.json", token: nil)
        let names = document["components"]?["schemas"]?["Problem"]?["properties"]?["code"]?["enum"]?.arrayValue
        codes = Set((names ?? []).compactMap(\.stringValue))
        guard !codes.isEmpty else { throw FuzzFailure("the hub does not document its problem codes") }
    }

    func token(of unit: String) throws -> String {
        guard let token = tokens[unit]?.stringValue else { throw FuzzFailure("there is no token of \(unit)") }
        return token
    }

    /// Sends a request over a connection that is kept, and reads the answer.
    ///
    /// - Throws: a ``Finding`` when none comes.
    func send(_ bytes: [UInt8]) throws -> HubAnswer {
        for isLast in [false, true] {
            let kept = connection.flatMap { $0.isOpen ? $0 : nil }
            let used = try kept ?? open()
            connection = used
            switch used.exchange(bytes) {
            case .answer(let answer): return answer
            case .silence:
                self.connection = nil
                throw Finding("no-answer", "nothing within \(HubConnection.patience) s")
            case .closed:
                self.connection = nil
                // One that was idle may have been closed in between.
                if kept == nil || isLast { throw Finding("no-answer", "the hub hung up without an answer") }
            }
        }
        throw Finding("no-answer", "the hub hung up twice")
    }

    /// A connection of its own.
    func open() throws -> HubConnection {
        do {
            return try HubConnection(port: port)
        } catch {
            throw Finding("not-reachable", "no connection to port \(port)")
        }
    }

    func get(_ path: String, token: String?) throws -> JSONValue {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let answer = try send(Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(authorization)\r\n".utf8))
        // No name that is stored holds U+0000: what asks for one is refused.
        if answer.status == 400, path.contains("%00") { return ["items": []] }
        guard answer.status == 200, let json = answer.json else {
            throw Finding("not-readable", "GET \(path.prefix(60)): \(answer.status)")
        }
        return json
    }

    /// How many events a unit has stored.
    func stored(by unit: String) throws -> Int {
        let token = try token(of: unit)
        var count = 0
        var cursor: String?
        repeat {
            let page = try get(
                "/v1/events?publisher=me&limit=500" + (cursor.map { "&cursor=\($0)" } ?? ""), token: token)
            count += page["items"]?.arrayValue?.count ?? 0
            cursor = page["next"]?.stringValue
        } while cursor != nil
        return count
    }

    /// The memory the hub takes now, in MiB; nil where its process is not known.
    func memory() -> Int? {
        guard let process, let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kilobytes = line.split(separator: " ").dropFirst().compactMap({ Int($0) }).first
        else { return nil }
        peakMemory = max(peakMemory, kilobytes / 1024)
        return kilobytes / 1024
    }
}
