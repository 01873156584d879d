/// Every code an answer can bear, with its HTTP status, both texts and what to
/// do about it. The page of codes and the OpenAPI document are made from it.
package struct ProblemKind: Sendable, Hashable {
    package let code: String
    package let status: Int
    package let title: String
    package let titleZh: String
    /// What the caller should do.
    package let advice: String
    package let adviceZh: String
}

package enum ProblemCatalogue {
    /// The kind with a code; `internal` for one that is not listed.
    package static func kind(_ code: String) -> ProblemKind {
        byCode[code] ?? byCode["internal"] ?? all[0]
    }

    private static let byCode = Dictionary(all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

    /// All codes, by status.
    package static let all: [ProblemKind] = rows.map { row in
        ProblemKind(
            code: row.0, status: row.1, title: row.2, titleZh: row.3, advice: row.4, adviceZh: row.5)
    }

    private static let mend = ("mend the input and send it again", "请改正后重新报送")
    private static let again = ("send the same request again later", "请稍后原样重发")

    private static let rows: [(String, Int, String, String, String, String)] = [
        ("bad-json", 400, "the body is not valid JSON", "请求体不是有效的JSON", mend.0, mend.1),
        ("not-utf-8", 400, "the body is not UTF-8", "请求体不是UTF-8编码", "convert the text to UTF-8", "请转为UTF-8编码后重发"),
        ("bad-envelope", 400, "the body is not a CloudEvent", "请求体不是有效的CloudEvents事件", mend.0, mend.1),
        ("bad-request", 400, "the request is not valid HTTP", "不是有效的HTTP请求", mend.0, mend.1),
        ("bad-query", 400, "a query parameter cannot be read", "查询参数无法识别", mend.0, mend.1),
        ("bad-header", 400, "a header cannot be read", "请求头无法识别", mend.0, mend.1),
        ("bad-body", 400, "the body is not the JSON object this endpoint takes", "请求体不是本接口所需的JSON对象", mend.0, mend.1),
        (
            "unauthorised", 401, "a valid token is needed", "需要有效的令牌",
            "send Authorization: Bearer with a token that is neither expired nor revoked",
            "请在Authorization头中携带有效的令牌"
        ),
        (
            "scope-missing", 403, "the token does not carry the scope this needs", "令牌没有所需的权限",
            "use a token with that scope", "请使用具有该权限的令牌"
        ),
        (
            "type-not-yours", 403, "this unit does not publish this event type", "本单位无权报送此类事件",
            "see mayPublish in /v1/me", "可报送的类型见/v1/me的mayPublish"
        ),
        (
            "source-not-yours", 403, "the source is not under a prefix of this token", "source不在本令牌的前缀之下",
            "see sources in /v1/me", "可用的前缀见/v1/me的sources"
        ),
        (
            "county-not-yours", 403, "the token belongs to another county", "令牌不属于该县",
            "use a token of that county", "请使用该县的令牌"
        ),
        (
            "not-your-duty", 403, "the duty belongs to another unit", "该交办事项不属于本单位", "let that unit act",
            "请由承办单位操作"
        ),
        (
            "verifier-is-handler", 403, "who completed a duty may not verify it", "核验人不得是办理人",
            "let another person verify", "请由他人核验"
        ),
        (
            "person-needed", 403, "this act needs a person's token", "此操作须由本人令牌进行", "use an officer's token",
            "请使用经办人本人的令牌"
        ),
        (
            "officer-not-in-office", 403, "the officer of this token is not in office today", "令牌的经办人目前不在任",
            "see GET /v1/officers, or register the officer with PUT /v1/officers", "请核对登记的经办人，或由管理员登记"
        ),
        (
            "approval-required", 403, "opening this data needs an approval in force", "查阅此类信息须先经审批",
            "ask an approver of the unit", "请向本单位审批人申请"
        ),
        (
            "not-your-event", 403, "who else received an event is shown to its publisher, its lead and the secretariat",
            "其他收件单位仅报送单位、牵头单位和联席会议办公室可见", "ask the lead unit", "如需了解，请联系牵头单位"
        ),
        (
            "not-for-you", 403, "nothing in this event may be shown to this unit", "本事件没有可向本单位开放的信息",
            "ask the lead unit if the duty needs it", "如办理确需，请联系牵头单位"
        ),
        (
            "erased", 410, "the personal part of this event was erased", "该事件的个人信息已按期销毁",
            "nothing can be shown any more", "无法再查阅"
        ),
        (
            "no-such-endpoint", 404, "there is no such path", "没有此接口", "see /openapi.json", "接口清单见/openapi.json"
        ),
        (
            "no-such-command", 404, "there is no such command", "没有此操作", "see the commands of a duty",
            "可用的操作见交办事项的allowed"
        ),
        ("not-found", 404, "there is nothing here that you may see", "不存在，或您无权查看", "check the id", "请核对编号"),
        (
            "method-not-allowed", 405, "the path does not take this method", "该接口不支持此方法", "see the Allow header",
            "可用的方法见Allow头"
        ),
        (
            "request-timeout", 408, "the request did not come to its end in time", "请求未在时限内发送完毕",
            "send the same request again", "请原样重发"
        ),
        (
            "event-id-reused", 409, "this id was used for another content", "该事件编号已用于其他内容",
            "a corrected event needs a new id", "更正的事件请使用新的编号"
        ),
        (
            "illegal-transition", 409, "the duty's state does not allow this command", "当前状态不允许此操作",
            "see what is allowed", "可用的操作见allowed"
        ),
        (
            "stale-version", 412, "the duty has changed since you read it", "该交办事项已有变化", "read it again",
            "请重新读取后再操作"
        ),
        ("body-too-large", 413, "the body is too large", "请求体过大", "split it", "请拆分后报送"),
        (
            "batch-too-large", 413, "a batch holds at most 1,000 events", "一批最多1000个事件", "split the batch",
            "请拆分后报送"
        ),
        (
            "uri-too-long", 414, "the path with its query is too long", "请求地址过长", "name fewer or shorter parameters",
            "请减少或缩短参数"
        ),
        (
            "unsupported-media-type", 415, "the content type or encoding is not supported", "不支持的内容类型或压缩方式",
            "send CloudEvents or JSON, uncompressed", "请以CloudEvents或JSON格式、不压缩报送"
        ),
        ("invalid", 422, "the content has faults", "内容有误", mend.0, mend.1),
        (
            "unknown-type", 422, "there is no such event type", "没有此事件类型", "see /v1/contracts",
            "事件类型见/v1/contracts"
        ),
        (
            "unknown-county", 422, "no county has this code at that time", "该时间没有使用此代码的县", "check county and time",
            "请核对county与time"
        ),
        (
            "time-without-offset", 422, "the time lacks its offset", "时间缺少时区", "add +08:00", "请加上+08:00"
        ),
        (
            "attribute-reserved", 422, "an attribute that the hub sets was sent", "报送了由系统设置的属性",
            "leave it out", "请去掉该属性"
        ),
        (
            "unknown-attribute", 422, "an attribute is not known", "有未知的属性", "leave it out", "请去掉该属性"
        ),
        ("unknown-case", 422, "there is no such case that this unit takes part in", "没有本单位参与的此个案", mend.0, mend.1),
        ("unknown-cause", 422, "there is no such event that this unit knows", "没有本单位知悉的此事件", mend.0, mend.1),
        (
            "unknown-officer", 422, "no registered officer of this unit is named", "未写明本单位已登记的经办人",
            "name one of GET /v1/officers, or register the officer with PUT /v1/officers", "请填写已登记的经办人，或先行登记"
        ),
        (
            "paused", 409, "the consumer is paused", "该消费者已暂停", "let it go on with POST …/resume", "请先用POST …/resume恢复"
        ),
        (
            "sweeps-held", 409, "the operator holds reminders and escalations for the time being", "运行人员已暂停催办督办",
            "wait until heldUntil, or try it out with dryRun", "请待heldUntil之后，或用dryRun试算"
        ),
        (
            "too-many-consumers", 409, "the unit has as many consumers as it may have", "本单位的消费者数量已达上限",
            "remove one that is not used, or share one among workers", "请删除不用的消费者，或由多个处理程序共用一个"
        ),
        (
            "start-is-fixed", 409, "a consumer that is there does not begin elsewhere", "已有的消费者不能更改起点",
            "leave start out, or make a consumer of another name", "请去掉start，或另设消费者"
        ),
        (
            "idempotency-key-reused", 422, "this Idempotency-Key was used for another request", "该幂等键已用于其他请求",
            "use a new key", "请使用新的幂等键"
        ),
        (
            "unsupported-filter", 422, "this combination of filters is not supported", "不支持此筛选组合",
            "name fewer filters", "请减少筛选条件"
        ),
        (
            "as-of-in-future", 422, "asOf lies ahead of the clock", "asOf晚于当前时间",
            "use dryRun, or a sandbox county", "请用试算，或在演示县进行"
        ),
        (
            "not-a-sandbox", 422, "this is no demonstration county; its clock is the database's", "本县不是演示县，时钟不可移动",
            "use a token of a demonstration county", "请使用演示县的令牌"
        ),
        (
            "partly-refused", 422, "some events of the batch were refused; the others are stored", "部分事件被拒收，其余已入库",
            mend.0, mend.1
        ),
        (
            "rate-limited", 429, "this unit sends faster than its rate", "请求过于频繁",
            "wait as Retry-After says", "请按Retry-After等待"
        ),
        (
            "too-much-at-once", 429, "this unit has too much under way at once", "本单位同时进行的请求过多",
            "end some of it, or wait as Retry-After says", "请减少同时进行的请求，或按Retry-After等待"
        ),
        (
            "header-too-large", 431, "the header fields are too large", "请求头过大", "send fewer or shorter headers",
            "请减少请求头"
        ),
        ("internal", 500, "the hub failed", "系统内部错误", "report the request id", "请向管理员提供请求编号"),
        (
            "sealed-part-altered", 500, "the sealed part of this event was altered and is not shown",
            "该事件的密封信息已被改动，不予显示", "report the request id; the auditor must look into it",
            "请向管理员提供请求编号，须由审计人员查明"
        ),
        (
            "not-yet", 501, "this hub does not offer this yet", "本系统尚未提供此功能", "see the documentation",
            "请见接口文档"
        ),
        (
            "schema-not-current", 503, "the database does not have this program's schema", "数据库结构不是最新",
            "run liankong migrate", "请先运行liankong migrate"
        ),
        (
            "key-not-held", 503, "this hub's key file does not hold the key of this event", "本系统的密钥文件中没有该事件的密钥",
            "have the operator restore the key file", "请运行人员恢复密钥文件"
        ),
        ("database-unavailable", 503, "the database cannot be reached", "数据库暂不可用", again.0, again.1),
        (
            "outcome-unknown", 503, "the connection was lost at the commit", "提交时连接中断，结果未知",
            "send the same request again: it is safe", "请原样重发，不会重复"
        ),
        (
            "maintenance", 503, "the hub answers reads only, for maintenance", "系统维护中，仅可查询",
            "send the same request again when Retry-After has passed", "请在Retry-After之后原样重发"
        ),
        ("overloaded", 503, "the hub has more work than it can take", "系统繁忙", again.0, again.1),
        ("shutting-down", 503, "the hub is stopping", "系统正在停机", again.0, again.1),
    ]
}
