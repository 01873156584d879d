import CloudEvents
import Hub

/// The OpenAPI 3.1 document, made from the table of endpoints.
enum OpenAPIDocument {
    static func made(from table: [Endpoint]) -> JSONValue {
        var paths = JSONObject()
        for endpoint in table {
            var item = paths[endpoint.path]?.objectValue ?? JSONObject()
            item[endpoint.method.lowercased()] = operation(endpoint)
            paths[endpoint.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "联控 Liankong: the hub's HTTP API",
                "version": "1",
                "description": .string(
                    "Agencies publish events; a policy turns each into duties of units, with clocks; units receive, "
                        + "sign and complete them. Error codes: /errors. Who may call what: /docs."),
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(OpenAPISchemas.all),
                "securitySchemes": [
                    "token": [
                        "type": "http", "scheme": "bearer",
                        "description":
                            "A unit token (a program) or a person token (an officer): lk_ and 43 characters.",
                    ]
                ],
                "responses": ["Problem": problem],
            ],
        ]
    }

    private static let problem: JSONValue = [
        "description": "A refusal or failure; see /errors for the codes.",
        "content": ["application/problem+json": ["schema": OpenAPISchemas.reference("Problem")]],
    ]

    // MARK: - Operations

    private static func operation(_ endpoint: Endpoint) -> JSONValue {
        var operation: JSONObject = [
            "operationId": .string(operationID(endpoint)),
            "tags": [.string(tag(endpoint))],
            "summary": .string(endpoint.summary),
            "description": .string(description(endpoint)),
        ]
        let parameters =
            pathParameters(endpoint)
            + endpoint.queries.map { OpenAPIParameters.query($0, of: endpoint) }
            + endpoint.requestHeaders.filter { $0 != "Accept" }.map(OpenAPIParameters.header)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        operation["requestBody"] = requestBody(endpoint)
        operation["responses"] = responses(endpoint)
        switch endpoint.access {
        case .open: operation["security"] = []
        case .loopback: operation["security"] = [[:], ["token": []]]
        case .anyToken: operation["security"] = [["token": []]]
        case .scopes(let scopes), .scopesOnceVisible(let scopes):
            operation["security"] = [["token": []]]
            operation["x-scopes"] = .array(scopes.map { .string($0.rawValue) })
        case .scopesOrLead(let scopes):
            operation["security"] = [["token": []]]
            operation["x-scopes"] = .array(scopes.map { .string($0.rawValue) })
            // Those of other scopes, where their unit has this role.
            operation["x-or-role"] = "lead"
        }
        return .object(operation)
    }

    private static func operationID(_ endpoint: Endpoint) -> String {
        let parts = endpoint.path.split { "/.-{}".contains($0) }.filter { $0 != "v1" }
        return ([endpoint.method.lowercased()] + parts.map(String.init)).joined(separator: "_")
    }

    private static func tag(_ endpoint: Endpoint) -> String {
        let segments = endpoint.path.split(separator: "/")
        guard segments.first == "v1", segments.count > 1 else { return "operation" }
        return String(segments[1])
    }

    private static func description(_ endpoint: Endpoint) -> String {
        var text = endpoint.summaryZh
        if endpoint.answers.isEmpty { text += "\n\nComes later; answers 501 `not-yet`." }
        switch endpoint.access {
        case .scopes(let scopes):
            text += "\n\nScope: " + scopes.map(\.rawValue).joined(separator: " or ") + "."
        case .scopesOnceVisible(let scopes):
            text += "\n\nFor who may see it, with the scope " + scopes.map(\.rawValue).joined(separator: " or ") + "."
        case .scopesOrLead(let scopes):
            text +=
                "\n\nFor who may see it, with the scope " + scopes.map(\.rawValue).joined(separator: " or ")
                + ", or with any token of the lead unit."
        case .open, .loopback, .anyToken: break
        }
        return text
    }

    private static func pathParameters(_ endpoint: Endpoint) -> [JSONValue] {
        endpoint.segments.compactMap { segment in
            guard case .variable(let name) = segment else { return nil }
            return OpenAPIParameters.path(name)
        }
    }

    private static func requestBody(_ endpoint: Endpoint) -> JSONValue? {
        switch endpoint.body {
        case .none: return nil
        case .any: return ["content": ["*/*": ["schema": [:]]]]
        case .json:
            return [
                "content": [
                    "application/json": ["schema": OpenAPISchemas.reference(endpoint.request ?? "AnyObject")]
                ]
            ]
        case .events:
            return [
                "required": true,
                "description":
                    "Structured mode, batch mode, or binary mode: the attributes as ce- headers and the data as the body.",
                "content": [
                    "application/cloudevents+json": ["schema": OpenAPISchemas.reference("CloudEvent")],
                    "application/cloudevents-batch+json": [
                        "schema": [
                            "type": "array", "maxItems": 1000, "items": OpenAPISchemas.reference("CloudEvent"),
                        ]
                    ],
                    "application/json": ["schema": OpenAPISchemas.reference("AnyObject")],
                ],
            ]
        }
    }

    private static func responses(_ endpoint: Endpoint) -> JSONValue {
        var responses = JSONObject()
        for answer in endpoint.answers {
            let key = String(answer.status)
            guard answer.status != 204 else {
                responses[key] = ["description": .string(endpoint.summary)]
                continue
            }
            var content = responses[key]?["content"]?.objectValue ?? JSONObject()
            content[answer.mediaType] = [
                "schema": answer.schema.map(OpenAPISchemas.reference) ?? ["type": "string"]
            ]
            responses[key] = ["description": .string(endpoint.summary), "content": .object(content)]
        }
        let problem: JSONValue = ["$ref": "#/components/responses/Problem"]
        if endpoint.answers.isEmpty { responses["501"] = problem }
        for status in expectedRefusals(endpoint) { responses[String(status)] = problem }
        responses["default"] = problem
        return .object(responses)
    }

    /// The refusals a caller has to reckon with; any other is in `default`.
    private static func expectedRefusals(_ endpoint: Endpoint) -> [Int] {
        var statuses: [Int] = []
        if endpoint.access != .open && endpoint.access != .loopback { statuses += [401, 429] }
        switch endpoint.access {
        case .scopes, .scopesOnceVisible, .scopesOrLead: statuses.append(403)
        case .open, .loopback, .anyToken: break
        }
        if !endpoint.queries.isEmpty || endpoint.body == .json || endpoint.body == .events { statuses.append(400) }
        if endpoint.path.contains("{") { statuses.append(404) }
        if endpoint.body == .json || endpoint.body == .events { statuses += [413, 415, 422] }
        return (statuses + endpoint.refusals).sorted()
    }
}
