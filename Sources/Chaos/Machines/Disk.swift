import Foundation

/// The small disk the cluster lies on, where one can be mounted.
///
/// Memory, of a fixed size: writing until nothing is left is an error of this
/// disk alone.
struct Disk: Sendable {
    let folder: String
    /// Whether it is a disk of its own, that can be filled.
    let isOwn: Bool

    private static let megabytes = 1536

    private var ballast: String { folder + "/ballast" }

    /// Mounts a disk; without the rights for it the folder is an ordinary one.
    static func mount(at folder: String) async throws -> Disk {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let options = "size=\(megabytes)m,mode=0755"
        let isOwn = (try? await Program.run(["mount", "-t", "tmpfs", "-o", options, "liankong-chaos", folder])) != nil
        return Disk(folder: folder, isOwn: isOwn)
    }

    /// Takes up all that is free, to the last page.
    func fill() throws {
        let descriptor = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ChaosFailure("no ballast can be written: errno \(errno)") }
        defer { close(descriptor) }
        let megabyte = [UInt8](repeating: 0x42, count: 1 << 20)
        for size in [1 << 20, 1 << 12] {
            while write(descriptor, megabyte, size) == size {}
        }
    }

    /// Gives it back.
    func free() { unlink(ballast) }

    func unmount() async {
        free()
        if isOwn { _ = try? await Program.run(["umount", "--lazy", folder]) }
    }
}
