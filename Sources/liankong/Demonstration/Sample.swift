import CloudEvents
import Foundation

/// A sample report: a CloudEvent in structured form.
struct Sample {
    /// The file's name without its folder.
    let name: String
    let bytes: [UInt8]
    let event: CloudEvent

    /// The unit that publishes it: the third segment of its source.
    var publisher: String {
        let segments = event.source.split(separator: "/")
        return segments.count >= 3 ? String(segments[2]) : ""
    }

    /// The samples of a folder by name.
    static func all(in folder: String) throws -> [Sample] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let samples = try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let bytes = try Output.file(folder + "/" + name)
            guard case .success(let json) = JSONReader.read(bytes),
                case .success(let event) = HTTPBinding.structured(json)
            else {
                throw CommandFailure(
                    .unreadable, code: "bad-sample", "\(folder)/\(name) is not a CloudEvent in JSON",
                    "样例不是有效的CloudEvents事件")
            }
            return Sample(name: name, bytes: bytes, event: event)
        }
        guard !samples.isEmpty else {
            throw CommandFailure(.unreadable, code: "no-samples", "\(folder) holds no samples", "文件夹中没有样例")
        }
        return samples
    }
}
