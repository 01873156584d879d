import CLibPQ

/// Owns a `PGconn`, which is used on one thread at a time, and closes it at the end.
final class PQConnection {
    let pointer: OpaquePointer
    private let notices = Notices()
    private var isFinished = false

    /// What came outside of any answer.
    private final class Notices {
        var lastWords: PostgresError?
    }

    /// Takes over what `PQconnectStartParams` made.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        // libpq's own receiver prints to standard error, and a notice may
        // quote values. Only one is of interest: why the server ends an idle
        // session. The receiver is called within calls on this connection.
        PQsetNoticeReceiver(
            pointer,
            { notices, result in
                guard let notices, let result else { return }
                let (error, isFatal, _) = PostgresError.server(result)
                guard isFatal else { return }
                Unmanaged<Notices>.fromOpaque(notices).takeUnretainedValue().lastWords = error
            }, Unmanaged.passUnretained(notices).toOpaque())
    }

    deinit {
        finish()
    }

    /// Closes the socket; nothing else may be asked of it afterwards.
    func finish() {
        guard !isFinished else { return }
        isFinished = true
        PQfinish(pointer)
    }

    /// Makes sending and receiving return at once, and queues commands.
    func enterPipelineMode() -> Bool {
        PQsetnonblocking(pointer, 1) == 0 && PQenterPipelineMode(pointer) == 1
    }

    var socket: Int32 { PQsocket(pointer) }

    var isBad: Bool { PQstatus(pointer) == CONNECTION_BAD }

    /// No transaction is open and nothing is under way.
    var isIdle: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }

    /// A transaction is open, healthy or failed.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(pointer)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// Whether reading a result would have to wait for the server.
    var isBusy: Bool { PQisBusy(pointer) == 1 }

    /// Why the connection is broken: in the server's words if it said any.
    var lossError: PostgresError {
        // Parses what has arrived and not been read.
        _ = isBusy
        var error = notices.lastWords ?? .connectionLost(PostgresError.oneLine(PQerrorMessage(pointer)))
        error.code = .connectionLost
        return error
    }

    /// Takes in what has arrived.
    ///
    /// - Returns: false when the connection is broken; what had arrived before
    ///   can still be read.
    func consumeInput() -> Bool { PQconsumeInput(pointer) == 1 }

    /// Sends what is buffered, as much as the socket takes.
    func flush() -> FlushOutcome {
        switch PQflush(pointer) {
        case 0: .done
        case 1: .pending
        default: .failed
        }
    }

    enum FlushOutcome {
        case done, pending, failed
    }

    /// The next result, or nil where an answer ends.
    func nextResult() -> ResultOwner? {
        PQgetResult(pointer).map { ResultOwner($0) }
    }

    // MARK: Sending

    // What is sent goes to libpq's buffer; every function returns false when
    // libpq refuses, which only a broken connection or lack of memory makes
    // it do.

    /// Sends text that may hold several statements; not in pipeline mode.
    func send(script: String) -> Bool {
        PQsendQuery(pointer, script) == 1
    }

    /// Sends one statement without parameters, to be answered in binary form.
    func send(text: String) -> Bool {
        PQsendQueryParams(pointer, text, 0, nil, nil, nil, nil, 1) == 1
    }

    /// Sends one statement with its parameters, without preparing it.
    func send(text: String, binds: EncodedBinds) -> Bool {
        binds.withParameters { types, values, lengths, formats in
            PQsendQueryParams(pointer, text, Int32(binds.lengths.count), types, values, lengths, formats, 1) == 1
        }
    }

    /// Prepares a statement under a name.
    func sendPreparation(of text: String, name: String, types: [UInt32]) -> Bool {
        PQsendPrepare(pointer, name, text, Int32(types.count), types) == 1
    }

    /// Executes a prepared statement.
    func sendExecution(of name: String, binds: EncodedBinds) -> Bool {
        binds.withParameters { _, values, lengths, formats in
            PQsendQueryPrepared(pointer, name, Int32(binds.lengths.count), values, lengths, formats, 1) == 1
        }
    }

    /// Ends a unit of work in pipeline mode, and sends it off.
    func sendSynchronisation() -> Bool {
        PQpipelineSync(pointer) == 1
    }
}

extension EncodedBinds {
    typealias Values = UnsafePointer<UnsafePointer<CChar>?>?

    /// The binds as libpq takes them, during the call.
    fileprivate func withParameters<Result>(
        _ body: (UnsafePointer<UInt32>?, Values, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        let count = lengths.count
        guard count > 0 else { return body(nil, nil, nil, nil) }
        return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { formats in
                formats.initialize(repeating: 1)
                return bytes.withUnsafeBytes { buffer in
                    // Null means NULL to libpq, so that an empty value needs
                    // an address too, even if there are no bytes at all.
                    withUnsafePointer(to: CChar(0)) { nothing in
                        var next = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) ?? nothing
                        for (index, length) in lengths.enumerated() {
                            guard length >= 0 else {
                                values.initializeElement(at: index, to: nil)
                                continue
                            }
                            values.initializeElement(at: index, to: next)
                            next += Int(length)
                        }
                        return body(types, values.baseAddress, lengths, formats.baseAddress)
                    }
                }
            }
        }
    }
}
