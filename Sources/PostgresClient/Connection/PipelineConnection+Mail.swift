extension PipelineConnection {
    /// Does what one letter of the mailbox asks for.
    func read(_ mail: Mail) {
        switch mail {
        case .request(.command(let command)): enqueue(command, scope: nil)
        case .scoped(let command, let scope): enqueue(command, scope: scope)
        case .request(.lease(let lease)):
            guard machine.scopeRequested(lease.token.id) else { return bounce(mail) }
            beginnings[lease.token.id] = lease.begin
            resumptions.append(.leased(lease.continuation, Lease(connection: self, scope: lease.token.id)))
        case .cancelled(let id): cancel(id)
        case .close:
            isClosing = true
            drain()
        }
    }

    private func enqueue(_ work: PendingCommand, scope: Machine.ScopeID?) {
        // A transaction perishes with its connection, unless this commits it.
        let lasts =
            switch work.content {
            case .statement: scope == nil
            case .commit: true
            case .rollback: false
            }
        let command = Machine.Command(
            id: work.token.id, scope: scope, effect: lasts ? .lasting : .perishing, work: work)
        if work.token.isCancelled {
            settle(Machine.Completion(command: command, outcome: .cancelled))
        } else if !machine.commandReceived(command) {
            settle(
                Machine.Completion(command: command, outcome: .unsent(.connectionLost("the connection was retired"))))
        }
    }

    /// Gives back what came too late.
    func bounce(_ mail: Mail) {
        switch mail {
        case .request(let request): report.returned.append(request)
        case .scoped(let work, let scope): enqueue(work, scope: scope)
        case .cancelled, .close: break
        }
    }

    private func cancel(_ id: Machine.CommandID) {
        switch machine.cancelled(id) {
        case .ignore: break
        case .drop(let command): settle(Machine.Completion(command: command, outcome: .cancelled))
        case .retire(let interrupt):
            retire(reason: "a statement was cancelled")
            drain()
            if interrupt, case .open(_, let canceller) = phase { canceller.interrupt() }
        }
    }

    /// Takes no more work; the connection ends when the wire is empty.
    func retire(reason: String) {
        for completion in machine.retired(reason: reason) { settle(completion) }
        guard !isRetired else { return }
        isRetired = true
        pool.connectionRetired(id, reason: reason)
    }

    private func drain() {
        if isClosing { for completion in machine.retired(reason: "the pool was closed") { settle(completion) } }
        guard drainDeadline == nil else { return }
        drainDeadline = monotonicNanoseconds() + UInt64(pool.configuration.drainTimeout.wholeNanoseconds)
    }
}
