import CloudEvents
import Foundation
import TestSupport
import Testing

@testable import liankong_chaos

/// A few rounds of `deploy/chaos`, over a server and hubs of their own.
struct ChaosTests {
    /// Whatever happens in them, what was answered is stored, once; and a check
    /// that finds nothing is one that finds damage.
    @Test func nothingAnsweredIsLostOrDouble() async throws {
        let seed = UInt64.random(in: 1...999_999)
        let state = FileManager.default.temporaryDirectory.appendingPathComponent("chaos-\(UUID().uuidString)").path
        let programs = try await CommandRun.run("/usr/bin/env", ["pg_config", "--bindir"])
        let run = try await CommandRun.run(
            CommandRun.binary + "-chaos",
            [
                "--rounds", "3", "--seed", String(seed), "--pace", "20", "--longest-stop", "2", "--prove", "--json",
                "--liankong", CommandRun.binary, "--county", Repository.file("deploy/mengjin"), "--state", state,
                "--postgres", programs.output.trimmingCharacters(in: .whitespacesAndNewlines),
            ])
        // After a failure the ledger stays, and the errors say where.
        #expect(run.status == 0, "\(run.errors)")
        guard run.status == 0 else { return }
        try FileManager.default.removeItem(atPath: state)
        let report = try JSONReader.read(Array(run.lastLine.utf8)).get()
        #expect(report["rounds"] == 3 && report["findings"] == 0)
        #expect(report["damageFound"]?.integerValue == Int64(Spoiling.allCases.count))
        for count in ["events", "signatures", "deliveries"] {
            #expect(report[count]?.integerValue ?? 0 > 0, "\(count)")
        }
        #expect(report["seed"]?.stringValue == String(seed))
    }

    @Test func misuseIsToldAndStartsNothing() async throws {
        let run = try await CommandRun.run(CommandRun.binary + "-chaos", ["--faults", "earthquake"])
        #expect(run.status != 0 && run.errors.contains("earthquake"))
        let list = try await CommandRun.run(CommandRun.binary + "-chaos", ["--list"])
        for fault in Fault.allCases { #expect(list.output.contains(fault.rawValue)) }
    }
}

/// What chance decides about a round.
struct RoundPlanTests {
    private static let bounds = RoundPlan.Bounds(faults: Fault.allCases, longestStop: .seconds(30), hubs: 3)

    private static func texts(_ plan: RoundPlan) -> [String] {
        plan.faults.map { "\($0.description) \($0.choice)" } + ["\(plan.calm) \(plan.publishers) \(plan.signers)"]
    }

    @Test func aRoundFollowsFromItsSeedAndNumber() {
        let plans = (1...200).map { RoundPlan(seed: 7, number: $0, bounds: Self.bounds) }
        for plan in plans {
            let again = RoundPlan(seed: 7, number: plan.number, bounds: Self.bounds)
            #expect(Self.texts(plan) == Self.texts(again))
        }
        #expect(Set(plans.map { Self.texts($0).joined() }).count == plans.count)
        let others = (1...200).map { RoundPlan(seed: 8, number: $0, bounds: Self.bounds) }
        #expect(Set(others.map { Self.texts($0).joined() }).isDisjoint(with: plans.map { Self.texts($0).joined() }))
    }

    @Test func everyFaultComesAndOneAtATimeTakesTheServerAway() {
        let plans = (1...500).map { RoundPlan(seed: 1, number: $0, bounds: Self.bounds) }
        #expect(Set(plans.flatMap { $0.faults.map(\.fault) }) == Set(Fault.allCases))
        for plan in plans {
            #expect(!plan.faults.isEmpty)
            let away = plan.faults.filter { $0.fault.takesDatabaseAway && $0.fault != .backendsTerminated }
            #expect(away.count <= 1, "round \(plan.number)")
        }
        #expect(plans.contains { $0.faults.contains { $0.fault == .databaseStopped && $0.length == .seconds(30) } })
    }

