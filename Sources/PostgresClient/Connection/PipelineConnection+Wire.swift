import CLibPQ

extension PipelineConnection {
    /// How the connection was lost.
    struct Loss {
        var error: PostgresError
        /// The server ended the session, in place of an answer.
        var isServersDoing = false
    }

    // MARK: Sending

    /// Puts on the wire what may be.
    ///
    /// - Returns: false when the connection is broken.
    func sendCommands(_ connection: PQConnection) -> Bool {
        while var command = machine.nextToSend() {
            if command.work.endsScope, let scope = command.scope, beginnings[scope] != nil {
                settleEmptyScope(command)
                continue
            }
            var steps: [Machine.Step] = []
            let isSent = send(&command, &steps, connection)
            machine.commandSent(command, steps: steps)
            if !isSent { return false }
        }
        return true
    }

    private func send(
        _ command: inout Machine.Command, _ steps: inout [Machine.Step], _ connection: PQConnection,
    ) -> Bool {
        if let scope = command.scope, let begin = beginnings.removeValue(forKey: scope) {
            steps.append(.begin)
            guard connection.send(text: begin) else { return false }
        }
        let isSent =
            switch command.work.content {
            case .commit: connection.send(text: "COMMIT")
            case .rollback: connection.send(text: "ROLLBACK")
            case .statement(let statement):
                send(statement, name: &command.work.preparedName, &steps, connection)
            }
        steps.append(.execute)
        return isSent && connection.sendSynchronisation()
    }

    private func send(
        _ statement: EncodedStatement, name: inout String?, _ steps: inout [Machine.Step], _ connection: PQConnection,
    ) -> Bool {
        switch statements.plan(for: statement.key) {
        case .unnamed:
            return connection.send(text: statement.key.text, binds: statement.binds)
        case .execute(let known):
            name = known
            return connection.sendExecution(of: known, binds: statement.binds)
        case .prepare(let new):
            name = new
            steps.append(.prepare)
            return connection.sendPreparation(of: statement.key.text, name: new, types: statement.key.types)
                && connection.sendExecution(of: new, binds: statement.binds)
        }
    }

    // MARK: Receiving

    /// Reads all answers that have arrived.
    ///
    /// - Returns: how the connection was lost, if it was.
    func readAnswers(_ connection: PQConnection) -> Loss? {
        // What arrived before a break is still read.
        let isIntact = connection.consumeInput()
        // After a failed write libpq calls itself busy for ever; on a broken
        // connection there is nothing to wait for.
        while machine.expectsAnswer, connection.isBad || !connection.isBusy {
            guard let result = connection.nextResult() else {
                if machine.stepEnded() { continue }
                if connection.isBad { break }
                return .outOfStep
            }
            if let loss = receive(result, connection) { return loss }
        }
        guard isIntact, !connection.isBad else {
            // When libpq finds the connection broken while it sends, it forgets
            // which answers are awaited: the server's last words may come
            // after answers that were lost, so nothing is known of what they
            // answered.
            return Loss(error: connection.lossError)
        }
        if !machine.expectsAnswer {
            statements.pipelineEmptied()
            if machine.currentScope == nil, !connection.isIdle { retire(reason: "a transaction was left open") }
        }
        return nil
    }

    private func receive(_ result: ResultOwner, _ connection: PQConnection) -> Loss? {
        switch PQresultStatus(result.pointer) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            machine.outputReceived(PostgresRows(result: result))
        case PGRES_PIPELINE_SYNC:
            if let completion = machine.synchronised() { settle(completion) }
        case PGRES_PIPELINE_ABORTED:
            machine.abortedReceived()
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
            let (error, isFatal, _) = PostgresError.server(result.pointer)
            if isFatal { return Loss(error: error, isServersDoing: true) }
            if connection.isBad { return Loss(error: connection.lossError) }
            machine.errorReceived(error)
        default:
            // COPY, which nobody here speaks: the session waits for data.
            return .outOfStep
        }
        return nil
    }

    /// What a failure means for the statements prepared here.
    func explained(_ error: PostgresError, _ completion: Machine.Completion) -> PostgresError {
        let work = completion.command.work
        guard case .statement(let statement) = work.content, let name = work.preparedName else { return error }
        if completion.preparationFailed {
            statements.preparationFailed(statement.key, name: name, error: error)
            return error
        }
        return statements.executionFailed(statement.key, name: name, error: error)
    }
}

extension PipelineConnection.Loss {
    fileprivate static let outOfStep = PipelineConnection.Loss(
        error: PostgresError(.protocolViolation, message: "the server's answers do not fit what was sent"))
}
