import CloudEvents

extension OpenAPISchemas {
    /// Events, receipts, the feed and cases.
    static let events: JSONObject = [
        "CloudEvent": [
            "type": "object",
            "required": ["specversion", "id", "source", "type"],
            "properties": [
                "specversion": ["const": "1.0"],
                "id": ["type": "string", "minLength": 1, "maxLength": 128],
                "source": ["type": "string", "minLength": 1],
                "type": ["type": "string", "minLength": 1],
                "time": instant, "subject": text, "datacontenttype": text, "dataschema": text, "data": [:],
                "data_base64": text,
            ],
            "additionalProperties": ["type": ["string", "integer", "boolean"]],
        ],
        "Milestone": object([
            "name": text, "due": nullableInstant, "basis": nullableText, "basisZh": nullableText, "provisional": flag,
            "met": nullableInstant, "explanation": text, "explanationZh": text,
        ]),
        "Recipient": object([
            "unit": text, "unitName": text, "role": role, "alsoRoles": list(role), "planRole": planRole,
            "dutyId": nullablePosition, "joined": flag, "signBy": nullableInstant, "settleBy": nullableInstant,
            "milestones": list(reference("Milestone")), "provisional": flag, "sentence": text, "rule": text,
        ]),
        "Receipt": object(receipt),
        "BatchResults": object([
            "accepted": count, "duplicates": count, "rejected": count, "results": results,
        ]),
        "ReceiptOrBatchResults": ["anyOf": [reference("Receipt"), reference("BatchResults")]],
        "DryRun": object(dryRun),
        "DryRunOrBatchResults": ["anyOf": [reference("DryRun"), reference("BatchResults")]],
        "ExplanationStep": object([
            "rule": text, "sentence": text, "matched": flag, "unit": nullableText, "because": text, "becauseZh": text,
        ]),
        "Explanation": object([
            "position": position, "policyVersion": text, "explanation": list(reference("ExplanationStep")),
        ]),
        "ShownEvent": object([
            "position": position, "recordedAt": instant, "status": eventStatus, "role": text,
            "event": reference("CloudEvent"),
        ]),
        "EventList": page(reference("ShownEvent")),
        "EventDuties": object([
            "items": list(
                object([
                    "dutyId": position, "unit": text, "unitName": text, "role": role, "planRole": planRole,
                    "state": dutyState, "signBy": nullableInstant, "signedAt": nullableInstant,
                    "settleBy": nullableInstant, "settledAt": nullableInstant, "overdue": texts,
                ]))
        ]),
        "FeedItem": object(
            [
                "kind": choice(["delivery", "duty", "reset"]), "cursor": position, "role": role,
                "dutyId": nullablePosition, "event": reference("CloudEvent"),
                "duty": object([
                    "id": position, "unit": text, "version": count, "from": text, "to": text, "command": text,
                    "at": instant,
                ]),
            ], optional: ["role", "dutyId", "event", "duty"]),
        "FeedPage": object(["items": list(reference("FeedItem")), "next": position]),
        "Case": object([
            "caseId": text, "kind": text, "state": choice(["open", "closed"]), "openedAt": instant,
            "closedAt": nullableInstant, "items": list(anyObject), "next": nullableText,
        ]),
    ]

    private static let receipt: JSONObject = [
        "position": position, "source": text, "id": text, "type": text, "caseId": caseID, "policyVersion": text,
        "recordedAt": instant, "contentHash": ["type": "string", "pattern": "^[0-9a-f]{64}$"], "duplicate": flag,
        "status": eventStatus, "clause": nullableText, "recipients": list(reference("Recipient")),
        "warnings": list(reference("Warning")), "links": anyObject,
    ]

    private static let dryRun: JSONObject = {
        var shape = receipt
        // What only storing gives.
        shape["position"] = nullablePosition
        shape["contentHash"] = nullableText
        shape["links"] = ["type": ["object", "null"]]
        shape["wouldBe"] = ["type": "integer"]
        shape["explanation"] = list(reference("ExplanationStep"))
        return shape
    }()
}
