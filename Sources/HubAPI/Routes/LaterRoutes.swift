import Hub

/// What the contract names and a later part of the work brings: it answers
/// `not-yet`, so that a client can tell it from a path that does not exist.
enum LaterRoutes {
    static var endpoints: [Endpoint] { webhooks + cases + evidence + approvals + reports }

    private static let webhooks: [Endpoint] = [
        .later("GET", "/v1/webhooks", .scopes([.receive]), "Webhooks", "推送"),
        .later("PUT", "/v1/webhooks/{name}", .scopes([.receive]), "Make or change a webhook", "设置推送"),
        .later("GET", "/v1/webhooks/{name}", .scopes([.receive]), "A webhook", "推送状态"),
        .later("DELETE", "/v1/webhooks/{name}", .scopes([.receive]), "Remove a webhook", "删除推送"),
        .later("GET", "/v1/webhooks/{name}/attempts", .scopes([.receive]), "Attempts", "推送记录"),
        .later("POST", "/v1/webhooks/{name}/test", .scopes([.receive]), "Send a test", "测试推送"),
        .later("POST", "/v1/webhooks/{name}/redrive", .scopes([.receive]), "Push again", "重新推送"),
    ]

    private static let cases: [Endpoint] = [
        .later("POST", "/v1/cases/{caseId}/close", .anyToken, "Close a case", "个案销号"),
        .later("POST", "/v1/cases/{caseId}/reopen", .anyToken, "Reopen a case", "重开个案"),
        .later("POST", "/v1/cases/{caseId}/link", .anyToken, "Link cases", "关联个案"),
    ]

    private static let evidence: [Endpoint] = [
        .later("POST", "/v1/evidence", .scopes([.handle]), "Store evidence", "上传佐证材料"),
        .later("GET", "/v1/evidence/{ref}", .scopes([.handle]), "Read evidence", "查看佐证材料"),
    ]

    private static let approvals: [Endpoint] = [
        .later("GET", "/v1/approvals", .scopes([.handle, .approve]), "Approvals of the own unit", "查阅审批"),
        .later("POST", "/v1/approvals", .scopes([.handle]), "Ask for an approval", "申请查阅审批"),
        .later("POST", "/v1/approvals/{id}/grant", .scopes([.approve]), "Grant an approval", "批准查阅"),
        .later("POST", "/v1/approvals/{id}/refuse", .scopes([.approve]), "Refuse an approval", "不予批准"),
    ]

    private static let reports: [Endpoint] = [
        .later(
            "GET", "/v1/reports/monthly", .scopes([.secretariat, .convene, .supervise]), "The monthly report", "月报"),
        .later("GET", "/v1/audit/blocks", .scopes([.audit]), "The blocks of the audit chain", "审计链"),
    ]
}
