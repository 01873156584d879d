/// A message that came with NOTIFY.
package struct PostgresNotification: Sendable, Hashable {
    package var channel: String
    package var payload: String

    package init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}

/// What a listening connection says when, and how it knows that it is alive.
/// It does no I/O.
///
/// ```
/// subscribing ──answered──▶ listening ──interval──▶ probing
///      │                        ▲                      │
///      │                        └──answer and echo─────┤
///      └──failed──▶ lost ◀──────────timeout────────────┘
/// ```
///
/// A probe is a NOTIFY to a channel of its own; only its echo proves that
/// notifications still arrive here, through poolers and failovers included.
struct ListenStateMachine: Sendable {
    enum Action: Sendable, Equatable {
        case send(String)
        case deliver(PostgresNotification)
        /// Listening has begun; what was notified before was missed.
        case announce
        /// The connection is of no use any more.
        case giveUp(String)
    }

    private enum State: Sendable, Equatable {
        case subscribing(deadline: UInt64)
        case listening(probeAt: UInt64)
        case probing(deadline: UInt64, isAnswered: Bool, isEchoed: Bool)
        case lost
    }

    private let channels: [String]
    private let probeChannel: String
    private let interval: UInt64
    private let timeout: UInt64
    private var state: State = .lost
    private var probes = 0

    /// - Parameters:
    ///   - probeChannel: this connection's alone.
    ///   - interval: between two probes, in nanoseconds.
    ///   - timeout: how long an answer or an echo may take, in nanoseconds.
    init(channels: [String], probeChannel: String, interval: UInt64, timeout: UInt64) {
        self.channels = channels
        self.probeChannel = probeChannel
        self.interval = interval
        self.timeout = timeout
    }

    /// When ``timePassed(_:)`` is to be called.
    var deadline: UInt64? {
        switch state {
        case .subscribing(let deadline), .probing(let deadline, _, _): deadline
        case .listening(let probeAt): probeAt
        case .lost: nil
        }
    }

    /// Whether the server owes an answer.
    var expectsAnswer: Bool {
        switch state {
        case .subscribing: true
        case .probing(_, let isAnswered, _): !isAnswered
        case .listening, .lost: false
        }
    }

    /// The connection is there.
    mutating func connected(now: UInt64) -> [Action] {
        state = .subscribing(deadline: now + timeout)
        let commands = (channels + [probeChannel]).map { "LISTEN \(Self.quoted($0));" }
        // A notification is a commit, and this one needs no disk.
        return [.send("SET synchronous_commit = off; " + commands.joined(separator: " "))]
    }

    /// The server answered what was sent, in full.
    mutating func answered(now: UInt64) -> [Action] {
        switch state {
        case .subscribing:
            state = .listening(probeAt: now + interval)
            return [.announce]
        case .probing(let deadline, _, let isEchoed):
            state =
                isEchoed
                ? .listening(probeAt: now + interval) : .probing(deadline: deadline, isAnswered: true, isEchoed: false)
            return []
        case .listening, .lost: return []
        }
    }

    /// The server refused what was sent.
    mutating func refused(_ error: PostgresError) -> [Action] {
        lose(error.message)
    }

    /// A notification arrived.
    mutating func notified(_ notification: PostgresNotification, now: UInt64) -> [Action] {
        if state == .lost { return [] }
        guard notification.channel == probeChannel else { return [.deliver(notification)] }
        guard case .probing(let deadline, let isAnswered, _) = state, notification.payload == String(probes) else {
            return []
        }
        state =
            isAnswered
            ? .listening(probeAt: now + interval) : .probing(deadline: deadline, isAnswered: false, isEchoed: true)
        return []
    }

    /// Time has passed.
    mutating func timePassed(_ now: UInt64) -> [Action] {
        guard let deadline, deadline <= now else { return [] }
        guard case .listening = state else { return lose("the server did not answer in time") }
        probes += 1
        state = .probing(deadline: now + timeout, isAnswered: false, isEchoed: false)
        return [.send("NOTIFY \(Self.quoted(probeChannel)), '\(probes)'")]
    }

    private mutating func lose(_ reason: String) -> [Action] {
        guard state != .lost else { return [] }
        state = .lost
        return [.giveUp(reason)]
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}
