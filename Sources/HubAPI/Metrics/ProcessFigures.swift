import Foundation

/// What the system knows of this process; nothing where it does not say so
/// under `/proc`.
enum ProcessFigures {
    static func add(to samples: inout MetricSamples) {
        guard let fields = statistics(), fields.count > 21, let boot = bootTime else { return }
        // Numbered as proc(5) does, from the state on, which is its third.
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let field = { (number: Int) in Double(fields[number - 3]) ?? 0 }
        samples.add("process_cpu_seconds_total", (field(14) + field(15)) / ticks)
        samples.add("process_virtual_memory_bytes", field(23))
        samples.add("process_resident_memory_bytes", field(24) * Double(sysconf(Int32(_SC_PAGESIZE))))
        samples.add("process_start_time_seconds", boot + field(22) / ticks)
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // One of them is the folder's own.
            samples.add("process_open_fds", max(0, open.count - 1))
        }
        if let limit = descriptorLimit { samples.add("process_max_fds", limit) }
    }

    /// The fields behind the program's name, which may hold spaces.
    private static func statistics() -> [Substring]? {
        guard let text = read("/proc/self/stat"), let name = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: name)...].split(whereSeparator: \.isWhitespace)
    }

    private static let bootTime: Double? = {
        let line = read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }()

    private static var descriptorLimit: Double? {
        let line = read("/proc/self/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Double($0) }
    }

    /// A file of `/proc` says that it is empty, so it is read to its end.
    private static func read(_ path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        return (try? file.readToEnd()).flatMap { String(data: $0, encoding: .utf8) }
    }
}
