import CloudEvents
import HubClient

/// The main job of the hub on the samples, step by step.
///
/// Every step may be repeated: an interrupted story goes on where it stood,
/// and a finished one is told in a line.
struct Story {
    let cast: Cast
    let samples: [Sample]

    /// A duty that nobody signs, whose deadline passes in the story.
    private struct Neglected {
        var unit: String
        var unitName: String
        var duty: String
        var signBy: Timestamp
    }

    /// Plays what has not been played.
    func play() async throws {
        if try await wasPlayed() {
            print("The samples were played before, nothing is repeated. 样例此前已播放，不再重复。")
            return
        }
        let receipts = try await publish()
        let signed = try await sign(receipts)
        guard let neglected = neglected(in: receipts, except: signed) else {
            throw CommandFailure(
                .refused, code: "nothing-unsigned", "every duty of the samples is signed; no deadline can pass",
                "样例的交办事项均已签收，无法演示超期")
        }
        title("3", "Nobody signs in time", "无人按时签收")
        try await pass(neglected, by: 60, say: ("a minute past the deadline", "过时限一分钟"))
        // The ladder's later steps follow within working days; a fortnight
        // passes the draft of a supervision notice in every ladder.
        try await pass(neglected, by: 14 * 86_400, say: ("a fortnight past the deadline", "过时限两周"))
        try await showEnd(of: neglected)
    }

    private func title(_ number: String, _ en: String, _ zh: String) {
        print("\n── \(number) · \(en) \(zh) " + String(repeating: "─", count: max(3, 60 - en.displayWidth)))
    }

    // MARK: - Played before?

    /// Whether every sample is stored and the neglected duty has climbed its
    /// ladder to the end of the story.
    private func wasPlayed() async throws -> Bool {
        for sample in samples {
            let client = try cast.client(of: sample.publisher)
            guard try await client.event(source: sample.event.source, id: sample.event.id) != nil else { return false }
        }
        let officer = try await cast.officer(with: "secretariat")
        var overdue = HubDutyFilter()
        overdue.overdue = "sign"
        let late = try await cast.client(of: officer.id).duties(overdue, limit: 100)
        return late.items.contains { $0.step >= 2 }
    }

    // MARK: - 1

    private func publish() async throws -> [HubReceipt] {
        title("1", "Reports come in, the plan says who acts", "报送事件，按方案派发")
        let me = try await cast.client(of: samples[0].publisher).me()
        print("County 县: \(me["countyName"]?.stringValue ?? "") — DEMONSTRATION 演示数据")
        var receipts: [HubReceipt] = []
        for sample in samples {
            let client = try cast.client(of: sample.publisher)
            let receipt = try await client.publish(structured: sample.bytes)
            print("\n\(sample.name), published by 报送单位 \(sample.publisher)")
            ReceiptText(receipt: receipt).print()
            try await showReasons(of: receipt, through: client)
            receipts.append(receipt)
        }
        return receipts
    }

    private func showReasons(of receipt: HubReceipt, through client: HubClient) async throws {
        let explanation = try await client.explanation(ofEvent: receipt.position)
        for step in explanation["explanation"]?.arrayValue ?? [] where step["matched"]?.boolValue == true {
            print("  ⮡ \(step["becauseZh"]?.stringValue ?? "")")
            print("    \(step["because"]?.stringValue ?? "")")
        }
        for recipient in receipt.recipients where recipient.role == "handling" {
            for milestone in recipient.milestones {
                print(
                    "  ⏱ \(recipient.unitName) \(Words.milestone(milestone.name)): \(milestone.explanationText)")
            }
        }
    }

    // MARK: - 2

    /// Two officers of handling units sign; gives the duties they signed.
    private func sign(_ receipts: [HubReceipt]) async throws -> Set<String> {
        title("2", "Two officers sign", "两名经办人签收")
        var signed: Set<String> = []
        for recipient in receipts.flatMap(\.recipients) where recipient.role == "handling" && signed.count < 2 {
            guard let duty = recipient.dutyID, !signed.contains(duty), let officer = cast.officer(of: recipient.unit)
            else { continue }
            let client = try cast.client(of: officer.id)
            var after = try await client.duty(duty)
            if after.state == "dispatched" { after = try await client.command("sign", duty: duty) }
            print(
                "  \(recipient.unitName): \(officer.name) (\(officer.id)) signed 签收 duty 交办事项 \(duty)"
                    + " → \(Words.state(after.state))")
            signed.insert(duty)
        }
        return signed
    }

    /// The unsigned duty of a handling or assisting unit that is due first.
    private func neglected(in receipts: [HubReceipt], except signed: Set<String>) -> Neglected? {
        receipts.flatMap(\.recipients).compactMap { recipient -> Neglected? in
            guard let duty = recipient.dutyID, !signed.contains(duty), let signBy = recipient.signBy,
                recipient.role == "handling" || recipient.role == "assisting", cast.officer(of: recipient.unit) != nil
            else { return nil }
            return Neglected(unit: recipient.unit, unitName: recipient.unitName, duty: duty, signBy: signBy)
        }.min { ($0.signBy, $0.duty) < ($1.signBy, $1.duty) }
    }

    // MARK: - 3

    /// Moves the clock past a deadline, sweeps, and shows what the duty got.
    private func pass(_ neglected: Neglected, by seconds: Int64, say words: (en: String, zh: String)) async throws {
        let target = neglected.signBy.advanced(bySeconds: seconds)
        let keeper = try await cast.officer(with: "admin")
        let client = try cast.client(of: keeper.id)
        let now = try await client.me()["serverTime"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }
        // An interrupted story may have passed it already; the clock never goes back.
        if now.map({ $0 < target }) ?? true { try await client.moveSandboxClock(to: target) }
        print("\nThe clock moves to 时钟调至 \(target.beijingText) — \(words.en) \(words.zh)")
        SweepText.print(try await client.sweep())
    }

    private func showEnd(of neglected: Neglected) async throws {
        // The drafts are the secretariat's alone, so it is asked.
        let speaker = try await cast.officer(with: "secretariat")
        let duty = try await cast.client(of: speaker.id).duty(neglected.duty)
        title("4", "What became of it", "结果")
        print("as \(speaker.name) (\(speaker.id)) sees it 经办人所见:")
        DutyText(duty: duty).print()
    }
}
