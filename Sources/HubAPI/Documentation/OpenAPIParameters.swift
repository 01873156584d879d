import CloudEvents

/// The parameters of the API by name.
enum OpenAPIParameters {
    private struct Shape {
        var schema: JSONValue
        var description: String
    }

    static func path(_ name: String) -> JSONValue {
        let shape = paths[name] ?? Shape(schema: ["type": "string"], description: name)
        return [
            "name": .string(name), "in": "path", "required": true, "schema": shape.schema,
            "description": .string(shape.description),
        ]
    }

    static func query(_ name: String, of endpoint: Endpoint) -> JSONValue {
        let shape = queries["\(endpoint.path)?\(name)"] ?? queries[name]
        return [
            "name": .string(name), "in": "query", "required": false,
            "schema": shape?.schema ?? ["type": "string"], "description": .string(shape?.description ?? name),
        ]
    }

    static func header(_ name: String) -> JSONValue {
        let shape = headers[name]
        return [
            "name": .string(name), "in": "header", "required": false,
            "schema": shape?.schema ?? ["type": "string"], "description": .string(shape?.description ?? name),
        ]
    }

    private static let text: JSONValue = ["type": "string"]
    private static let number: JSONValue = ["type": "string", "pattern": "^[0-9]{1,18}$"]
    private static let instant: JSONValue = ["type": "string", "format": "date-time"]

    private static let paths: [String: Shape] = [
        "position": Shape(schema: number, description: "The event's position, a decimal integer."),
        "id": Shape(schema: number, description: "The duty's id, a decimal integer."),
        "caseId": Shape(schema: ["type": "string", "pattern": "^c-[0-9]+$"], description: "The case."),
        "command": Shape(schema: text, description: "The command, such as sign or complete."),
        "type": Shape(schema: text, description: "The event type."),
        "list": Shape(schema: text, description: "The code list."),
        "unit": Shape(schema: text, description: "The unit; may contain a colon, never a slash."),
        "name": Shape(
            schema: ["type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,62}$"], description: "The name given to it."),
        "ref": Shape(schema: text, description: "The reference."),
    ]

    private static let queries: [String: Shape] = [
        "limit": Shape(
            schema: ["type": "integer", "minimum": 1, "maximum": 500, "default": 50],
            description: "How many items at the most."),
        "cursor": Shape(schema: number, description: "The next of the page before."),
        "strict": Shape(
            schema: ["type": "boolean"], description: "Answer 422 when any event of a batch was refused."),
        "at": Shape(schema: instant, description: "Judge with the clock at this instant."),
        "/v1/feed?at": Shape(schema: instant, description: "Begin with what was recorded at this instant."),
        "after": Shape(schema: number, description: "Begin after this cursor."),
        "start": Shape(
            schema: ["type": "string", "enum": ["earliest", "latest"]], description: "Where to begin without a cursor."),
        "wait": Shape(
            schema: ["type": "string", "format": "duration"],
            description: "How long to wait for something to come, such as PT30S; 60 s at the most."),
        "types": Shape(
            schema: text, description: "Event types, separated by commas; the word duty stands for changes of duties."),
        "source": Shape(schema: text, description: "The source of the event; with id."),
        "id": Shape(schema: text, description: "The id of the event; with source."),
        "publisher": Shape(schema: ["type": "string", "enum": ["me"]], description: "The own unit's events."),
        "recordedFrom": Shape(schema: instant, description: "Recorded at this instant or later."),
        "recordedTo": Shape(schema: instant, description: "Recorded before this instant."),
        "state": Shape(schema: OpenAPISchemas.dutyState, description: "The state of the duty."),
        "open": Shape(schema: ["type": "boolean"], description: "Whether the duty is open."),
        "role": Shape(
            schema: [
                "type": "string",
                "enum": ["lead", "handling", "assisting", "informed", "supervising", "responsible"],
            ],
            description: "The unit's role; responsible means handling or assisting."),
        "/v1/contracts/{type}?role": Shape(
            schema: OpenAPISchemas.role, description: "The role in which the unit of as sees it; handling unless said."),
        "unit": Shape(schema: text, description: "The unit."),
        "overdue": Shape(
            schema: ["type": "string", "enum": ["sign", "settle"]], description: "Late for this milestone."),
        "case": Shape(schema: ["type": "string", "pattern": "^c-[0-9]+$"], description: "The case."),
        "type": Shape(schema: text, description: "The event type."),
        "dueBefore": Shape(schema: instant, description: "Due before this instant."),
        "as": Shape(schema: text, description: "Show what this unit would see of each field."),
    ]

    private static let headers: [String: Shape] = [
        "Prefer": Shape(
            schema: text, description: "handling=lenient drops unknown fields with a warning instead of refusing them."),
        "traceparent": Shape(schema: text, description: "W3C Trace Context, passed on with the event."),
        "If-Match": Shape(
            schema: ["type": "string", "pattern": "^(\\*|(W/)?\"[^\"]*\")$"],
            description: "The version the command was decided on; optional."),
        "Idempotency-Key": Shape(
            schema: ["type": "string", "minLength": 1, "maxLength": 255],
            description: "Kept 30 days: the same key and body answer the same again."),
        "Last-Event-ID": Shape(schema: number, description: "The cursor an event stream goes on from."),
    ]
}
