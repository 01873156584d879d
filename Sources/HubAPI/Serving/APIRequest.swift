package import CloudEvents
package import Coordination
package import Hub

/// A request as the handlers see it: read whole, its sender known.
package struct APIRequest: Sendable {
    package var method: String
    package var path: String
    /// The path's variable segments by name, percent-decoded.
    package var parameters: [String: String]
    package var query: [(name: String, value: String)]
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var requestID: String
    /// Whether texts are wanted in Chinese.
    package var chinese: Bool
    /// Who is speaking; nil on endpoints that need no token.
    package var sender: Principal?
    package var token: BearerToken?
    /// The connection under a stream.
    var connection: StreamConnection?

    /// The value of a header; of several, the first.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The value of a query parameter; of several, the first.
    package func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// Which form of an answer is wanted.
    var accept: AcceptHeader { AcceptHeader(headers.filter { $0.name == "accept" }.map(\.value)) }

    /// Who is speaking, on endpoints that need a token.
    package func principal() throws -> Principal {
        guard let sender else { throw HubError("unauthorised") }
        return sender
    }

    /// Who is speaking, if the token carries one of the scopes.
    @discardableResult
    package func requires(_ scopes: Scope...) throws -> Principal {
        try requires(any: scopes)
    }

    /// Who is speaking, if the token carries one of the scopes.
    @discardableResult
    package func requires(any scopes: [Scope]) throws -> Principal {
        let principal = try principal()
        guard scopes.contains(where: principal.has) else {
            throw HubError(
                "scope-missing", details: ["needs": .array(scopes.map { .string($0.rawValue) })])
        }
        return principal
    }

    // MARK: - Reading

    /// The body as a JSON object.
    package func object() throws -> JSONObject {
        switch JSONReader.read(body) {
        case .success(.object(let object)): return object
        case .success: throw HubError("bad-body")
        case .failure(let faults): throw HubError(faults.code, faults: faults.faults)
        }
    }

    /// A query parameter as a position or another whole number of at least zero.
    package func number(_ name: String) throws -> Int64? {
        guard let text = parameter(name) else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int64(text) else {
            throw badQuery(name, "must be a whole number", "应为整数")
        }
        return value
    }

    /// A query parameter as a position; decimal digits, as every position is written.
    package func position(_ name: String) throws -> Position? {
        try number(name).map(Position.init(rawValue:))
    }

    /// A path segment that names a position, a duty or a case by number.
    ///
    /// - Throws: `not-found` for a text that is no such number: nothing can be
    ///   there.
    package func pathNumber(_ name: String) throws -> Int64 {
        guard let text = parameters[name], let number = Int64(text), number > 0, String(number) == text else {
            throw HubError("not-found")
        }
        return number
    }

    /// The versions that a header names, `If-Match: "3", "4"`; nil for any.
    ///
    /// A tag that was never given out matches no version, and neither does a
    /// weak one: RFC 9110, section 13.1.1, compares strongly.
    package func expectedVersions() throws -> Set<Int32>? {
        let lines = headers.filter { $0.name == "if-match" }.map(\.value)
        guard !lines.isEmpty, lines != ["*"] else { return nil }
        guard let tags = EntityTag.list(lines.joined(separator: ",")) else {
            throw badHeader("if-match", "must be entity tags such as \"3\"", "应为形如\"3\"的实体标签")
        }
        return Set(
            tags.filter { !$0.isWeak }.compactMap { tag in
                Int32(tag.text).flatMap { String($0) == tag.text ? $0 : nil }
            })
    }

    /// A query parameter as an instant.
    package func instant(_ name: String) throws -> Timestamp? {
        guard let text = parameter(name) else { return nil }
        // A plus sign that was not percent-encoded arrives as a space.
        guard let instant = Timestamp(rfc3339: text.replacing(" ", with: "+")) else {
            throw badQuery(name, "must be a time with offset, such as 2020-10-22T09:12:00+08:00", "应为带时区的时间")
        }
        return instant
    }

    /// A query parameter that is `true` or `false`.
    package func flag(_ name: String) throws -> Bool? {
        switch parameter(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw badQuery(name, "must be true or false", "应为true或false")
        }
    }

    /// `limit`: 1 to 500, 50 by default.
    package func limit() throws -> Int {
        guard let value = try number("limit") else { return 50 }
        guard (1...500).contains(value) else { throw badQuery("limit", "must be 1 to 500", "应在1至500之间") }
        return Int(value)
    }

    /// A duration of ISO 8601 in seconds, at most an hour, such as `PT30S`.
    package func seconds(_ name: String, upTo most: Int64) throws -> Int64? {
        guard let text = parameter(name) else { return nil }
        guard let seconds = ISODuration.seconds(text) else {
            throw badQuery(name, "must be a duration such as PT30S", "应为PT30S形式的时长")
        }
        return min(seconds, most)
    }

    /// The refusal of a query parameter.
    package func badQuery(_ name: String, _ message: String, _ messageZh: String) -> HubError {
        HubError(
            "bad-query",
            faults: [InputFault(path: "query:\(name)", code: "bad-query", message: message, messageZh: messageZh)])
    }

    /// The refusal of a header.
    package func badHeader(_ name: String, _ message: String, _ messageZh: String) -> HubError {
        HubError(
            "bad-header",
            faults: [InputFault(path: "header:\(name)", code: "bad-header", message: message, messageZh: messageZh)])
    }
}
