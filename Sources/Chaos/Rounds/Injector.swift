import Glibc
import PostgresClient
import Synchronization

/// Carries out a plan's faults.
struct Injector: Sendable {
    let field: Field
    let database: String
    let history: History
    private let marks = Marks()

    init(field: Field, database: String, history: History) {
        self.field = field
        self.database = database
        self.history = history
    }

    private final class Marks: Sendable {
        let state = Mutex<(back: ContinuousClock.Instant?, disturbed: ContinuousClock.Instant?)>((nil, nil))
    }

    /// When the database came back, the last time.
    var databaseReturn: ContinuousClock.Instant? { marks.state.withLock { $0.back } }
    /// When the last fault ended that took clients their hub.
    var lastDisturbance: ContinuousClock.Instant? { marks.state.withLock { $0.disturbed } }

    /// Carries out all of them, each at its time.
    func carryOut(_ plan: RoundPlan) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for planned in plan.faults {
                group.addTask {
                    try await Task.sleep(for: planned.at)
                    try await carryOut(planned)
                    if planned.fault.disturbsClients { marks.state.withLock { $0.disturbed = .now } }
                }
            }
            try await group.waitForAll()
        }
        try await field.restore()
        if plan.faults.contains(where: { $0.fault == .diskFull }) { noteReturn() }
        history.note("all faults are over")
    }

    private func noteReturn() {
        marks.state.withLock { $0.back = .now }
        history.note("the database answers again")
    }

    private func carryOut(_ planned: PlannedFault) async throws {
        let hub = field.hubs[planned.hub % field.hubs.count]
        let name = "hub \(hub.index)"
        let isEven = planned.choice.isMultiple(of: 2)
        switch planned.fault {
        case .hubKilled:
            history.note("kill -9 of \(name)")
            hub.takeDown(SIGKILL)
            try await Task.sleep(for: planned.length)
            hub.bringBack()
            history.note("\(name) is started again")
        case .hubStopped:
            history.note("SIGSTOP of \(name)")
            hub.freeze(true)
            try await Task.sleep(for: planned.length)
            hub.freeze(false)
            history.note("SIGCONT of \(name)")
        case .hubRestarted:
            history.note("SIGTERM of \(name)")
            hub.takeDown(SIGTERM)
            let endsByItself = await hub.awaitEnd(within: .seconds(30))
            history.note(endsByItself ? "\(name) has ended" : "\(name) did not end within 30 s, killed")
            hub.bringBack()
        case .databaseKilled:
            history.note("kill -9 of PostgreSQL")
            await field.cluster.kill()
            try await Task.sleep(for: planned.length)
            try await startDatabase()
        case .databaseRestarted, .databaseStopped:
            let mode = isEven ? "fast" : "immediate"
            history.note("PostgreSQL is stopped, \(mode)")
            try await field.cluster.stop(mode: mode)
            try await Task.sleep(for: planned.length)
            try await startDatabase()
        case .databaseClockJumps:
            let minutes = Int(planned.choice % 600) + 1
            history.note("PostgreSQL is restarted with its clock ahead by another \(minutes) min")
            field.cluster.jumpAhead(seconds: minutes * 60)
            try await field.cluster.stop(mode: "fast")
            try await startDatabase()
        case .backendsTerminated: try await terminate(planned)
        case .answerLost: try await loseAnswers(planned, hub)
        case .networkStalled:
            let proxied = self.proxied(hub)
            history.note("hub \(proxied.index)'s connections to the database stand still")
            proxied.proxy?.stall(true)
            try await Task.sleep(for: planned.length)
            proxied.proxy?.stall(false)
            history.note("hub \(proxied.index)'s connections go on")
        case .networkCut:
            history.note("the namespace's link to the database is down")
            try await field.namespace?.cut(true)
            try await Task.sleep(for: planned.length)
            try await field.namespace?.cut(false)
            history.note("the link is up")
        case .diskFull:
            history.note("the disk is full")
            try field.disk.fill()
            try await Task.sleep(for: planned.length)
            field.disk.free()
            history.note("the disk is free again")
        case .longTransaction: try await pin(for: planned.length)
        case .hubClockJumps:
            guard let other = field.hubs.first(where: { $0.clockFile != nil && ($0.index >= hub.index) }),
                let file = other.clockFile
            else { return }
            let seconds = (Int(planned.choice % 180) + 1) * (isEven ? 60 : -60)
            history.note("hub \(other.index)'s wall clock jumps by \(seconds) s")
            try FakeTime.set(file, ahead: seconds)
            try await Task.sleep(for: planned.length)
            try FakeTime.set(file, ahead: 0)
            history.note("hub \(other.index)'s wall clock jumps back")
        case .countyClockJumps:
            let days = Int(planned.choice % 5) + 1
            let isDone = await field.moveCountyClock(days: days, in: database)
            history.note("the county's clock jumps by \(days) days\(isDone ? "" : ", in vain: no database")")
        }
    }

    private func startDatabase() async throws {
        history.note("PostgreSQL is started")
        try await field.cluster.ensureRunning()
        noteReturn()
    }

    private func proxied(_ hub: HubProcess) -> HubProcess {
        hub.proxy != nil ? hub : field.hubs[0]
    }

    private func terminate(_ planned: PlannedFault) async throws {
        let deadline = ContinuousClock.now + planned.length
        var count = 0
        repeat {
            // Some of them, or all.
            let some = planned.choice.isMultiple(of: 3) ? "" : "AND random() < 0.5"
            let rows = try? await field.cluster.query(
                """
                SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
                WHERE datname = '\(database)' AND application_name <> 'liankong-chaos' \(some)
                """, in: "postgres")
            count += rows?.count ?? 0
            try await Task.sleep(for: .milliseconds(200))
        } while ContinuousClock.now < deadline
        history.note("\(count) sessions were terminated")
        // Where it was itself away, its own fault notes its return.
        if await field.cluster.answers() { noteReturn() }
    }

    private func loseAnswers(_ planned: PlannedFault, _ hub: HubProcess) async throws {
        let proxied = proxied(hub)
        let count = Int(planned.choice % 6) + 1
        history.note("the next \(count) answers to a commit are lost on their way to hub \(proxied.index)")
        proxied.proxy?.lose(count)
        try await Task.sleep(for: planned.length)
        history.note("\(proxied.proxy?.loseNoMore() ?? 0) answers were lost")
    }

    private func pin(for length: Duration) async throws {
        history.note("a transaction is pinned")
        do {
            try await field.cluster.session(in: database) { session in
                try await session.run("BEGIN ISOLATION LEVEL REPEATABLE READ", name: "begin")
                _ = try await session.texts("SELECT pg_current_xact_id()::text, count(*)::text FROM hub.duty")
                try await Task.sleep(for: length)
                try await session.run("ROLLBACK", name: "rollback")
            }
        } catch is PostgresError {
            return history.note("the pinned transaction was lost with the database")
        }
        history.note("the pinned transaction is over")
    }
}
