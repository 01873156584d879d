import ArgumentParser
import Foundation
import Hub

/// The key file of an installation.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make the key file of a new installation. 密钥文件。",
        subcommands: [Make.self],
    )

    /// Makes a key file.
    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make",
            abstract: "Make a key file with fresh keys, for a database that has none. 生成密钥文件。",
            discussion: """
                For hubs that may only read theirs; others make it when they first start. Never replaces a file. Back \
                it up at once, apart from the data: what is sealed is lost with it. 从不覆盖已有文件；请立即与数据分开备份，\
                密钥丢失后密封内容无法恢复。

                  liankong keys make --keys /etc/liankong/keys.json
                """)

        @OptionGroup var keys: KeyOptions

        func run() async throws {
            guard !FileManager.default.fileExists(atPath: keys.path) else {
                throw CommandFailure(
                    .refused, code: "exists", "there is a key file at \(keys.path); it stays as it is",
                    "\(keys.path)已存在，未作改动")
            }
            let keyring = try Keyring.loadOrCreate(file: keys.path)
            print("made \(keys.path) with the key \(keyring.activeName) 已生成；back it up now 请立即备份")
        }
    }
}
