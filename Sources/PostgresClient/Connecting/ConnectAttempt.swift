import CLibPQ
import Glibc

/// Why no connection could be made.
struct ConnectFailure: Error, Sendable {
    /// With `.connectFailed`, and the server's SQLSTATE if it spoke.
    var error: PostgresError
    /// Trying again will not help: the password is wrong, the database does
    /// not exist, the connection string is malformed.
    var isPermanent: Bool
}

/// Tries the servers of a configuration until one takes the connection,
/// without blocking except to look up names.
///
/// A server that is unreachable, silent, starting up or of the wrong kind
/// makes it try the next one; any other refusal is final, as with libpq.
struct ConnectAttempt: ~Copyable {
    enum Progress {
        /// Call ``advance(_:now:)`` again when the descriptor is ready or the deadline has passed.
        case pending(descriptor: Int32, forWriting: Bool, deadline: UInt64?)
        case connected(PQConnection)
        case failed(ConnectFailure)
    }

    private var targets: ArraySlice<[ConnectionTargets.Option]>
    private let timeout: Duration?
    private var current: PQConnection?
    private var waitsForWriting = true
    private var deadline: UInt64?
    private var failures: [String] = []
    private var sqlState: SQLState?

    init(_ targets: ConnectionTargets) {
        self.targets = targets.targets[...]
        timeout = targets.timeout
    }

    /// Goes as far as it can; the first call starts.
    mutating func advance(_ readiness: ThreadExecutor.Readiness, now: UInt64) -> Progress {
        if let connection = current {
            // An error shows as readable.
            if readiness.canRead || (waitsForWriting && readiness.canWrite) {
                if let progress = poll(connection) { return progress }
            } else if let deadline, deadline <= now {
                fail("\(Self.place(of: connection)) did not answer in time", sqlState: nil)
            } else {
                return pending(connection)
            }
        }
        while let target = targets.popFirst() {
            deadline = timeout.map { now + UInt64($0.wholeNanoseconds) }
            if let progress = start(target) { return progress }
        }
        let message = failures.isEmpty ? "no host to connect to" : failures.joined(separator: "; ")
        return .failed(
            ConnectFailure(
                error: PostgresError(.connectFailed, message: message, sqlState: sqlState),
                isPermanent: sqlState.map { Self.permanentClasses.contains($0.classCode) } ?? false))
    }

    /// Closes what is half open.
    mutating func abandon() {
        current?.finish()
        current = nil
        targets = []
    }

    /// Authorisation, unknown database, missing privilege, a setting that is none.
    private static let permanentClasses: Set<String> = ["28", "3D", "42", "22"]

    // MARK: -

    /// Nil when this server failed and the next one is to be tried.
    private mutating func start(_ target: [ConnectionTargets.Option]) -> Progress? {
        var keywords = target.map { UnsafePointer(strdup($0.keyword)) } + [nil]
        var values = target.map { UnsafePointer(strdup($0.value)) } + [nil]
        defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
        guard let pointer = PQconnectStartParams(&keywords, &values, 0) else {
            fail("out of memory", sqlState: nil)
            return nil
        }
        let connection = PQConnection(pointer)
        // Verbose messages carry the SQLSTATE, which is otherwise not to be
        // had of a refused connection.
        PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
        guard !connection.isBad else {
            fail(connection)
            return nil
        }
        current = connection
        waitsForWriting = true
        return pending(connection)
    }

    private mutating func poll(_ connection: PQConnection) -> Progress? {
        switch PQconnectPoll(connection.pointer) {
        case PGRES_POLLING_OK:
            // From now on errors are read field by field. libpq also gathers
            // them in the connection's own message, where no value may be.
            PQsetErrorVerbosity(connection.pointer, PQERRORS_SQLSTATE)
            current = nil
            return .connected(connection)
        case PGRES_POLLING_READING:
            waitsForWriting = false
            return pending(connection)
        case PGRES_POLLING_WRITING:
            waitsForWriting = true
            return pending(connection)
        default:
            fail(connection)
            return nil
        }
    }

    private func pending(_ connection: PQConnection) -> Progress {
        .pending(descriptor: connection.socket, forWriting: waitsForWriting, deadline: deadline)
    }

    private mutating func fail(_ connection: PQConnection) {
        let (message, sqlState) = Self.readVerbose(PQerrorMessage(connection.pointer))
        fail(message, sqlState: sqlState)
    }

    private mutating func fail(_ message: String, sqlState: SQLState?) {
        failures.append(message)
        current = nil
        guard let sqlState else { return }
        self.sqlState = sqlState
        if sqlState != .cannotConnectNow { targets = [] }
    }

    private static func place(of connection: PQConnection) -> String {
        let host = PQhost(connection.pointer).map { String(cString: $0) } ?? ""
        let port = PQport(connection.pointer).map { String(cString: $0) } ?? ""
        return "the server at \"\(host)\", port \(port),"
    }

    /// Takes the SQLSTATE and the source location out of a verbose message:
    /// `… failed: FATAL:  28P01: password … \n LOCATION:  auth_failed, …`.
    static func readVerbose(_ text: UnsafePointer<CChar>?) -> (message: String, sqlState: SQLState?) {
        guard let text else { return ("out of memory", nil) }
        // The last line is the place in the server's source.
        let lines = String(cString: text).split(separator: "\n").filter { !$0.contains(#/\.c:\d+$/#) }
        var sqlState: SQLState?
        let clean = lines.map { line -> String in
            // The severity before it may be in any language.
            guard sqlState == nil, let match = line.firstMatch(of: #/: {2}([0-9A-Z]{5}):/#) else {
                return String(line.drop { $0 == "\t" || $0 == " " })
            }
            sqlState = SQLState(rawValue: String(match.1))
            return String(line.replacing(match.0, with: ":", maxReplacements: 1))
        }
        return (clean.joined(separator: "; "), sqlState)
    }
}
