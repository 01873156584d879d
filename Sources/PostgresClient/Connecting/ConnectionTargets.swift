import CLibPQ

/// The servers a connection string names, each with all that libpq is to know.
///
/// libpq tries several hosts by itself, but only its blocking functions move
/// on from a host that is silent, and those cannot be told to report the
/// SQLSTATE of a refusal. So the hosts are tried one by one, by libpq's rules.
/// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
struct ConnectionTargets: Sendable, Hashable {
    struct Option: Sendable, Hashable {
        var keyword: String
        var value: String
    }

    /// One list of options a server, in the order to be tried.
    private(set) var targets: [[Option]] = []
    /// How long a server may take; nil for as long as it likes.
    private(set) var timeout: Duration?

    /// Reads a configuration.
    ///
    /// - Throws: ``PostgresError`` with `.connectFailed` when the connection
    ///   string is malformed.
    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        var given = try Self.parse(configuration.connectionString)
        let hosts = Self.list(given.removeValue(forKey: "host"))
        let addresses = Self.list(given.removeValue(forKey: "hostaddr"))
        let ports = Self.list(given.removeValue(forKey: "port"))
        let count = max(hosts.count, addresses.count, 1)
        guard hosts.isEmpty || hosts.count == count, addresses.isEmpty || addresses.count == count,
            ports.count <= 1 || ports.count == count
        else {
            throw PostgresError(
                .connectFailed, message: "the connection string names different numbers of hosts and ports")
        }
        timeout = Self.timeout(given.removeValue(forKey: "connect_timeout"), or: configuration.connectTimeout)
        let options = [configuration.sessionOptions, given.removeValue(forKey: "options")].compactMap { $0 }
        for (keyword, value) in configuration.defaults where given[keyword] == nil { given[keyword] = value }
        given["options"] = options.joined(separator: " ")
        // Every text this client sends and reads is UTF-8.
        given["client_encoding"] = "UTF8"
        for attributes in Self.passes(given.removeValue(forKey: "target_session_attrs")) {
            for index in 0..<count {
                var target = given
                target["target_session_attrs"] = attributes
                target["host"] = Self.element(hosts, index)
                target["hostaddr"] = Self.element(addresses, index)
                target["port"] = Self.element(ports, ports.count == 1 ? 0 : index)
                targets.append(target.sorted { $0.key < $1.key }.map { Option(keyword: $0.key, value: $0.value) })
            }
        }
    }

    private static func parse(_ text: String) throws(PostgresError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            // The message quotes a part of the string, perhaps of the password.
            let said = message.map { PostgresError.oneLine($0) } ?? "out of memory"
            PQfreemem(message)
            throw PostgresError(
                .connectFailed,
                message: "the connection string is malformed: " + PostgresError.redacted(said, sqlState: nil))
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var next = options
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val, value.pointee != 0 {
                given[String(cString: keyword)] = String(cString: value)
            }
            next += 1
        }
        return given
    }

    private static func list(_ value: String?) -> [String] {
        value?.split(separator: ",", omittingEmptySubsequences: false).map { String($0) } ?? []
    }

    /// Nil for an empty entry, which means libpq's default.
    private static func element(_ list: [String], _ index: Int) -> String? {
        guard index < list.count, !list[index].isEmpty else { return nil }
        return list[index]
    }

    /// libpq's meaning: whole seconds, at least 2; none if zero or less.
    private static func timeout(_ value: String?, or configured: Duration) -> Duration? {
        guard let value, let seconds = Int64(value) else { return max(configured, .milliseconds(1)) }
        return seconds <= 0 ? nil : .seconds(max(2, seconds))
    }

    /// "prefer-standby" goes through all hosts twice.
    private static func passes(_ attributes: String?) -> [String?] {
        attributes == "prefer-standby" ? ["standby", "any"] : [attributes]
    }
}
