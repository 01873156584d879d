import CloudEvents
import Coordination

extension OpenAPISchemas {
    /// A refusal or failure: the members of RFC 9457, and beside them those that
    /// only some codes have.
    static let problem: JSONValue = {
        let members: JSONObject = [
            "type": text, "title": text, "status": ["type": "integer"], "detail": text, "instance": text,
            "code": choice(ProblemCatalogue.all.map(\.code)), "requestId": text,
        ]
        var all = members
        for (name, schema) in ofSomeCodes { all[name] = schema }
        return object(all, optional: Set(ofSomeCodes.map(\.key)))
    }()

    private static let ofSomeCodes: JSONObject = [
        "errors": said(list(reference("Fault")), "Every fault of the input."),
        "needs": said(texts, "scope-missing: one of these scopes would do."),
        "sources": said(texts, "source-not-yours: the prefixes of this token."),
        "allow": said(text, "method-not-allowed: the methods of the path, as in the header Allow."),
        "contentHash": said(text, "event-id-reused: the content that was sent first."),
        "position": said(position, "event-id-reused: the event that has this id."),
        "state": said(dutyState, "illegal-transition: the state the duty is in."),
        "stateZh": said(text, "illegal-transition: the same in Chinese."),
        "allowed": said(texts, "illegal-transition: the commands that the state allows."),
        "version": said(count, "illegal-transition, stale-version: the version of the duty."),
        "classes": said(texts, "approval-required: the classes of data that need an approval."),
        "approvers": said(
            list(object(["id": text, "name": text])), "approval-required: the unit's officers who can approve."),
        "accepted": said(count, "partly-refused: how many events were stored."),
        "duplicates": said(count, "partly-refused: how many had been stored before."),
        "rejected": said(count, "partly-refused: how many were refused."),
        "results": said(results, "partly-refused: the answer to each event, in the order sent."),
    ]

    /// One answer to each event of a batch.
    static let results: JSONValue = list(
        object(
            ["status": ["type": "integer"], "receipt": anyObject, "problem": reference("Problem")],
            optional: ["receipt", "problem"]))

    private static func said(_ schema: JSONValue, _ description: String) -> JSONValue {
        guard case .object(var object) = schema else { return schema }
        object["description"] = .string(description)
        return .object(object)
    }
}
