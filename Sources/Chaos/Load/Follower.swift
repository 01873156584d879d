import HubClient

/// Follows a unit's log as a client does, from hub to hub, each time with the
/// cursor the one before ended with.
struct Follower: Sendable {
    enum Mode: String, Sendable, CaseIterable {
        case longPoll = "poll"
        case stream
    }

    let unit: String
    let mode: Mode
    let speaker: Speaker
    let ledger: Ledger

    /// Its name in the ledger.
    var name: String { "\(unit) \(mode.rawValue)" }

    static let units = ["edu-sports", "hrss"]

    /// Follows from the beginning until it is cancelled.
    func follow() async {
        var cursor = "0"
        var turn = unit.count
        while !Task.isCancelled {
            let asked = ContinuousClock.now
            do {
                switch mode {
                case .longPoll: try await poll(&cursor, turn)
                case .stream: try await stream(&cursor, turn)
                }
            } catch let error as HubClientError {
                if error.isTransient {
                    ledger.note(
                        repetition: error, of: mode.rawValue, atHub: turn % speaker.clients.count,
                        after: asked.duration(to: .now))
                } else {
                    ledger.find("\(name): \(error)")
                }
                try? await Task.sleep(for: .milliseconds(100))
            } catch {
                try? await Task.sleep(for: .milliseconds(100))
            }
            turn += 1
        }
    }

    private func poll(_ cursor: inout String, _ turn: Int) async throws {
        let page = try await speaker.clients[turn % speaker.clients.count]
            .feed(from: .after(cursor), limit: 200, wait: .seconds(2))
        keep(page.items)
        cursor = page.next
    }

    /// Takes a portion of a stream, then goes on at another hub.
    private func stream(_ cursor: inout String, _ turn: Int) async throws {
        let start = HubFeedStart.after(cursor)
        var taken = 0
        for try await item in speaker.clients[turn % speaker.clients.count].stream(from: start) {
            keep([item])
            cursor = item.cursor
            taken += 1
            if taken >= 500 { return }
        }
    }

    private func keep(_ items: [HubFeedItem]) {
        let cursors = items.compactMap { Int64($0.cursor) }
        if items.contains(where: { $0.kind == "reset" }) || cursors.count < items.count {
            ledger.find("\(name): a reset, though its cursor came from the hub")
        }
        if !cursors.isEmpty { ledger.keep(cursors: cursors, of: name) }
    }
}
