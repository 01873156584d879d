/// Where a database is and how a connection to it behaves.
package struct PostgresConfiguration: Sendable, Hashable {
    /// A libpq connection string: `key=value` pairs or a `postgresql://` URI.
    ///
    /// Several hosts are tried in order; `target_session_attrs=read-write`
    /// finds the primary among them. What it sets wins over the settings here.
    package var connectionString: String
    /// Shown in `pg_stat_activity`.
    package var applicationName: String
    /// After this the server cancels a statement; nil leaves the server's default. 30 s unless set.
    package var statementTimeout: Duration?
    /// After this the server ends a session that idles in a transaction;
    /// nil leaves the server's default. 60 s unless set.
    package var idleInTransactionTimeout: Duration?
    /// How long one host may take to answer. 5 s unless set.
    package var connectTimeout: Duration
    /// The schemas searched for unqualified names; empty unless set, so that
    /// unqualified names fail instead of meaning something else elsewhere.
    package var searchPath: String
    /// How long a cancelled statement may take to end before the connection
    /// is closed over its head. 2 s unless set.
    package var drainTimeout: Duration
    /// After this without a word from a server that owes an answer, the
    /// connection counts as lost; nil for as long as it takes. 40 s unless set:
    /// a server that works has ended the statement by its timeout, and said so,
    /// so give it more than that. It finds what the network does not tell: a
    /// server that is frozen, or whose disk hangs.
    package var silenceTimeout: Duration?

    /// A configuration with the stated defaults.
    package init(
        connectionString: String,
        applicationName: String = "liankong",
        statementTimeout: Duration? = .seconds(30),
        idleInTransactionTimeout: Duration? = .seconds(60),
        connectTimeout: Duration = .seconds(5),
        searchPath: String = "",
        drainTimeout: Duration = .seconds(2),
        silenceTimeout: Duration? = .seconds(40),
    ) {
        self.connectionString = connectionString
        self.applicationName = applicationName
        self.statementTimeout = statementTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.connectTimeout = connectTimeout
        self.searchPath = searchPath
        self.drainTimeout = drainTimeout
        self.silenceTimeout = silenceTimeout
    }
}

extension PostgresConfiguration {
    /// What the connection string does not set itself, as libpq keywords.
    var defaults: [(keyword: String, value: String)] {
        [
            ("application_name", applicationName),
            // A silent network must not hold a statement for ever.
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "60000"),
        ]
    }

    /// The session's settings in the form of the `options` keyword, sent with
    /// the start-up message, so that they cost no round trip.
    var sessionOptions: String {
        var options = ["-c search_path=\(Self.escaped(searchPath))"]
        if let statementTimeout {
            options.append("-c statement_timeout=\(statementTimeout.wholeMilliseconds)")
        }
        if let idleInTransactionTimeout {
            options.append("-c idle_in_transaction_session_timeout=\(idleInTransactionTimeout.wholeMilliseconds)")
        }
        return options.joined(separator: " ")
    }

    /// White space ends an option and a backslash quotes, says the manual:
    /// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNECT-OPTIONS
    private static func escaped(_ value: String) -> String {
        var result = ""
        for character in value.unicodeScalars {
            if character == "\\" || character.properties.isWhitespace { result.append("\\") }
            result.unicodeScalars.append(character)
        }
        return result
    }
}

extension Duration {
    /// Milliseconds, rounded down, but not to zero, which would mean "never".
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// Nanoseconds, rounded down.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
