import Testing

@testable import PostgresClient

@Suite struct PostgresErrorTests {
    @Test func statesMatchTheirClass() {
        func isData(_ state: SQLState) -> Bool {
            switch state {
            case .dataException: true
            default: false
            }
        }
        #expect(isData(SQLState(rawValue: "22P02")) && isData(.dataException))
        #expect(!isData(.uniqueViolation))
        #expect(!(SQLState.uniqueViolation ~= SQLState.integrityConstraintViolation))
    }

    @Test(arguments: [
        (PostgresError.Code.connectFailed, true, true, false),
        (.connectionLost, true, true, false),
        (.poolExhausted, true, true, false),
        (.closed, false, true, false),
        (.outcomeUnknown, false, false, true),
        (.protocolViolation, false, false, false),
        (.transactionAborted, false, false, false),
    ])
    func kindsSayWhatToDo(_ code: PostgresError.Code, neverSent: Bool, unavailable: Bool, unknown: Bool) {
        let error = PostgresError(code, message: "")
        #expect(error.wasNeverSent == neverSent)
        #expect(error.isUnavailable == unavailable)
        #expect(error.isOutcomeUnknown == unknown)
        #expect(!error.refusesData && !error.isTransient)
    }

    @Test(arguments: [
        ("22P02", false, true, false), ("23505", false, true, false), ("40001", false, false, true),
        ("40P01", false, false, true), ("53300", true, false, false), ("57P03", true, false, false),
        ("57014", true, false, false), ("42P01", false, false, false),
    ])
    func statesSayWhatToDo(_ state: String, unavailable: Bool, refuses: Bool, transient: Bool) {
        let error = PostgresError(.server, message: "", sqlState: SQLState(rawValue: state))
        #expect(error.isUnavailable == unavailable)
        #expect(error.refusesData == refuses)
        #expect(error.isTransient == transient)
        #expect(!error.wasNeverSent)
    }

    @Test(arguments: [
        ("relation \"a\" does not exist", "42P01", "relation \"a\" does not exist"),
        ("invalid input syntax for type integer: \"a\"b\"", "22P02", "invalid input syntax for type integer: \"…\""),
        ("invalid byte sequence for encoding \"UTF8\": 0xd5", "22021", "invalid byte sequence for encoding \"…\""),
        ("a \"b\" c \"d\" e", "23505", "a \"…\" e"),
        ("plain", "P0001", "plain"),
        ("one \" quote", "P0001", "one \"…\""),
    ])
    func messagesThatMayQuoteValuesAreRedacted(_ message: String, _ state: String, _ expected: String) {
        #expect(PostgresError.redacted(message, sqlState: SQLState(rawValue: state)) == expected)
    }

    @Test func descriptionsAreGeneric() {
        var error = PostgresError(.server, message: "m", sqlState: .uniqueViolation)
        error.statementName = "put_officer"
        error.unsafeServerDetail = "Key (id)=(planted)"
        #expect(error.description == "the database refused the statement (23505) in put_officer")
        #expect(!error.debugDescription.contains("planted"))
        #expect(Array(Mirror(reflecting: error).children).isEmpty)
    }
}
