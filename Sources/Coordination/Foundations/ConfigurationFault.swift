/// One thing that is wrong with a file of the county (units, policy, ladders,
/// calendars) or with an event contract, told to the person who edits it.
package struct ConfigurationFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as the editor knows it, relative to the folder that was loaded.
    package var file: String
    /// The line, from 1; 0 when the fault concerns the file as a whole.
    package var line: Int
    /// A stable machine code in kebab case, such as `unknown-unit`.
    package var code: String
    /// What is wrong and what to do, in English: lower case, no period.
    package var message: String
    /// The same in Chinese.
    package var messageZh: String

    package init(file: String, line: Int, code: String, message: String, messageZh: String) {
        self.file = file
        self.line = line
        self.code = code
        self.message = message
        self.messageZh = messageZh
    }

    /// `units.yaml:12: unknown-unit: … / …`.
    package var description: String {
        "\(file):\(line): \(code): \(message) / \(messageZh)"
    }
}

/// All that is wrong with a set of files; never empty.
package struct ConfigurationFaults: Error, Sendable, CustomStringConvertible {
    package let faults: [ConfigurationFault]

    package init(_ faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// One fault a line.
    package var description: String {
        faults.map(\.description).joined(separator: "\n")
    }
}