    @Test func leavingOutChangesNothingElse() {
        for number in 1...50 {
            let whole = RoundPlan(seed: 3, number: number, bounds: Self.bounds)
            var less = whole
            less.leaveOut([.diskFull])
            #expect(less.faults.map(\.choice) == whole.faults.filter { $0.fault != .diskFull }.map(\.choice))
        }
    }
}

/// What the proxy understands of a connection to the database.
struct WireReaderTests {
    private static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
        [type.asciiValue ?? 0] + length(body.count + 4) + body
    }

    private static func length(_ count: Int) -> [UInt8] {
        [UInt8(count >> 24 & 0xFF), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    }

    private static func texts(_ texts: String...) -> [UInt8] { texts.flatMap { Array($0.utf8) + [0] } }

    /// As the hub's client speaks: a start, a statement prepared and run, and
    /// the same one run again.
    private static let client: [UInt8] =
        length(13) + [0, 3, 0, 0] + texts("user", "")[..<5]
        + message("P", texts("s1", "-- name: admit\nSELECT 1") + [0, 0])
        + message("B", texts("", "s1") + [0, 0, 0, 0, 0, 0]) + message("E", [0, 0, 0, 0, 0]) + message("S", [])
        + message("B", texts("", "s1") + [0, 0, 0, 0, 0, 0]) + message("S", [])

    @Test(arguments: [1, 2, 3, 5, 7, 11, 1000])
    func aClientIsUnderstoodHoweverItsBytesArrive(_ portion: Int) {
        var reader = WireReader(fromClient: true)
        var notes: [WireReader.Note] = []
        var rest = Self.client[...]
        while !rest.isEmpty {
            notes += reader.append(rest.prefix(portion))
            rest = rest.dropFirst(portion)
        }
        #expect(notes == [.sync, .runs("admit"), .sync, .runs("admit"), .sync])
    }

    @Test func theServersReadinessIsCounted() {
        var reader = WireReader(fromClient: false)
        let bytes = Self.message("R", [0, 0, 0, 0]) + Self.message("Z", [0x49]) + Self.message("C", [0x5A, 0])
        #expect(reader.append(bytes[...]) == [.ready])
    }
}

/// What a ledger notices by itself.
struct LedgerTests {
    private static func with(_ body: (Ledger) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try body(try Ledger(file: file))
    }

    @Test func anotherReceiptOfTheSameEventIsFound() throws {
        try Self.with { ledger in
            let receipt = Ledger.Stored(position: 4, duties: ["hrss": 5, "psb": nil])
            ledger.keep(receipt, of: "a")
            ledger.keep(receipt, of: "a")
            #expect(ledger.takeFindings().isEmpty)
            ledger.keep(Ledger.Stored(position: 6, duties: ["hrss": 7, "psb": nil]), of: "a")
            #expect(ledger.takeFindings().count == 1)
        }
    }

    @Test func aDeliveryThatIsDoneIsNotHandedOutAgain() throws {
        try Self.with { ledger in
            let handing = Ledger.Handing(delivery: 9, attempt: 1, askedAt: .now, begin: 0, end: 1)
            #expect(ledger.keep(handings: [handing], of: "c") == [0])
            ledger.keep(result: "acked", to: "ack", of: 9, consumer: "c")
            // A call that was under way may still bring it.
            #expect(ledger.keep(handings: [handing], of: "c") == [1])
            #expect(ledger.takeFindings().isEmpty)
            var later = handing
            later.askedAt = .now
            _ = ledger.keep(handings: [later], of: "c")
            ledger.keep(result: "acked", to: "ack", of: 9, consumer: "c")
            #expect(ledger.takeFindings().count == 2)
        }
    }

    @Test func aLogThatGoesBackIsFound() throws {
        try Self.with { ledger in
            ledger.keep(cursors: [1, 2, 5], of: "f")
            #expect(ledger.takeFindings().isEmpty)
            ledger.keep(cursors: [5], of: "f")
            #expect(ledger.takeFindings().count == 1)
        }
    }
}
