import Foundation
import Synchronization

/// Stands between a hub and the database, and does to the connection what a
/// network does.
///
/// A thread of its own carries the bytes, so that neither the load nor the
/// hubs wait for the harness.
final class DatabaseProxy: Sendable {
    struct State: Sendable {
        /// Nothing goes through in either direction, and nothing ends.
        var isStalled = false
        /// How many answers to a commit are still to be lost.
        var toLose = 0
        var lost = 0
        var isOver = false
    }

    /// The folder a hub names as its database's host.
    let folder: String
    private let upstream: String
    private let state = Mutex(State())
    private let listener: Int32

    /// What the hub's statements that write are called.
    private static let writing = ["admit", "change_", "fire_", "lease_", "settle_"]

    /// Listens in a folder, and leads to a server's socket.
    init(folder: String, upstream: String) throws {
        self.folder = folder
        self.upstream = upstream
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        listener = try UnixSocket.listen(folder + "/.s.PGSQL.5432")
        Thread.detachNewThread { [self] in carry() }
    }

    /// Lets nothing through, or everything again.
    func stall(_ isStalled: Bool) { state.withLock { $0.isStalled = isStalled } }

    /// Cuts the connection off behind the next commits, before their answers.
    func lose(_ count: Int) { state.withLock { $0.toLose += count } }

    /// Stops losing answers.
    ///
    /// - Returns: how many were lost since it was asked last.
    func loseNoMore() -> Int {
        state.withLock { state in
            defer { state.lost = 0 }
            state.toLose = 0
            return state.lost
        }
    }

    func close() { state.withLock { $0.isOver = true } }

    // MARK: - The thread

    /// A connection of the hub and the one it leads to.
    private final class Link {
        let client: Int32
        let server: Int32
        var toServer: [UInt8] = []
        var toClient: [UInt8] = []
        var fromClient = WireReader(fromClient: true)
        var fromServer = WireReader(fromClient: false)
        /// Units of work that were asked for, and that were answered.
        var asked = 0
        var answered = 0
        /// After so many answers the connection is lost; until then the client
        /// hears nothing more.
        var losesAfter: Int?
        var isOver = false

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        deinit {
            Glibc.close(client)
            Glibc.close(server)
        }
    }

    private func carry() {
        var links: [Link] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let now = state.withLock { $0 }
            if now.isOver { break }
            if now.isStalled {
                usleep(5000)
                continue
            }
            var watched = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            for link in links {
                watched.append(Self.interest(link.client, output: link.toClient))
                watched.append(Self.interest(link.server, output: link.toServer))
            }
            // A moment only, so that a stall begins when it is asked for.
            guard poll(&watched, nfds_t(watched.count), 5) > 0 else { continue }
            for (index, link) in links.enumerated() {
                if watched[2 * index + 1].revents != 0 { fromClient(link, &buffer) }
                if watched[2 * index + 2].revents != 0 { fromServer(link, &buffer) }
                Self.flush(link.server, &link.toServer, link)
                Self.flush(link.client, &link.toClient, link)
            }
            links.removeAll(where: \.isOver)
            if watched[0].revents != 0, let link = accept() { links.append(link) }
        }
        Glibc.close(listener)
    }

    private static func interest(_ descriptor: Int32, output: [UInt8]) -> pollfd {
        pollfd(fd: descriptor, events: Int16(output.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0)
    }

    private func accept() -> Link? {
        // A hub that inherited a connection would keep it open for another; no
        // program begins between taking it and marking it.
        let client = Program.beginning.withLock { _ in
            let client = Glibc.accept(listener, nil, nil)
            if client >= 0 { _ = fcntl(client, F_SETFD, FD_CLOEXEC) }
            return client
        }
        guard client >= 0 else { return nil }
        guard let server = UnixSocket.connect(upstream) else {
            // No server: the hub is told as directly as a closed port would.
            Glibc.close(client)
            return nil
        }
        for descriptor in [client, server] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        return Link(client: client, server: server)
    }

    private func fromClient(_ link: Link, _ buffer: inout [UInt8]) {
        guard let bytes = Self.receive(link.client, &buffer, link) else { return }
        for note in link.fromClient.append(bytes) {
            switch note {
            case .sync: link.asked += 1
            case .runs(let name) where link.losesAfter == nil && Self.writing.contains(where: name.hasPrefix):
                let isChosen = state.withLock { state in
                    guard state.toLose > 0 else { return false }
                    state.toLose -= 1
                    return true
                }
                if isChosen { link.losesAfter = link.asked + 1 }
            default: break
            }
        }
        link.toServer += bytes
    }

    private func fromServer(_ link: Link, _ buffer: inout [UInt8]) {
        guard let bytes = Self.receive(link.server, &buffer, link) else { return }
        link.answered += link.fromServer.append(bytes).count(where: { $0 == .ready })
        guard let last = link.losesAfter else {
            link.toClient += bytes
            return
        }
        // The server has committed, and says so to nobody.
        guard link.answered >= last else { return }
        link.isOver = true
        state.withLock { $0.lost += 1 }
    }

    private static func receive(_ descriptor: Int32, _ buffer: inout [UInt8], _ link: Link) -> ArraySlice<UInt8>? {
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { return buffer[..<count] }
        if count == 0 || (errno != EAGAIN && errno != EINTR) { link.isOver = true }
        return nil
    }

    private static func flush(_ descriptor: Int32, _ output: inout [UInt8], _ link: Link) {
        guard !output.isEmpty else { return }
        let count = send(descriptor, output, output.count, Int32(MSG_NOSIGNAL))
        if count > 0 {
            output.removeFirst(count)
        } else if errno != EAGAIN, errno != EINTR {
            link.isOver = true
        }
    }
}

/// Sockets in the file system.
enum UnixSocket {
    /// Not inherited by the programs that the harness starts.
    private static let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

    static func listen(_ path: String) throws -> Int32 {
        unlink(path)
        let descriptor = socket(AF_UNIX, type, 0)
        guard withAddress(path, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 128) == 0 else {
            throw ChaosFailure("nothing can listen at \(path): errno \(errno)")
        }
        // Nobody waits for a client that was gone before it was accepted.
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return descriptor
    }

    static func connect(_ path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, type, 0)
        guard withAddress(path, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
