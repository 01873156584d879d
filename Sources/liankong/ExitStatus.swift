/// What the command's exit status tells a script.
enum ExitStatus: Int32 {
    /// Done.
    case done = 0
    /// The hub refused, or a check found faults.
    case refused = 1
    /// The command line or its input cannot be read, by this program or by the
    /// hub.
    case unreadable = 2
    /// An expression erred; its value is on standard output all the same.
    case evaluation = 3
    /// No hub answers.
    case unreachable = 4
    /// The database cannot be used.
    case database = 5
    /// The output cannot be written.
    case unwritable = 6
}
