import CloudEvents
import Hub

extension Endpoint {
    /// Everything the API does: the router, the table of who may call what and
    /// the OpenAPI document are all made of this.
    package static func all(_ services: HubServices) -> [Endpoint] {
        let api =
            PublishRoutes(services: services).endpoints + PrivacyRoutes(services: services).endpoints
            + FeedRoutes(services: services).endpoints + DutyRoutes(services: services).endpoints
            + CaseRoutes(services: services).endpoints + IdentityRoutes(services: services).endpoints
            + ContractRoutes(services: services).endpoints + DirectoryRoutes(services: services).endpoints
            + OperationRoutes(services: services).endpoints + ConsumerRoutes(services: services).endpoints
            + LaterRoutes.endpoints
        let own = DocumentationRoutes(table: []).endpoints
        return api + DocumentationRoutes(table: api + own).endpoints
    }
}

/// The pages about the API, generated from its table. They load nothing from
/// elsewhere.
struct DocumentationRoutes: Sendable {
    /// The endpoints that are described.
    let table: [Endpoint]

    var endpoints: [Endpoint] {
        let table = table
        return [
            Endpoint(
                "GET", "/openapi.json", .open, "This API as an OpenAPI 3.1 document", "接口描述（OpenAPI 3.1）",
                answers: [Endpoint.Answer(200, "AnyObject")],
                handle: { _ in .document(OpenAPIDocument.made(from: table), type: "application/json; charset=utf-8") }),
            Endpoint(
                "GET", "/docs", .open, "Who may call what", "接口与权限对照表",
                answers: [Endpoint.Answer(200, nil, as: "text/html")],
                handle: { _ in .html(AccessPage.html(table)) }),
            Endpoint(
                "GET", "/errors", .open, "Every code with its meaning and what to do", "错误代码一览",
                requestHeaders: ["Accept"],
                answers: [Endpoint.Answer(200, nil, as: "text/html"), Endpoint.Answer(200, "AnyObject")],
                handle: { request in
                    request.accept.prefers("application/json", over: "text/html")
                        ? .json(ErrorsPage.json) : .html(ErrorsPage.html)
                }),
        ]
    }
}
