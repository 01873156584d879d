import ArgumentParser

/// Puts synthetic load on a hub.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put synthetic load on a hub, in demonstration counties. 模拟负载。",
        subcommands: [SimulateLoad.self],
    )
}
