import CLibPQ
import Synchronization

/// One connection that listens, on a thread of its own; it ends when it is
/// lost or told to.
actor ListenConnection: ThreadExecutor.Loop {
    enum Event: Sendable {
        case listening
        case notification(PostgresNotification)
    }

    /// How it ended.
    struct Ending: Sendable {
        /// Why it was lost; nil when it was told to end.
        var error: PostgresError?
        var hasListened: Bool
    }

    private nonisolated let executor: ThreadExecutor
    private nonisolated let mustEnd = Atomic(false)
    private let onEvent: @Sendable (Event) -> Void
    private var attempt: ConnectAttempt
    private var machine: ListenStateMachine
    private var connection: PQConnection?
    private var failure: PostgresError?
    private var hasListened = false
    private var runner: CheckedContinuation<Ending, Never>?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter onEvent: called on the thread; it must not block.
    init(
        targets: ConnectionTargets, machine: ListenStateMachine, onEvent: @escaping @Sendable (Event) -> Void,
    ) throws {
        executor = try ThreadExecutor(name: "pg-listen")
        attempt = ConnectAttempt(targets)
        self.machine = machine
        self.onEvent = onEvent
    }

    deinit {
        executor.stop()
    }

    /// Connects and listens until the connection is lost or the task cancelled.
    func run() async -> Ending {
        executor.run(self)
        return await withTaskCancellationHandler {
            // The loop's turns come after this job: the runner is there.
            await withCheckedContinuation { runner = $0 }
        } onCancel: {
            close()
        }
    }

    private nonisolated func close() {
        mustEnd.store(true, ordering: .sequentiallyConsistent)
        executor.wake()
    }

    // MARK: The loop

    nonisolated var hasMail: Bool { mustEnd.load(ordering: .sequentiallyConsistent) }

    nonisolated func turn(_ readiness: ThreadExecutor.Readiness) -> ThreadExecutor.Interest {
        assumeIsolated { $0.takeTurn(readiness) }
    }

    private func takeTurn(_ readiness: ThreadExecutor.Readiness) -> ThreadExecutor.Interest {
        if hasMail { return end(nil) }
        guard let connection else { return connect(readiness) }
        let isIntact = !readiness.canRead || connection.consumeInput()
        readAnswers(connection)
        readNotifications(connection)
        if !isIntact || connection.isBad { return end(failure ?? connection.lossError) }
        act(machine.timePassed(monotonicNanoseconds()), connection)
        if let failure { return end(failure) }
        return .wait(descriptor: connection.socket, forWriting: false, deadline: machine.deadline)
    }

    private func connect(_ readiness: ThreadExecutor.Readiness) -> ThreadExecutor.Interest {
        switch attempt.advance(readiness, now: monotonicNanoseconds()) {
        case .pending(let descriptor, let forWriting, let deadline):
            return .wait(descriptor: descriptor, forWriting: forWriting, deadline: deadline)
        case .failed(let failure): return end(failure.error)
        case .connected(let connection):
            self.connection = connection
            act(machine.connected(now: monotonicNanoseconds()), connection)
            if let failure { return end(failure) }
            return .wait(descriptor: connection.socket, forWriting: false, deadline: machine.deadline)
        }
    }

    private func end(_ error: PostgresError?) -> ThreadExecutor.Interest {
        attempt.abandon()
        connection?.finish()
        connection = nil
        runner?.resume(returning: Ending(error: error, hasListened: hasListened))
        runner = nil
        return .finished
    }

    private func readAnswers(_ connection: PQConnection) {
        while machine.expectsAnswer, !connection.isBusy {
            guard let result = connection.nextResult() else {
                if !connection.isBad { act(machine.answered(now: monotonicNanoseconds()), connection) }
                return
            }
            guard PQresultStatus(result.pointer) == PGRES_FATAL_ERROR else { continue }
            failure = failure ?? PostgresError.server(result.pointer).error
            act(machine.refused(PostgresError.server(result.pointer).error), connection)
        }
    }

    private func readNotifications(_ connection: PQConnection) {
        while let notification = connection.nextNotification() {
            act(machine.notified(notification, now: monotonicNanoseconds()), connection)
        }
    }

    private func act(_ actions: [ListenStateMachine.Action], _ connection: PQConnection) {
        for action in actions {
            switch action {
            case .announce:
                hasListened = true
                onEvent(.listening)
            case .deliver(let notification): onEvent(.notification(notification))
            case .giveUp(let reason): failure = failure ?? .connectionLost(reason)
            case .send(let text):
                if !connection.send(script: text) { failure = connection.lossError }
            }
        }
    }
}

extension PQConnection {
    /// The next notification among what has arrived.
    fileprivate func nextNotification() -> PostgresNotification? {
        guard let notification = PQnotifies(pointer) else { return nil }
        defer { PQfreemem(notification) }
        return PostgresNotification(
            channel: String(cString: notification.pointee.relname),
            payload: String(cString: notification.pointee.extra))
    }
}
