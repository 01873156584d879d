import CloudEvents
import Testing

/// The cases of the public conformance suite of CESQL 1.0 that read attributes
/// of events, with the examples of the specification.
struct CESQLFilterConformanceTests {
    @Test(arguments: [
        CESQLCase("id", "myId", ["id": "myId"]),
        CESQLCase("subject", "mySubject", ["subject": "mySubject"]),
        CESQLCase("subject", false, error: .missingAttribute),
        CESQLCase("mybool", true, ["mybool": true]),
        CESQLCase("myint", 10, ["myint": 10]),
        CESQLCase("myext", "my extension", ["myext": "my extension"]),
        CESQLCase("source", "http://localhost/source", ["source": "http://localhost/source"]),
        CESQLCase("time", "2018-04-26T14:48:09+02:00", ["time": "2018-04-26T14:48:09+02:00"]),
        CESQLCase("missingAttribute", false, error: .missingAttribute),
        CESQLCase("1 / missingAttribute", 0, error: .missingAttribute),
        CESQLCase("missingattribute * 5", 0, error: .missingAttribute),
        CESQLCase("true AND (missingAttribute = \"\")", false, error: .missingAttribute),
    ])
    func attributesKeepTheirType(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("int(hop) < int(ttl) and int(hop) < 1000", true, ["hop": "5", "ttl": "10"]),
        CESQLCase("INT(hop) < INT(ttl) AND INT(hop) < 1000", true, ["hop": "5", "ttl": "10"]),
        CESQLCase("hop < ttl", true, ["hop": "5", "ttl": "10"]),
        CESQLCase("sequence = 5", true, ["sequence": "5"]),
        CESQLCase("sequence = 5", false, ["sequence": "6"]),
        CESQLCase(
            "firstname = 'Francesco' OR subject = 'Francesco'", true,
            ["subject": "Francesco", "firstname": "Doug"]),
        CESQLCase(
            "firstname = 'Francesco' OR subject = 'Francesco'", true,
            ["firstname": "Francesco", "subject": "Doug"]),
        CESQLCase(
            "(firstname = 'Francesco' AND lastname = 'Guardiani') OR subject = 'Francesco Guardiani'", true,
            ["subject": "Doug", "firstname": "Francesco", "lastname": "Guardiani"]),
        CESQLCase(
            "(firstname = 'Francesco' AND lastname = 'Guardiani') OR subject = 'Francesco Guardiani'", true,
            ["subject": "Francesco Guardiani", "firstname": "Doug", "lastname": "Davis"]),
        CESQLCase("EXISTS subject", true, ["subject": "Francesco Guardiani"]),
        CESQLCase("TRUE = \"true\" AND FALSE = \"false\"", true),
        CESQLCase("TRUE = \"TRUE\" OR FALSE = \"FALSE\"", false),
    ])
    func examplesOfTheSpecificationHold(_ example: CESQLCase) throws {
        try example.check()
    }

    @Test(arguments: [
        CESQLCase("source LIKE 'https://%'", true, ["source": "https://example.com"]),
        CESQLCase("source LIKE 'https://%'", false, ["source": "http://example.com"]),
        CESQLCase("myext LIKE 'custom%'", true, ["myext": "customext"]),
        CESQLCase("myext LIKE 'custom%'", false, error: .missingAttribute),
        CESQLCase("type like '%.error'", true, ["type": "com.github.error"]),
        CESQLCase("type like '%.error'", false, ["type": "com.github.success"]),
        CESQLCase("myext LIKE '%ext'", true, ["myext": "customext"]),
        CESQLCase("myext LIKE '%ext'", false, error: .missingAttribute),
        CESQLCase("id = 'myId'", true, ["id": "myId"]),
        CESQLCase("id = 'myId'", false, ["id": "notmyId"]),
        CESQLCase("myext = 'customext'", true, ["myext": "customext"]),
        CESQLCase("myext = 'customext'", false, error: .missingAttribute),
        CESQLCase(
            "id LIKE 'my%' AND source LIKE '%.ca'", true, ["id": "myId", "source": "http://www.some-website.ca"]),
        CESQLCase(
            "id LIKE 'my%' AND source LIKE '%.ca'", false, ["id": "myId", "source": "http://www.some-website.com"]),
        CESQLCase(
            "myext LIKE 'custom%' AND type LIKE '%.error'", true, ["myext": "customext", "type": "com.github.error"]),
        CESQLCase(
            "type LIKE 'example.%' AND myext LIKE 'custom%'", false, error: .missingAttribute,
            ["type": "example.event.type"]),
        CESQLCase("id LIKE 'my%' OR source LIKE '%.ca'", true, ["id": "myId", "source": "http://www.some-website.ca"]),
        CESQLCase(
            "id LIKE 'my%' OR source LIKE '%.ca'", true, ["id": "myId", "source": "http://www.some-website.com"]),
        CESQLCase(
            "id LIKE 'my%' OR source LIKE '%.ca'", true, ["id": "notmyId", "source": "http://www.some-website.ca"]),
        CESQLCase(
            "id LIKE 'my%' OR source LIKE '%.ca'", false, ["id": "notmyId", "source": "http://www.some-website.com"]),
        CESQLCase("id LIKE 'my%' OR myext LIKE '%ext'", false, error: .missingAttribute, ["id": "notmyId"]),
    ])
    func prefixSuffixAndExactFiltersWork(_ example: CESQLCase) throws {
        try example.check()
    }

    private static let disjunction =
        "(id = 'myId' AND type LIKE '%.success') OR "
        + "(id = 'notmyId' AND source LIKE 'http://%' AND type LIKE '%.warning')"
    private static let conjunction =
        "(id = 'myId' OR type LIKE '%.success') AND "
        + "(id = 'notmyId' OR source LIKE 'https://%' OR type LIKE '%.warning')"

    @Test(arguments: [
        CESQLCase(disjunction, true, ["id": "myId", "type": "example.event.success"]),
        CESQLCase(
            disjunction, true,
            ["id": "notmyId", "type": "example.event.warning", "source": "http://localhost.localdomain"]),
        CESQLCase(
            disjunction, false,
            ["id": "notmyId", "type": "example.event.warning", "source": "https://localhost.localdomain"]),
        CESQLCase(
            disjunction + " OR (myext = 'customext')", false, error: .missingAttribute,
            ["id": "notmyId", "type": "example.event.warning", "source": "https://localhost.localdomain"]),
        CESQLCase(
            conjunction, true,
            ["id": "myId", "type": "example.event.warning", "source": "http://localhost.localdomain"]),
        CESQLCase(
            conjunction, true,
            ["id": "notmyId", "type": "example.event.success", "source": "http://localhost.localdomain"]),
        CESQLCase(
            conjunction, false,
            ["id": "notmyId", "type": "example.event.warning", "source": "http://localhost.localdomain"]),
        CESQLCase(
            conjunction, false,
            ["id": "myId", "type": "example.event.success", "source": "http://localhost.localdomain"]),
        CESQLCase(
            conjunction + " AND (myext = 'customext')", false, error: .missingAttribute,
            ["id": "myId", "type": "example.event.warning", "source": "http://localhost.localdomain"]),
    ])
    func normalFormsWork(_ example: CESQLCase) throws {
        try example.check()
    }
}
