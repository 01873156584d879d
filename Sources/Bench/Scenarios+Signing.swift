import CloudEvents
import Foundation

extension Scenarios {
    /// The plain scenario, with its floor.
    func signOverFloor() throws -> Measurement {
        let result = try floor?.run("sign.sql", clients: 64)
        var line = try sign(as: "sign-64", what: "sign, one duty a request, answered after commit")
        line.goal = Goal(rate: 10_000)
        line.floor = result
        return line
    }

    /// One signature a request.
    func sign(as name: String, what: String) throws -> Measurement {
        var line = Measurement(name, what, unit: "signatures")
        // Enough duties for twice the goal.
        let wanted = Int((seconds + 1) * 20_000)
        var duties = try unsignedDuties(
            events: max(100, wanted / max(1, shape.withDuty.count)), limit: wanted)
        let before = try dutyTable()
        line = try profiled(line.name, when: name == "sign-64") {
            try measure(&line) {
                try load(64, warmUp: 1).run(next: { buffer in
                    guard let duty = duties.popLast() else { return false }
                    buffer.append(contentsOf: duty.before)
                    buffer.append(contentsOf: duty.id.utf8)
                    buffer.append(contentsOf: duty.after)
                    return true
                })
            }
            return line
        }
        line.duties = (before, try dutyTable())
        return line
    }

    /// A duty to be signed, and its officer's request around its number.
    private struct Unsigned {
        var id: String
        var before: [UInt8]
        var after: [UInt8]
    }

    /// Publishes events and gives their duties.
    private func unsignedDuties(events: Int, limit: Int) throws -> [Unsigned] {
        var found: [Unsigned] = []
        var requests: [String: (before: [UInt8], after: [UInt8])] = [:]
        let mark = "/v1/duties/*/sign"
        for recipient in shape.withDuty {
            let whole = try hub.officerRequests(of: recipient.unit).post(mark, body: Array("{}".utf8))
            guard let star = whole.firstIndex(of: UInt8(ascii: "*")) else { continue }
            requests[recipient.unit] = (Array(whole[..<star]), Array(whole[(star + 1)...]))
        }
        var preparing = load(8, warmUp: 0)
        preparing.seconds = 120
        let result = try preparing.run(
            next: try batches("sign", limit: events),
            answered: { body in
                Self.duties(in: body) { unit, duty in
                    guard found.count < limit, let request = requests[unit] else { return }
                    found.append(Unsigned(id: duty, before: request.before, after: request.after))
                }
            })
        try result.check("preparing duties")
        return found.shuffled()
    }

    private static let unitMark = Array("{\"unit\":\"".utf8)
    private static let dutyMark = Array("\"dutyId\":".utf8)

    /// The duties of receipts with their units, read by their marks: parsing
    /// hundreds of megabytes of receipts would take longer than the run.
    private static func duties(in body: UnsafeRawBufferPointer, _ take: (_ unit: String, _ duty: String) -> Void) {
        var position = 0
        while let unit = ByteSearch.find(unitMark, in: body, from: position) {
            guard let duty = ByteSearch.find(dutyMark, in: body, from: unit) else { break }
            position = duty + dutyMark.count
            // A recipient that is merely informed has null here.
            if body[position] == UInt8(ascii: "\"") {
                take(
                    ByteSearch.text(in: body, at: unit + unitMark.count), ByteSearch.text(in: body, at: position + 1))
            }
        }
    }

    /// Whole events: published in batches, fetched by all recipients, signed in bulk.
    func coordinated() throws -> Measurement {
        var line = Measurement(
            "coordinated-steady", "batch publish, fetch 100, bulk sign; an event counts when all is done",
            unit: "events")
        line.goal = Goal(rate: 6_000, aim: 10_000, shareOfFloor: 0.5)
        line.floor = try floor?.run("steady.sql", clients: 8, events: 100)
        let before = try dutyTable()
        let run = try SteadyRun(hub: hub, shape: shape, publisher: publisher, template: template("steady"))
        try measure(&line) { try run.run(warmUp: 2, seconds: seconds) }
        line.duties = (before, try dutyTable())
        return line
    }
}
