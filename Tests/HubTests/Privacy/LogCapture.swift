import Logging
import Synchronization

/// Keeps everything that is logged, down to the last trace.
final class LogCapture: Sendable {
    private let kept = Mutex<[String]>([])

    /// A logger that writes here.
    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(capture: self) }
        logger.logLevel = .trace
        return logger
    }

    /// The lines so far: level, message, metadata, source.
    var lines: [String] { kept.withLock { $0 } }

    /// All of it as bytes.
    var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
            let shown = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            let error = event.error.map { " \(String(reflecting: $0))" } ?? ""
            capture.kept.withLock { $0.append("\(event.level) \(event.message) \(shown)\(error)") }
        }
    }
}
