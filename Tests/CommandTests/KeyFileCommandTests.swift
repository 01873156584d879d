import Foundation
import Hub
import TestSupport
import Testing

/// Commands on a database whose key file is gone or another installation's.
struct KeyFileCommandTests {
    @Test(arguments: [true, false])
    func servingWithoutTheDatabasesKeysIsRefused(isMissing: Bool) async throws {
        try await TestDatabase.with { database in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lk \(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let own = HubConfiguration(databaseURL: database.url, keyFile: folder + "/own.json")
            try await HubCore.open(own, logger: TestDatabase.logger).close()

            let file = folder + "/keys.json"
            if !isMissing { _ = try Keyring.loadOrCreate(file: file) }
            let common = ["--database-url", database.url, "--keys", file]
            let run = try await CommandRun.liankong(["serve", "--port", "0"] + common)
            #expect(run.status == 2, "\(run.errors)")
            #expect(run.errors.contains("keys: the key file \(file) is") && run.errors.contains("密钥文件\(file)"))
            #expect(run.errors.contains("--new-keys") && !run.errors.contains("serving at"))
            #expect(FileManager.default.fileExists(atPath: file) == !isMissing)

            let doctor = try await CommandRun.liankong(["doctor"] + common)
            #expect(doctor.status == 1 && doctor.output.contains("✗ keys: the key file \(file) is"))
        }
    }
}
