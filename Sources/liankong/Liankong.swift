import ArgumentParser
import Foundation

/// The command.
@main
struct Liankong: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "liankong",
        abstract: "The coordination hub of a county's dropout control. 控辍保学联控平台。",
        discussion: """
            Agencies publish events; a versioned policy turns each into duties for the units that the plan names; \
            units sign and settle; a sweep reminds and escalates. 各单位报送事件，平台按方案派发、计时、催办。

            Commands that speak to a hub take --url and --token, or --as UNIT with the tokens that deploy/run wrote. \
            Commands that need the database itself take --database-url.

            Exit status 退出码: 0 done; 1 refused, or faults found; 2 the command or its input cannot be read, by \
            this program or by the hub; 3 an expression erred (filter eval); 4 no hub answers; 5 the database cannot be used; \
            6 the output cannot be written. \
            With --json, results go to standard output and errors to standard error, as JSON.
            """,
        version: "liankong 1",
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Events and duties 事件与交办事项",
                subcommands: [
                    PublishCommand.self, EventsCommand.self, ExplainCommand.self, FeedCommand.self,
                    ConsumersCommand.self, DutiesCommand.self, BoardCommand.self, SweepCommand.self,
                    ContractsCommand.self, FilterCommand.self,
                ]),
            CommandGroup(
                name: "Running a hub 运行",
                subcommands: [
                    ServeCommand.self, MigrateCommand.self, CountyCommand.self, TokenCommand.self,
                    SandboxCommand.self, MaintenanceCommand.self, BackupCommand.self, KeysCommand.self,
                    DoctorCommand.self, DemonstrationCommand.self, LoadCommand.self,
                ]),
        ],
    )

    /// Runs what the arguments ask for and ends the process with its status.
    static func main() async {
        let status = await ended(Array(CommandLine.arguments.dropFirst()))
        Output.finish()
        Foundation.exit(status.rawValue)
    }

    private static func ended(_ arguments: [String]) async -> ExitStatus {
        let asJSON = arguments.contains("--json")
        do {
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return Complaint(error).tell(asJSON: asJSON)
        }
    }
}
