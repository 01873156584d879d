import CloudEvents

extension OpenAPISchemas {
    /// Duties and the commands on them.
    static let duties: JSONObject = [
        "AllowedCommand": object([
            "command": text, "commandZh": text, "required": texts, "optional": texts, "outcomes": texts,
        ]),
        "HistoryEntry": object([
            "at": instant, "by": text, "officer": nullableText, "command": text, "from": text, "to": text,
            "note": nullableText, "detail": anyObject,
        ]),
        "Duty": object([
            "id": position, "county": text, "unit": text, "unitName": text, "unitNameEn": text, "role": role,
            "alsoRoles": list(role), "planRole": planRole, "state": dutyState, "stateZh": text, "version": count,
            "event": position, "type": text, "publisher": text, "officer": nullableText, "caseId": caseID,
            "clause": nullableText, "sentence": text, "rule": text, "policyVersion": text, "priority": text,
            "createdAt": instant, "signBy": nullableInstant, "settleBy": nullableInstant, "provisional": flag,
            "milestones": list(reference("Milestone")), "overdue": texts, "signedAt": nullableInstant,
            "signedBy": nullableText, "acceptedAt": nullableInstant, "startedAt": nullableInstant,
            "completedAt": nullableInstant, "completedBy": nullableText, "outcome": nullableText,
            "verifier": nullableText, "needsCompletion": flag, "ladder": nullableText, "step": ["type": "integer"],
            "reminders": count, "reworks": count, "supervision": text, "returns": count, "extensions": count,
            "pending": nullableText, "endedAt": nullableInstant, "allowed": list(reference("AllowedCommand")),
            "history": list(reference("HistoryEntry")),
        ]),
        "DutyList": page(reference("Duty")),
        "DutyCommand": object(
            [
                "officer": text, "note": text, "reason": text, "legalBasis": text, "suggestedUnit": text,
                "outcome": text, "evidence": list(text), "unit": text, "milestone": text, "until": instant,
                "role": role, "missing": text, "signedAt": instant, "paper": flag,
            ],
            optional: [
                "officer", "note", "reason", "legalBasis", "suggestedUnit", "outcome", "evidence", "unit", "milestone",
                "until", "role", "missing", "signedAt", "paper",
            ]),
        "BulkSignature": object(
            ["dutyIds": ["type": "array", "maxItems": 1000, "items": position], "officer": text],
            optional: ["officer"]),
        "BulkSignatureResults": object([
            "results": list(
                object(
                    [
                        "dutyId": text, "status": ["type": "integer"], "duty": reference("Duty"),
                        "problem": reference("Problem"),
                    ], optional: ["duty", "problem"]))
        ]),
    ]

    /// Personal data, the board, sweeps and the process itself.
    static let operation: JSONObject = [
        "Opening": object(
            ["purpose": ["type": "string", "minLength": 1, "maxLength": 500], "emergency": flag],
            optional: ["emergency"]),
        "Opened": object(
            [
                "position": position, "data": anyObject, "approvalRequired": texts,
                "approvers": list(object(["id": text, "name": text])),
            ], optional: ["approvers"]),
        "AccessLog": page(
            object([
                "at": instant, "unit": text, "officer": nullableText, "token": text, "position": position,
                "purpose": nullableText, "outcome": choice(["granted", "refused"]), "code": nullableText,
            ])),
        "BoardRow": object([
            "unit": text, "unitName": text, "type": text, "typeName": nullableText, "open": count, "unsigned": count,
            "overdueByStep": ["type": "object", "additionalProperties": count], "signed": count, "settled": count,
            "meanTimeToSign": nullableText, "meanTimeToSettle": nullableText,
        ]),
        "Board": object([
            "asOf": instant, "items": list(reference("BoardRow")),
            "next": [
                "type": "null",
                "description": "Always null: the board comes whole and takes neither limit nor cursor.",
            ],
        ]),
        "SweepRequest": object(["asOf": nullableInstant, "dryRun": flag], optional: ["asOf", "dryRun"]),
        "Sweep": object([
            "asOf": instant, "stepsFired": count, "collapsed": count, "spawned": count, "drafts": count,
            "byUnit": ["type": "object", "additionalProperties": count],
        ]),
        "SandboxClock": object(["now": instant]),
        "Health": object(
            ["status": text, "mode": choice(["read-write", "partly-read-only", "read-only"])], optional: ["mode"]),
    ]
}
