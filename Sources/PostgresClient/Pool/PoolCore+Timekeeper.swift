import Synchronization

/// The pool's own thread: it ends the wait of those who waited long enough,
/// and the pause after a failed attempt to connect.
extension PoolCore: ThreadExecutor.Loop {
    /// Starts the thread, if it is not there.
    func startTimekeeper() throws {
        guard timekeeper.withLock({ $0 == nil }) else { return }
        let thread = try ThreadExecutor(name: "pg-pool")
        let isFirst = timekeeper.withLock { timekeeper in
            if timekeeper != nil { return false }
            timekeeper = thread
            return true
        }
        if isFirst { thread.run(self) } else { thread.stop() }
    }

    func rouseTimekeeper() {
        hasAlarmChanged.store(true, ordering: .sequentiallyConsistent)
        timekeeper.withLock { $0 }?.wake()
    }

    var hasMail: Bool { hasAlarmChanged.load(ordering: .sequentiallyConsistent) }

    func turn(_ readiness: ThreadExecutor.Readiness) -> ThreadExecutor.Interest {
        hasAlarmChanged.store(false, ordering: .sequentiallyConsistent)
        let now = monotonicNanoseconds()
        let (actions, alarm, isOver) = state.withLock { state in
            let isDue = state.alarm.map { $0 <= now } ?? false
            let actions = isDue ? state.machine.timePassed(now) : []
            state.alarm = state.machine.nextDeadline
            return (actions, state.alarm, state.machine.isOver)
        }
        for action in actions { act(action) }
        guard !isOver else {
            timekeeper.withLock { $0 }?.stop()
            return .finished
        }
        return .wait(descriptor: nil, forWriting: false, deadline: alarm)
    }
}
