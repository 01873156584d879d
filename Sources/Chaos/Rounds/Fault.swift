/// What may go wrong in a round.
enum Fault: String, CaseIterable, Sendable {
    case hubKilled = "hub-kill"
    case hubStopped = "hub-stop"
    case hubRestarted = "hub-restart"
    case databaseKilled = "database-kill"
    case databaseRestarted = "database-restart"
    case databaseStopped = "database-stop"
    case backendsTerminated = "backends"
    case answerLost = "lost-commit"
    case networkStalled = "network-stall"
    case networkCut = "network-cut"
    case diskFull = "disk-full"
    case longTransaction = "long-transaction"
    case hubClockJumps = "hub-clock"
    case databaseClockJumps = "database-clock"
    case countyClockJumps = "county-clock"

    /// What is done, in words.
    var explanation: String {
        switch self {
        case .hubKilled: "kill -9 of a hub, started again after up to 2 s"
        case .hubStopped: "SIGSTOP of a hub for longer than its consumers' leases, then SIGCONT"
        case .hubRestarted: "SIGTERM of a hub under load, started again at once"
        case .databaseKilled: "kill -9 of PostgreSQL, started again after up to 1 s"
        case .databaseRestarted: "PostgreSQL restarted, open transactions rolled back or cut off"
        case .databaseStopped: "PostgreSQL stopped for seconds, now and then for 30 s"
        case .backendsTerminated: "pg_terminate_backend of the hubs' sessions, several times"
        case .answerLost: "the connection lost between COMMIT and its answer"
        case .networkStalled: "a hub's connections to the database swallow everything and end nothing"
        case .networkCut: "the link between a hub's network namespace and the database set down"
        case .diskFull: "the database's disk full, for writing-ahead and tables alike"
        case .longTransaction: "a transaction with a snapshot and an id pinned through the round"
        case .hubClockJumps: "a hub's wall clock jumps by up to three hours, both ways"
        case .databaseClockJumps: "the database comes back with its clock up to ten hours ahead"
        case .countyClockJumps: "the county's clock jumps by days, so that steps of ladders fall due"
        }
    }

    /// How often it is chosen beside the others.
    var weight: Int {
        switch self {
        case .hubKilled, .answerLost: 3
        case .hubStopped, .databaseKilled, .backendsTerminated, .countyClockJumps, .networkCut: 2
        default: 1
        }
    }

    /// Whether the database goes away, so that its return is timed.
    var takesDatabaseAway: Bool {
        switch self {
        case .databaseKilled, .databaseRestarted, .databaseStopped, .databaseClockJumps, .backendsTerminated, .diskFull:
            true
        default: false
        }
    }

    /// Whether some clients lose their hub over it, so that the rate falls
    /// for another reason than the database.
    var disturbsClients: Bool {
        switch self {
        case .hubKilled, .hubStopped, .hubRestarted, .networkStalled, .networkCut: true
        default: false
        }
    }
}

/// A fault with its time and everything that was drawn for it.
struct PlannedFault: Sendable {
    let fault: Fault
    /// From the beginning of the faults.
    let at: Duration
    /// How long it lasts.
    let length: Duration
    /// Which hub, counted round where there are fewer.
    let hub: Int
    /// A choice of the fault's own.
    let choice: UInt64

    var description: String {
        "\(fault.rawValue) at \(RoundPlan.text(at)) for \(RoundPlan.text(length)), hub \(hub)"
    }
}
