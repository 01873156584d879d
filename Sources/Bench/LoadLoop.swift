/// Several connections that each send their next request when they have their
/// answer, on one thread, so that the load leaves the machine to the hub.
final class LoadLoop {
    private let clients: [LoadConnection]
    private let poller = Poller()

    /// Connects, once to each of these ports.
    init(ports: [UInt16]) throws {
        clients = try ports.map { try LoadConnection(port: $0) }
        for client in clients { poller.add(client.descriptor) }
    }

    /// Runs until the time is over and every answer has come, or until nobody
    /// has a request.
    ///
    /// - Parameters:
    ///   - end: no request begins after this; in nanoseconds.
    ///   - next: appends the next request of a connection; false when it has
    ///     none for now: it is asked again after the next answers.
    ///   - answered: sees every answer.
    func run(
        until end: UInt64,
        next: (_ connection: Int, _ buffer: inout [UInt8]) throws -> Bool,
        answered: (_ connection: Int, _ answer: LoadConnection, _ now: UInt64) throws -> Void,
    ) throws {
        var busy = 0
        var idle = Array(clients.indices)
        func start(_ index: Int, at now: UInt64) throws -> Bool {
            guard try clients[index].send(at: now, { try next(index, &$0) }) else { return false }
            if clients[index].hasOutput { poller.watchOutput(true, index: index) }
            busy += 1
            return true
        }
        while true {
            if !idle.isEmpty {
                let now = Monotonic.now
                if now < end { idle = try idle.filter { try !start($0, at: now) } }
            }
            guard busy > 0 else { return }
            try poller.wait(milliseconds: 1000) { index in
                let client = clients[index]
                if client.hasOutput {
                    try client.flush()
                    if !client.hasOutput { poller.watchOutput(false, index: index) }
                }
                guard try client.receive() else { return }
                let now = Monotonic.now
                busy -= 1
                try answered(index, client, now)
                if now >= end { return }
                if try !start(index, at: now) { idle.append(index) }
            }
        }
    }
}
