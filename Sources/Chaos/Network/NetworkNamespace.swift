import Foundation

/// A network namespace in which a hub runs, with a link to the clients and
/// another to the database, which can be set down.
///
/// A link that is down loses packets and tells nobody: what a switch that
/// failed does, and no closed socket.
struct NetworkNamespace: Sendable {
    /// Where the hub inside is reached.
    let hubAddress: String
    /// Where the hub inside reaches the database.
    let databaseAddress: String
    private let holder: Program
    private let name: String

    /// Makes a namespace; nil without the rights or programs for it.
    static func make(home: String) async -> NetworkNamespace? {
        guard
            let holder = try? Program.start(
                ["unshare", "--net", "sleep", "1000000"], output: home + "/namespace.log",
                environment: ["LIANKONG_CHAOS_HOME": home])
        else { return nil }
        // A subnet of its own, so that two harnesses do not meet.
        let number = Int(getpid()) % 250
        let base = "10.231.\(number)."
        let namespace = NetworkNamespace(
            hubAddress: base + "2", databaseAddress: base + "5", holder: holder, name: "lkchaos\(number)")
        do {
            try await namespace.connect(base)
            return namespace
        } catch {
            FileHandle.standardError.write(Data("  no network namespace: \(error)\n".utf8))
            await namespace.remove()
            return nil
        }
    }

    private func connect(_ base: String) async throws {
        let deadline = ContinuousClock.now + .seconds(5)
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
        while true {
            let its = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(holder.id)/ns/net")
            if let its, its != own { break }
            guard holder.poll() == nil, ContinuousClock.now < deadline else {
                throw ChaosFailure("this account may not make one")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        for (end, outer, inner) in [("a", "1", "2"), ("b", "5", "6")] {
            let peer = name + end + "i"
            try await Program.run([
                "ip", "link", "add", name + end, "type", "veth", "peer", "name", peer, "netns", String(holder.id),
            ])
            try await Program.run(["ip", "addr", "add", base + outer + "/30", "dev", name + end])
            try await Program.run(["ip", "link", "set", name + end, "up"])
            try await Program.run(inside(["ip", "addr", "add", base + inner + "/30", "dev", peer]))
            try await Program.run(inside(["ip", "link", "set", peer, "up"]))
        }
        try await Program.run(inside(["ip", "link", "set", "lo", "up"]))
    }

    /// A command as it runs inside.
    func inside(_ command: [String]) -> [String] {
        ["nsenter", "--net=/proc/\(holder.id)/ns/net", "--"] + command
    }

    /// Cuts the link to the database, or mends it.
    func cut(_ isCut: Bool) async throws {
        try await Program.run(["ip", "link", "set", name + "b", isCut ? "down" : "up"])
    }

    /// Removes it with its links.
    func remove() async {
        holder.send(SIGKILL)
        _ = await holder.end()
        for end in ["a", "b"] { _ = try? await Program.run(["ip", "link", "delete", name + end]) }
    }
}
