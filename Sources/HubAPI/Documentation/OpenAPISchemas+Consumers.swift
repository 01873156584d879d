import CloudEvents
import Store

extension OpenAPISchemas {
    /// Leased consumers.
    static let consumers: JSONObject = [
        "ConsumerSettings": object(settings, optional: Set(settings.keys)),
        "Consumer": object([
            "name": text, "filter": nullableText, "types": texts, "start": start, "lease": text,
            "maxAttempts": count, "maxInFlight": count, "ordering": ordering, "paused": flag,
            "waiting": [
                "type": "integer", "minimum": 0,
                "description": "What waits, before the filter, counted up to 100,000 of what nobody has looked at.",
            ],
            "inFlight": count, "dead": count, "filterErrors": count,
        ]),
        "ConsumerList": page(reference("Consumer")),
        "FetchRequest": object(
            ["limit": ["type": "integer", "minimum": 1, "maximum": 500], "wait": text], optional: ["limit", "wait"]),
        "Fetched": object([
            "deliveries": list(
                object([
                    "deliveryId": position, "leaseId": text, "attempt": count, "leaseUntil": instant, "role": role,
                    "dutyId": nullablePosition, "event": reference("CloudEvent"),
                ]))
        ]),
        "Acknowledgement": object(["deliveries": held]),
        "Return": object(["deliveries": held, "delay": text, "reason": text], optional: ["delay", "reason"]),
        "Settled": object([
            "results": list(
                object([
                    "deliveryId": text,
                    "result": choice(["acked", "nacked", "extended", "already-acked", "stale", "unknown"]),
                ]))
        ]),
        "DeadDeliveries": page(
            object([
                "deliveryId": position, "attempt": count, "reason": nullableText,
                "role": ["oneOf": [role, ["type": "null"]]], "dutyId": nullablePosition,
                "event": ["oneOf": [reference("CloudEvent"), ["type": "null"]]],
            ])),
        "Redrive": object(["deliveries": list(position), "after": position], optional: ["deliveries", "after"]),
        "Redriven": object([
            "redriven": count,
            "next": [
                "type": ["string", "null"],
                "description": "Where to go on, as `after`, when one answer did not hold all of it.",
            ],
        ]),
    ]

    private static let ordering = choice(ConsumerRecord.Ordering.allCases.map(\.rawValue))

    private static let start: JSONValue = [
        "description": "Where a new consumer begins.",
        "oneOf": [
            choice(["earliest", "latest"]), object(["after": position]), object(["at": instant]),
        ],
    ]

    private static let settings: JSONObject = [
        "filter": nullableText, "types": ["type": ["array", "null"], "items": text], "start": start,
        "lease": ["type": "string", "description": "PT1S to PT12H."],
        "maxAttempts": ["type": "integer", "minimum": 1, "maximum": 100],
        "maxInFlight": ["type": "integer", "minimum": 1, "maximum": 10_000], "ordering": ordering,
    ]

    private static let held = list(object(["deliveryId": text, "leaseId": text]))
}
