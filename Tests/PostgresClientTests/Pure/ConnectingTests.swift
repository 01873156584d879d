import Testing

@testable import PostgresClient

@Suite struct ConnectionTargetsTests {
    private func targets(_ connectionString: String) throws -> [[String: String]] {
        let configuration = PostgresConfiguration(connectionString: connectionString)
        return try ConnectionTargets(configuration).targets.map { options in
            Dictionary(uniqueKeysWithValues: options.map { ($0.keyword, $0.value) })
        }
    }

    @Test func eachHostHasItsPort() throws {
        let targets = try targets("host=a,b port=1,2 user=u target_session_attrs=read-write")
        #expect(targets.map { $0["host"] } == ["a", "b"])
        #expect(targets.map { $0["port"] } == ["1", "2"])
        #expect(targets.map { $0["target_session_attrs"] } == ["read-write", "read-write"])
        #expect(targets.allSatisfy { $0["user"] == "u" })
    }

    @Test func onePortIsForAll() throws {
        #expect(try targets("postgresql://u@a,b/d?port=7").map { $0["port"] } == ["7", "7"])
        #expect(try targets("postgresql://u@a:1,b:2/d").map { $0["port"] } == ["1", "2"])
        #expect(try targets("hostaddr=10.0.0.1,10.0.0.2").map { $0["hostaddr"] } == ["10.0.0.1", "10.0.0.2"])
    }

    @Test func withoutAHostLibpqDecides() throws {
        let targets = try targets("dbname=x")
        #expect(targets.count == 1)
        #expect(targets[0]["host"] == nil && targets[0]["dbname"] == "x")
    }

    @Test func preferringAStandbyGoesThroughAllHostsTwice() throws {
        let targets = try targets("host=a,b target_session_attrs=prefer-standby")
        #expect(targets.map { $0["host"] } == ["a", "b", "a", "b"])
        #expect(targets.map { $0["target_session_attrs"] } == ["standby", "standby", "any", "any"])
    }

    @Test func theConnectionStringWinsOverTheDefaults() throws {
        let target = try targets("application_name=mine keepalives_idle=7 options='-c statement_timeout=9'")[0]
        #expect(target["application_name"] == "mine")
        #expect(target["keepalives_idle"] == "7")
        #expect(target["client_encoding"] == "UTF8")
        #expect(
            target["options"]
                == "-c search_path= -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
                + " -c statement_timeout=9")
    }

    @Test(arguments: [
        ("", Duration?.some(.seconds(5))), ("connect_timeout=9", .seconds(9)), ("connect_timeout=1", .seconds(2)),
        ("connect_timeout=0", nil),
    ])
    func theTimeoutIsAHosts(_ string: String, _ expected: Duration?) throws {
        #expect(try ConnectionTargets(PostgresConfiguration(connectionString: string)).timeout == expected)
    }

    @Test(arguments: ["host", "host=a nonsense=secretvalue", "host=a,b port=1,2,3", "postgresql://u:secretvalue@[::1/"])
    func aMalformedStringIsRefusedWithoutItsText(_ string: String) {
        let error = #expect(throws: PostgresError.self) {
            _ = try ConnectionTargets(PostgresConfiguration(connectionString: string))
        }
        #expect(error?.code == .connectFailed)
        #expect(error?.debugDescription.contains("secretvalue") == false)
    }

    @Test func settingsAreQuoted() {
        var configuration = PostgresConfiguration(connectionString: "")
        configuration.searchPath = "a, b\\"
        configuration.statementTimeout = nil
        configuration.idleInTransactionTimeout = .milliseconds(1)
        #expect(
            configuration.sessionOptions == "-c search_path=a,\\ b\\\\ -c idle_in_transaction_session_timeout=1")
    }

    @Test func aVerboseMessageYieldsItsCode() {
        let (message, sqlState) = ConnectAttempt.readVerbose(
            """
            connection to server at "h", port 1 failed: 致命错误:  28P01: no password for "u"
            LOCATION:  auth_failed, auth.c:326

            """)
        #expect(sqlState == .invalidPassword)
        #expect(message == "connection to server at \"h\", port 1 failed: 致命错误: no password for \"u\"")
        let plain = ConnectAttempt.readVerbose("connection refused\n\tIs the server running?\n")
        #expect(plain.message == "connection refused; Is the server running?")
        #expect(plain.sqlState == nil)
    }
}

@Suite struct BackoffTests {
    @Test func pausesDoubleUpToTheCeiling() {
        let backoff = Backoff(first: .milliseconds(100), ceiling: .seconds(1))
        let longest = (1...6).map { backoff.delay(afterFailures: $0, jitter: 1) }
        #expect(longest == [100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
        #expect(backoff.delay(afterFailures: 1, jitter: 0) == .milliseconds(50))
        #expect(backoff.delay(afterFailures: 1_000_000, jitter: 0.5) == .milliseconds(750))
    }
}
