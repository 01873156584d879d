package import CloudEvents

/// The sample reports of `deploy/mengjin/samples`, as they are or changed.
package enum Sample: String, CaseIterable, Sendable {
    case childLabour = "01-illegal-child-labour"
    case assistance = "02-assistance-referral"
    case internetCafe = "03-internet-cafe-minors"
    case absence = "04-three-day-absence"

    /// The unit whose report it is.
    package var publisher: String {
        switch self {
        case .childLabour: "jm-office"
        case .assistance: "town:410322102"
        case .internetCafe: "psb"
        case .absence: "school:3141990002"
        }
    }

    /// The sample as a CloudEvent in structured form.
    ///
    /// - Parameters:
    ///   - id: instead of its own.
    ///   - time: when it happened, instead of its own.
    ///   - change: changes the data.
    package func event(
        id: String? = nil, time: String? = nil, _ change: (inout JSONObject) -> Void = { _ in }
    ) throws -> JSONValue {
        let text = try Repository.text("deploy/mengjin/samples/\(rawValue).json")
        guard case .object(var event) = try JSONReader.read(Array(text.utf8)).get(),
            case .object(var data)? = event["data"]
        else { throw NeverTrue(description: "\(rawValue).json is an event") }
        if let id { event["id"] = .string(id) }
        if let time { event["time"] = .string(time) }
        change(&data)
        event["data"] = .object(data)
        return .object(event)
    }

    /// A report of child labour about an employer of its own: hrss handles,
    /// edu-sports leads, market-reg, psb and a town assist, and no child is in
    /// danger.
    ///
    /// - Parameters:
    ///   - id: of the event.
    ///   - employer: which employer; the same one makes the same case.
    package static func report(id: String, employer: Int) throws -> JSONValue {
        try childLabour.event(id: id) { data in
            data["uscc"] = nil
            data["employerName"] = .string("演示加工厂\(employer)号")
            data["hazardFlags"] = nil
            data["calledBefore"] = nil
            data["children"] = data["children"]?.arrayValue.map { .array($0.suffix(1)) }
            data["childrenCount"] = 1
        }
    }
}
